from copy import deepcopy

import pytest
from pydantic import ValidationError
from studies import a_contrast, a_study, an_outcome, built, peaks, stated

from asmr_stim.schema.checks import walk
from asmr_stim.schema.review import PublishedReview

REVIEW = {
    "schema_version": "1.0.0",
    "id": "the_review",
    "evidence_level": "abstract",
    "sources": [{"id": "paper", "kind": "publisher", "reference": "https://example.org/paper"}],
}


def findings(content):
    """Return the code and the path of everything that a study contradicts itself in."""
    with pytest.raises(ValidationError) as caught:
        built(content)
    return [
        (code, where)
        for error in caught.value.errors()
        for code, where, _ in error["ctx"]["findings"]
    ]


def test_a_study_without_a_problem_is_built():
    assert built(a_study()).id == "doe_2020"


@pytest.mark.parametrize("level", ["abstract", "none", "code_only", "newspaper"])
def test_only_a_reader_of_the_full_text_says_not_reported(level):
    study = a_study(doi="not reported")
    assert built(study).doi == "not reported"
    assert findings(study | {"evidence_level": level}) == [("E020", ("doi",))]


def test_not_reported_is_found_however_deep_it_stands():
    study = a_study(evidence_level="abstract")
    study["stimuli"][0]["facets"] = {"pace": "not reported"}
    study["contrasts"][0]["elicitation"] = {"share": "not reported"}
    assert findings(study) == [
        ("E020", ("stimuli", 0, "facets", "pace")),
        ("E020", ("contrasts", 0, "elicitation", "share")),
    ]


def test_a_provenance_names_sources_that_the_study_has():
    study = a_study()
    study["title"]["provenance"]["sources"] = ["paper", "letter"]
    assert findings(study) == [("E023", ("title", "provenance", "sources"))]


def test_a_source_of_a_facet_must_exist_too():
    study = a_study()
    pace = stated("slow")
    pace["provenance"]["sources"] = ["letter"]
    study["stimuli"][0]["facets"] = {"pace": pace}
    where = ("stimuli", 0, "facets", "pace", "provenance", "sources")
    assert findings(study) == [("E023", where)]


def test_a_study_wide_provenance_needs_a_study_with_sources():
    nothing = {
        key: value
        for key, value in a_study(sources=[]).items()
        if key not in {"samples", "stimuli", "contrasts"}
    }
    nothing["title"] = stated("A study") | {"provenance": {"scope": "study"}}
    assert findings(nothing) == [("E021", ("title", "provenance"))]


@pytest.mark.parametrize("part", ["sources", "samples", "stimuli", "contrasts"])
def test_no_id_stands_twice(part):
    study = a_study()
    study[part].append(deepcopy(study[part][0]))
    assert ("E022", (part, len(study[part]) - 1, "id")) in findings(study)


def test_no_group_stands_twice_in_its_sample():
    study = a_study()
    study["samples"][0]["groups"] = [{"id": "asmr", "label": "ASMR"}] * 2
    assert findings(study) == [("E022", ("samples", 0, "groups", 1, "id"))]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"sample": "children"}, ("sample",)),
        ({"groups": ["controls"]}, ("groups",)),
        ({"stimuli": [{"stimulus": "rain_video", "role": "asmr"}]}, ("stimuli", 0, "stimulus")),
    ],
)
def test_a_contrast_speaks_of_what_the_study_has(changes, where):
    study = a_study(contrasts=[a_contrast(**changes)])
    assert findings(study) == [("E023", ("contrasts", 0, *where))]


def test_a_table_of_peaks_speaks_of_a_contrast_of_the_study():
    table = peaks([(1.0, 2.0, 3.0)]) | {"contrast": "asmr_vs_rest"}
    assert findings(a_study(coordinates=[table])) == [("E023", ("coordinates", 0, "contrast"))]


def test_an_upstream_record_names_a_source_of_the_study():
    record = {"registry": "a base", "record": "7", "source": "letter", "note": "has the table"}
    assert findings(a_study(upstream=[record])) == [("E023", ("upstream", 0))]


def test_a_group_is_no_larger_than_its_sample():
    study = a_study()
    study["samples"][0]["groups"] = [{"id": "asmr", "label": "ASMR", "n": stated(21)}]
    assert findings(study) == [("E024", ("samples", 0, "groups", 0, "n"))]
    study["samples"][0]["groups"][0]["n"] = stated(20)
    assert built(study)


def test_women_and_men_are_no_more_than_the_sample():
    study = a_study()
    study["samples"][0] |= {"n_female": stated(12), "n_male": stated(9)}
    assert findings(study) == [("E024", ("samples", 0, "n"))]


@pytest.mark.parametrize(
    ("contrast", "where"),
    [
        (a_contrast(n=stated(21)), ("n",)),
        (a_contrast(outcomes=[an_outcome(n=stated(21))]), ("outcomes", 0, "n")),
    ],
)
def test_a_contrast_has_no_more_people_than_its_sample(contrast, where):
    assert findings(a_study(contrasts=[contrast])) == [("E024", ("contrasts", 0, *where))]


@pytest.mark.parametrize(
    "outcome",
    [an_outcome(grade="not_given"), an_outcome(direction="not extracted")],
    ids=["a direction whose grade denies it", "a grade without its direction"],
)
def test_a_grade_does_not_contradict_the_direction(outcome):
    study = a_study(contrasts=[a_contrast(outcomes=[outcome])])
    assert findings(study) == [("E025", ("contrasts", 0, "outcomes", 0, "grade"))]


def test_a_direction_that_is_not_given_is_still_an_outcome():
    outcome = an_outcome(direction="not extracted", grade="not_given")
    study = built(a_study(contrasts=[a_contrast(outcomes=[outcome])]))
    assert study.contrasts[0].outcomes[0].measure == "eeg_power"


def test_a_stimulus_has_one_role_in_a_contrast():
    study = a_study()
    study["contrasts"][0]["stimuli"][1]["stimulus"] = "asmr_video"
    assert findings(study) == [("E026", ("contrasts", 0, "stimuli", 1, "stimulus"))]


def test_a_stimulus_may_have_another_role_in_another_contrast():
    other = a_contrast(
        id="control_vs_rest", stimuli=[{"stimulus": "control_video", "role": "asmr"}], outcomes=[]
    )
    assert len(built(a_study(contrasts=[a_contrast(), other])).contrasts) == 2


def test_everything_that_is_wrong_is_found_at_once():
    study = a_study(evidence_level="abstract", doi="not reported")
    study["samples"][0]["groups"] = [{"id": "asmr", "label": "ASMR", "n": stated(21)}]
    study["contrasts"][0]["sample"] = "children"
    assert {code for code, _ in findings(study)} == {"E020", "E023", "E024"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": "not reported"}, "E020"),
        ({"title": stated("A") | {"provenance": {"scope": "value", "sources": ["x"]}}}, "E023"),
    ],
)
def test_the_published_review_is_held_to_the_same_rules(changes, code):
    with pytest.raises(ValidationError) as caught:
        PublishedReview.model_validate(REVIEW | changes)
    assert caught.value.errors()[0]["ctx"]["findings"][0][0] == code


def test_a_walk_meets_every_provenance_of_a_study():
    study = a_study()
    study["stimuli"][0]["facets"] = {"pace": stated("slow")}
    places = [where for where, _ in walk(built(study)) if where and where[-1] == "provenance"]
    assert ("stimuli", 0, "facets", "pace", "provenance") in places
    assert len(places) == str(study).count("'provenance'")
