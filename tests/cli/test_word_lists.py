import pytest

from asmr_stim.cli.word_lists import names_in, numbers_in
from asmr_stim.errors import InputError


def test_names_stand_between_commas_and_spaces_do_not_count():
    assert names_in(" a, b c,,d ") == ("a", "b c", "d")


@pytest.mark.parametrize("text", [None, "", " , "])
def test_a_list_may_have_no_names(text):
    assert names_in(text) == ()


def test_numbers_stand_between_commas():
    assert numbers_in("0.5, 1,2e-1") == (0.5, 1.0, 0.2)


@pytest.mark.parametrize("text", ["", ",", "0.5,,1", "0.5,", "half", "0.5,half", "0.5;1"])
def test_what_is_no_list_of_numbers_is_told(text):
    with pytest.raises(InputError, match=f"'{text}' is no list of numbers with commas"):
        numbers_in(text)
