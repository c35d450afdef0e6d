import pytest
from studies import a_contrast, a_filled_catalogue, a_stimulus, a_study, built, peaks, stated

from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.moderator.eligibility import (
    ADD_TABLE,
    NO_MRI,
    UNCHECKED,
    eligibility,
    eligible_sets,
    reasons_against,
)

POINTS = [(-52.0, -28.0, 40.0), (10.0, 20.0, 30.0)]


def of(table=None, **changes):
    """Return the eligibility of an fMRI study with one table of peaks."""
    tables = [peaks(POINTS) | (table or {})]
    study = a_study(**{"modalities": stated(["fmri"]), "coordinates": tables} | changes)
    return eligibility(built(study))


def test_whole_brain_activation_peaks_are_eligible():
    found = of()
    assert found.is_eligible
    assert found.reasons == ()
    (each,) = found.experiments
    assert each.kind == ("stimulus_vs_control", "increase", "MNI")
    assert each.experiment.name == "doe_2020.table_1"
    assert (each.experiment.n, each.experiment.sample_id) == (20, "adults")
    assert each.experiment.foci == tuple(POINTS)


def test_the_people_of_the_contrast_count_before_those_of_the_sample():
    assert of(contrasts=[a_contrast(n=stated(12))]).experiments[0].experiment.n == 12


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({"contrast": None}, "its points result from no contrast"),
        ({"points": []}, "the table has no point"),
        ({"effect": stated("connectivity")}, "connectivity, not activation"),
        ({"coverage": stated("roi")}, "not the whole brain"),
        ({"coverage": stated("svc")}, "not the whole brain"),
        ({"space": "not extracted"}, "its space is not known"),
        ({"coverage": "not reported"}, "its coverage is not known"),
        ({"effect": "not extracted"}, "its effect is not known"),
        ({"direction": "not extracted"}, "its direction is not known"),
        ({"direction": stated("mixed")}, "do not all go the same way"),
        ({"direction": stated("no_change")}, "do not all go the same way"),
    ],
)
def test_a_table_of_another_kind_is_left_out_with_its_reason(table, reason):
    found = of(table)
    assert not found.is_eligible
    assert any(reason in each for each in found.reasons)


@pytest.mark.parametrize(
    ("contrast", "reason"),
    [
        ({"type": "not extracted"}, "its contrast type is not known"),
        ({"type": stated("trait_or_rest")}, "of type 'trait or rest'"),
        ({"type": stated("task_only")}, "of type 'task only'"),
        ({"n": stated(1)}, "a single case"),
        ({"sample": None}, "number of its participants is not known"),
        ({"task": stated("one_side")}, "a task runs on one side"),
        ({"stimuli": []}, "no stimulus of its contrast has the role 'asmr'"),
        ({"imaging": {"coverage": stated("roi")}}, "its contrast covers a region of interest"),
        ({"imaging": {"analysis": stated("seed_connectivity")}}, "no analysis of activation"),
        ({"imaging": {"analysis": stated("trait_covariate")}}, "no analysis of activation"),
    ],
)
def test_a_contrast_of_another_kind_is_left_out_with_its_reason(contrast, reason):
    found = of(contrasts=[a_contrast(**contrast)])
    assert not found.is_eligible
    assert any(reason in each for each in found.reasons)


def test_an_adjunct_beside_the_asmr_stimulus_is_a_reason():
    roles = [{"stimulus": "asmr_video", "role": "asmr"}, {"stimulus": "beat", "role": "adjunct"}]
    found = of(stimuli=[a_stimulus(), a_stimulus("beat")], contrasts=[a_contrast(stimuli=roles)])
    assert any("an adjunct" in each for each in found.reasons)


@pytest.mark.parametrize("kind", ["a_priori_roi", "connectivity_seed"])
def test_seeds_and_regions_fixed_in_advance_never_enter(kind):
    fixed = {"x": 1.0, "y": 2.0, "z": 3.0, "kind": kind}
    for points in ([fixed], [fixed, peaks(POINTS)["points"][0]]):
        found = of({"points": points})
        assert not found.is_eligible
        assert "fixed in advance" in found.reasons[0]


def test_a_study_without_a_scanner_has_one_reason():
    assert of(modalities=stated(["eeg"])).reasons == (NO_MRI,)


def test_a_study_without_a_table_is_asked_for_one():
    assert of(coordinates=[]).reasons == (ADD_TABLE,)


def test_a_study_of_resting_networks_has_nothing_to_add():
    imaging = {"analysis": stated("ica_connectivity")}
    found = of(coordinates=[], contrasts=[a_contrast(imaging=imaging)])
    assert found.reasons == ("resting-state networks (ICA), not activation",)


def test_a_good_table_enters_beside_one_that_does_not():
    found = of(coordinates=[peaks(POINTS), peaks(POINTS) | {"id": "seeds", "contrast": None}])
    assert len(found.experiments) == 1
    assert len(found.reasons) == 1


def test_only_one_type_direction_and_space_come_together():
    tables = [
        peaks(POINTS),
        peaks(POINTS, "decrease") | {"id": "down"},
        peaks(POINTS) | {"id": "talairach", "space": stated("Talairach")},
        peaks(POINTS) | {"id": "tingles", "contrast": "tingles"},
    ]
    tingles = a_contrast(id="tingles", type=stated("tingle_vs_no_tingle"), stimuli=[])
    sets = eligible_sets([of(coordinates=tables, contrasts=[a_contrast(), tingles])])
    assert {kind: len(foci.experiments) for kind, foci in sets.items()} == {
        ("stimulus_vs_control", "increase", "MNI"): 1,
        ("stimulus_vs_control", "decrease", "MNI"): 1,
        ("stimulus_vs_control", "increase", "Talairach"): 1,
        ("tingle_vs_no_tingle", "increase", "MNI"): 1,
    }
    assert all(foci.space == kind.space for kind, foci in sets.items())


def test_a_filled_catalogue_gives_an_experiment_a_study(tmp_path):
    catalogue = load_catalogue(a_filled_catalogue(tmp_path, n_studies=4))
    (foci,) = eligible_sets(map(eligibility, catalogue.studies)).values()
    assert len(foci.experiments) == 4
    assert {each.sample_id for each in foci.experiments} == {f"sample_{n}" for n in range(4)}


def study_whose_points_are(extraction):
    return built(a_study(coordinates=[peaks([(1, 2, 3)]) | {"extraction": extraction}]))


def test_points_that_a_program_extracted_wait_for_a_person():
    study = study_whose_points_are("automatically extracted")
    assert reasons_against(study, study.coordinates[0]) == (UNCHECKED,)
    assert not eligibility(study).is_eligible


@pytest.mark.parametrize("extraction", ["by hand", "automatically extracted, checked"])
def test_points_that_a_person_has_seen_may_enter(extraction):
    study = study_whose_points_are(extraction)
    assert reasons_against(study, study.coordinates[0]) == ()
    assert eligibility(study).is_eligible
