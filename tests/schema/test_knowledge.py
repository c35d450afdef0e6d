import pytest
from pydantic import TypeAdapter, ValidationError
from studies import HERE, a_study, built, stated

from asmr_stim.schema.base import PositiveCount, Text
from asmr_stim.schema.knowledge import Known, KnownEach, Provenance, Stated, value_of

PEOPLE = TypeAdapter(Known[PositiveCount])
COUNTRIES = TypeAdapter(KnownEach[Text])


@pytest.mark.parametrize("state", ["not reported", "not extracted"])
def test_a_field_is_one_of_two_states_of_not_knowing(state):
    assert PEOPLE.validate_python(state) == state
    assert value_of(PEOPLE.validate_python(state)) is None


def test_a_field_is_a_value_with_its_provenance():
    field = PEOPLE.validate_python(stated(20))
    assert isinstance(field, Stated)
    assert value_of(field) == 20
    assert field.provenance.sources == ("paper",)


@pytest.mark.parametrize("bare", [20, "20", None, True, [20], ["not reported"], "not_reported"])
def test_no_value_stands_without_provenance(bare):
    with pytest.raises(ValidationError, match="value with provenance"):
        PEOPLE.validate_python(bare)


@pytest.mark.parametrize("key", ["value", "basis", "provenance"])
def test_a_value_lacks_neither_basis_nor_provenance(key):
    field = stated(20)
    del field[key]
    with pytest.raises(ValidationError, match="Field required"):
        PEOPLE.validate_python(field)


def test_a_provenance_of_a_value_names_its_sources():
    with pytest.raises(ValidationError, match="names its sources"):
        Provenance(scope="value")


@pytest.mark.parametrize("claim", [{"sources": ("paper",)}, {"locator": "p. 3"}])
def test_a_provenance_of_a_study_names_no_single_place(claim):
    with pytest.raises(ValidationError, match="names no single source"):
        Provenance(scope="study", **claim)


@pytest.mark.parametrize("state", ["not reported", "not extracted"])
def test_a_state_of_not_knowing_is_no_value(state):
    with pytest.raises(ValidationError, match="in place of the whole mapping"):
        built(a_study(title=stated(state)))


def test_members_of_a_list_each_have_their_provenance():
    field = COUNTRIES.validate_python([stated("Japan"), stated("Italy", "inferred")])
    assert value_of(field) == ("Japan", "Italy")
    assert [member.basis for member in field] == ["stated", "inferred"]


@pytest.mark.parametrize("bare", [stated("Japan"), ["Japan"], "Japan", None])
def test_a_list_of_values_takes_no_bare_one(bare):
    with pytest.raises(ValidationError):
        COUNTRIES.validate_python(bare)


def test_an_absent_field_was_not_extracted():
    study = built(a_study())
    assert study.doi == "not extracted"
    assert study.stimuli[0].n_clips == "not extracted"


def test_nothing_known_changes_afterwards():
    with pytest.raises(ValidationError, match="frozen"):
        built(a_study()).title.value = "another"


def test_a_source_may_hold_several_values_but_not_none():
    assert Provenance(**HERE | {"sources": ("paper", "code")}).sources == ("paper", "code")
