import pytest
from annotation_builders import (
    SOURCES,
    TAXONOMY,
    Kept,
    a_session,
    an_annotation,
    commands,
    perform,
)
from hypothesis import given
from hypothesis import strategies as st

from asmr_stim.annotation.edits import Step
from asmr_stim.annotation.session import AnnotationSession
from asmr_stim.errors import InputError, MissingInputError, OutputError

START = ((100, 300, {"source": "tapping"}), (200, 400, {}), (600, 900, {"act": "haircut"}))
scripts = st.lists(commands, max_size=25)


@given(script=scripts)
def test_undoing_everything_restores_the_beginning(script):
    session = a_session(*START)
    for command in script:
        perform(session, command)
    end = session.annotation
    n_undone = 0
    while session.undo() is not None:
        n_undone += 1
    assert session.annotation == an_annotation(*START)
    for _ in range(n_undone):
        session.redo()
    assert session.annotation == end


@given(script=scripts, command=commands.filter(lambda c: c[0] not in {"undo", "redo"}))
def test_undo_after_any_edit_restores(script, command):
    session = a_session(*START)
    for earlier in script:
        perform(session, earlier)
    before = session.annotation
    perform(session, command)
    if session.annotation != before:
        session.undo()
    assert session.annotation == before


@given(script=scripts)
def test_a_replayed_journal_gives_the_same_document_and_the_same_history(script):
    journal = Kept()
    session = a_session(*START, journal=journal)
    for command in script:
        perform(session, command)
    again = AnnotationSession(an_annotation(*START), TAXONOMY)
    again.replay(
        Step.model_validate_json(s.model_dump_json(), context={"taxonomy": TAXONOMY})
        for s in journal
    )
    assert again.annotation == session.annotation
    assert (again.undoable, again.redoable) == (session.undoable, session.redoable)


@given(script=scripts)
def test_regions_stay_in_order_inside_the_clip_and_apart_by_id(script):
    session = a_session(*START)
    for command in script:
        perform(session, command)
        onsets = [region.onset_sample for region in session.regions]
        assert onsets == sorted(onsets)
        assert all(0 <= r.onset_sample < r.offset_sample <= 1000 for r in session.regions)
        assert len({region.id for region in session.regions}) == len(session.regions)


def test_a_deleted_id_is_not_given_again():
    session = a_session(*START)
    session.delete("r003")
    assert session.add(0, 10).id == "r004"


def test_what_is_the_same_already_is_no_edit():
    journal = Kept()
    session = a_session(*START, journal=journal)
    session.relabel("r001", source="tapping")
    assert journal == []
    assert session.undoable is None


def test_a_new_edit_forgets_what_was_undone():
    session = a_session(*START)
    session.delete("r001")
    session.undo()
    session.add(0, 5)
    assert session.redo() is None


@pytest.mark.parametrize(("onset", "offset"), [(5, 5), (9, 5), (-1, 5), (990, 1001)])
def test_an_impossible_region_is_refused_in_a_sentence(onset, offset):
    session = a_session()
    with pytest.raises(InputError) as caught:
        session.add(onset, offset)
    assert "\n" not in str(caught.value)
    assert session.regions == ()


def test_a_wrong_term_is_refused_with_the_one_that_was_meant():
    with pytest.raises(InputError, match="did you mean 'tapping'"):
        a_session(*START).relabel("r001", source="taping")


def test_a_field_that_there_is_not_is_refused():
    with pytest.raises(InputError, match="'colour' is not one of ear"):
        a_session(*START).set_field("r001", "colour", "red")


def test_an_unknown_region_is_missing():
    with pytest.raises(MissingInputError, match="no region r009"):
        a_session(*START).delete("r009")


def test_split_gives_two_regions_with_the_same_label_and_no_gap():
    session = a_session(*START)
    late = session.split("r001", 250)
    early = session.region("r001")
    assert (early.onset_sample, early.offset_sample) == (100, 250)
    assert (late.onset_sample, late.offset_sample) == (250, 300)
    assert late.source == early.source == "tapping"


@pytest.mark.parametrize("place", [100, 300, 50, 950])
def test_a_region_is_split_inside_only(place):
    with pytest.raises(InputError, match="only be cut inside"):
        a_session(*START).split("r001", place)


def test_merging_what_was_split_gives_it_back():
    session = a_session((100, 300, {"source": "tapping", "notes": "once"}))
    before = session.region("r001")
    late = session.split("r001", 250)
    session.set_field(late.id, "notes", "")
    assert session.merge("r001", late.id) == before


def test_a_merged_region_keeps_every_source_and_note():
    session = a_session(
        (0, 10, {"source": "tapping", "secondary_sources": ["rain"], "notes": "a"}),
        (5, 30, {"source": "whisper", "secondary_sources": ["rain", "tapping"], "notes": "b"}),
    )
    merged = session.merge("r001", "r002")
    assert (merged.source, merged.secondary_sources) == ("tapping", ("rain", "whisper"))
    assert (merged.onset_sample, merged.offset_sample, merged.notes) == (0, 30, "a; b")


def test_an_unlabelled_region_takes_the_label_of_the_one_it_is_merged_with():
    session = a_session((0, 10, {}), (5, 30, {"source": "whisper"}))
    assert session.merge("r001", "r002").source == "whisper"


def test_a_duplicate_follows_directly_and_stays_inside_the_clip():
    session = a_session((100, 300, {"source": "rain"}), (850, 1000, {}))
    assert session.duplicate("r001").onset_sample == 300
    assert session.duplicate("r002").onset_sample == 850


def test_an_edit_stays_in_memory_when_the_journal_fails():
    class Full:
        def append(self, _step):
            raise OutputError("the disk is full")

    session = a_session(journal=Full())
    with pytest.raises(OutputError, match="disk is full"):
        session.add(0, 10)
    assert len(session.regions) == 1
    with pytest.raises(OutputError):
        session.undo()
    assert session.regions == ()


def test_a_step_that_does_not_fit_changes_nothing():
    journal = Kept()
    session = a_session(*START, journal=journal)
    session.delete("r001")
    other = a_session()
    with pytest.raises(InputError, match="does not fit"):
        other.replay(journal)
    assert other.regions == ()
    with pytest.raises(InputError, match="nothing to undo"):
        other.replay([Step(op="undo")])


def test_a_label_can_be_taken_away():
    session = a_session((0, 10, {"source": SOURCES[0]}))
    assert session.relabel("r001", source=None).source is None
