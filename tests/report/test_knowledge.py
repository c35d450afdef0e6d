import pytest
from studies import a_contrast, a_filled_catalogue, a_stimulus, a_study, built, stated

from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.report.knowledge import FIELDS, Grid, knowledge, knowledge_grid, knowledge_table
from asmr_stim.report.page import stimulus_details


def cell(study, field, stimulus="asmr_video"):
    return next(k for k in knowledge([study]) if (k.stimulus, k.field) == (stimulus, field))


def study_with(**fields):
    return built(a_study(stimuli=[a_stimulus(**fields), a_stimulus("control_video")]))


@pytest.mark.parametrize(
    ("field", "state", "shown"),
    [
        (stated(240), "value", "240"),
        ("not reported", "not reported", ""),
        ("not extracted", "not extracted", ""),
    ],
)
def test_each_state_of_knowledge_is_itself(field, state, shown):
    found = cell(study_with(duration_s=field), "duration_s")
    assert (found.state, found.value) == (state, shown)


def test_a_value_is_shown_with_the_source_that_holds_it():
    found = cell(study_with(n_clips=stated(3)), "n_clips")
    assert (found.scope, found.sources, found.basis) == ("value", "paper", "stated")


def test_a_study_wide_source_never_stands_beside_a_value():
    wide = stated(3) | {"provenance": {"scope": "study"}}
    study = study_with(n_clips=wide)
    found = cell(study, "n_clips")
    assert (found.scope, found.sources) == ("study", "")
    row = next(
        row
        for row in knowledge_table([study]).rows
        if row[1] == "asmr_video" and row[3] == "n_clips"
    )
    assert row[7:9] == ("study", None)


def test_the_roles_of_a_stimulus_come_from_its_contrasts():
    study = built(a_study())
    assert cell(study, "title").roles == "asmr"
    assert cell(study, "title", "control_video").roles == "control"


def best(study, field):
    grid = knowledge_grid([study])
    return grid.states[0][grid.fields.index(field)]


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        (stated(1), "not reported", "value"),
        (stated(1), "not extracted", "value"),
        ("not reported", "not extracted", "not extracted"),
        ("not reported", "not reported", "not reported"),
    ],
)
def test_the_grid_shows_the_best_state_and_not_reported_only_if_it_holds_for_all(
    first, second, state
):
    roles = [{"stimulus": name, "role": "asmr"} for name in ("one", "two")]
    stimuli = [a_stimulus("one", n_clips=first), a_stimulus("two", n_clips=second)]
    study = built(a_study(stimuli=stimuli, contrasts=[a_contrast(stimuli=roles)]))
    assert best(study, "n_clips") == state


def test_what_is_known_of_a_control_is_not_counted_as_known_of_asmr():
    stimuli = [a_stimulus(), a_stimulus("control_video", n_clips=stated(9))]
    assert best(built(a_study(stimuli=stimuli)), "n_clips") == "not extracted"


def test_a_study_without_an_asmr_stimulus_has_a_state_of_its_own():
    study = built(a_study(contrasts=[]))
    assert set(knowledge_grid([study]).states[0]) == {"no ASMR stimulus"}


def test_shares_are_of_the_studies_that_played_an_asmr_stimulus():
    states = (
        ("value", "not reported"),
        ("not extracted", "not extracted"),
        ("no ASMR stimulus", "no ASMR stimulus"),
    )
    grid = Grid(("a", "b", "c"), ("n_clips", "pace"), states)
    assert grid.share_known() == (0.5, 0.0)
    alone = Grid(("c",), ("n_clips", "pace"), states[2:])
    assert alone.share_known() == (0.0, 0.0)


def test_every_field_of_every_stimulus_is_there_once():
    cells = [(k.stimulus, k.field) for k in knowledge([built(a_study())])]
    assert len(cells) == len(set(cells)) == 2 * len(FIELDS)


def test_a_filled_catalogue_is_known_in_full(tmp_path):
    studies = load_catalogue(a_filled_catalogue(tmp_path, n_studies=2)).studies
    assert set(knowledge_grid(studies).share_known()) == {1.0}


def test_details_put_the_stimuli_of_a_study_side_by_side():
    (details,) = stimulus_details([built(a_study())])
    assert [each["roles"] for each in details["stimuli"]] == ["asmr", "control"]
    assert all(len(field["cells"]) == 2 for field in details["fields"])
    (nothing,) = stimulus_details([built(a_study(stimuli=[], contrasts=[]))])
    assert nothing["summary"] == "no stimulus is described"
