import json

import pytest

from asmr_stim.errors import InputError
from asmr_stim.workflows.effects_data import EffectsRequest
from asmr_stim.workflows.effects_multiverse import MultiverseRequest, lines_of, run_multiverse

ROWS = "study,design,n,t,band,modality\n" + "".join(
    f"s{i},within,{20 + i},{(-1) ** i * 0.4 + 1.1 + i / 10:.2f},{'8-12' if i < 4 else '8-13'},"
    f"{'a' if i % 2 else 'v'}\n"
    for i in range(8)
)


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "reported.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_measures_correlations_estimators_and_tests_are_crossed(data, tmp_path):
    found = run_multiverse(MultiverseRequest(EffectsRequest(data)), tmp_path / "out")
    assert len(found.specifications) == (1 + 4) * 6
    assert {each.name for each in (tmp_path / "out").iterdir()} >= {
        "specifications.tsv", "specifications.svg", "specifications.png", "result.json",
    }  # fmt: skip
    told = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert told["summary"]["n"] == 30


def test_each_value_of_a_chosen_column_is_taken_alone_and_together(data, tmp_path):
    request = MultiverseRequest(EffectsRequest(data, ("modality",)), choose=("band",))
    found = run_multiverse(request, tmp_path / "out")
    assert {dict(each.choices)["band"] for each in found.specifications} == {"8-12", "8-13", "all"}
    assert found.recoding is not None
    assert any("recoding" in line or "No change" in line for line in lines_of(found))


def test_a_multiverse_is_of_one_number(data, tmp_path):
    with pytest.raises(InputError, match="name one moderator"):
        run_multiverse(
            MultiverseRequest(EffectsRequest(data, ("band", "modality"))), tmp_path / "out"
        )


def test_an_assumed_correlation_is_no_choice_where_no_row_needs_one(tmp_path):
    path = tmp_path / "stated.csv"
    rows = "".join(f"s{i},within,{20 + i},{1.1 + i / 10:.2f},0.6\n" for i in range(4))
    path.write_text("study,design,n,t,correlation\n" + rows, encoding="utf-8")
    found = run_multiverse(MultiverseRequest(EffectsRequest(path)), tmp_path / "out")
    assert len(found.specifications) == 2 * 6
    assert {dict(each.choices)["assumed r"] for each in found.specifications} == {"none"}


def test_measures_of_within_designs_are_no_choice_where_there_is_none(tmp_path):
    path = tmp_path / "groups.csv"
    rows = "".join(f"s{i},between,{20 + i},20,{1.1 + i / 10:.2f}\n" for i in range(4))
    path.write_text("study,design,n1,n2,t\n" + rows, encoding="utf-8")
    found = run_multiverse(MultiverseRequest(EffectsRequest(path)), tmp_path / "out")
    assert len(found.specifications) == 6


def test_the_curve_says_which_level_is_taken_from_which(data, tmp_path):
    run_multiverse(MultiverseRequest(EffectsRequest(data, ("modality",))), tmp_path / "out")
    curve = (tmp_path / "out" / "specifications.svg").read_text(encoding="utf-8")
    assert "v less a" in curve
