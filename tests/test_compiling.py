import re
from pathlib import Path

import pytest
from numba.core.dispatcher import Dispatcher

import asmr_stim
from asmr_stim.compiling import njit


def refuse(_dispatcher):
    raise RuntimeError("cannot cache function 'f': no locator available for file 'f.py'")


def test_without_a_place_for_a_cache_functions_are_compiled_all_the_same(monkeypatch):
    monkeypatch.setattr(Dispatcher, "enable_caching", refuse)

    @njit(cache=True, nogil=True)
    def doubled(value):
        return 2 * value

    assert doubled(3) == 6


def test_other_faults_of_compiling_are_not_hidden(monkeypatch):
    def fail(_dispatcher):
        raise RuntimeError("something else")

    monkeypatch.setattr(Dispatcher, "enable_caching", fail)
    with pytest.raises(RuntimeError, match="something else"):
        njit(cache=True)(lambda value: value)


def test_no_module_compiles_in_a_way_that_fails_where_nothing_can_be_written():
    folder = Path(asmr_stim.__file__).parent
    direct = re.compile(r"from numba import .*\bn?jit\b|\bnumba\.n?jit\b")
    found = [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*.py"))
        if path.name != "compiling.py" and direct.search(path.read_text())
    ]
    assert found == []
