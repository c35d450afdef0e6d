"""The flow of studies adds up, and a number that is not known stays so."""

import pytest
from pydantic import ValidationError
from studies import HERE, stated

from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.resources import catalogue_folder
from asmr_stim.schema.flow import PrismaFlow
from asmr_stim.schema.review import PublishedReview


def a_review(**changes):
    review = {
        "schema_version": "1.0.0",
        "id": "doe_review",
        "evidence_level": "full_text",
        "sources": [{"id": "paper", "kind": "publisher", "reference": "https://example.org"}],
    }
    return review | changes


def a_decision(**changes):
    decision = {
        "study": "doe_2020", "stage": "full_text", "decision": "excluded",
        "reason": "no ASMR stimulus", "provenance": HERE,
    }  # fmt: skip
    return decision | changes


def test_of_the_published_review_no_count_but_the_studies_is_known():
    review = load_catalogue(catalogue_folder()).review
    assert set(review.flow.model_dump().values()) == {"not extracted"}
    assert review.n_studies.value == 18
    assert review.decisions == ()


def test_counts_that_add_up_are_taken():
    flow = PrismaFlow.model_validate(
        {
            "identified": stated(120), "duplicates_removed": stated(20),
            "removed_otherwise": stated(0), "screened": stated(100),
            "excluded_at_screening": stated(70), "sought": stated(30), "not_retrieved": stated(2),
            "assessed": stated(28), "excluded_in_full_text": stated(10),
            "exclusions": stated([{"reason": "no ASMR", "n": 6}, {"reason": "no EEG", "n": 4}]),
            "reports_included": stated(18),
        }
    )  # fmt: skip
    assert flow.screened.value == 100


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({"screened": 100, "excluded_at_screening": 70, "sought": 31}, "31 sought, but 100"),
        ({"sought": 30, "not_retrieved": 2, "assessed": 30}, "30 assessed, but 30 sought"),
    ],
)
def test_counts_that_do_not_add_up_are_refused(counts, message):
    with pytest.raises(ValidationError, match=message):
        PrismaFlow.model_validate({name: stated(count) for name, count in counts.items()})


def test_a_sum_with_a_gap_is_not_worked_out():
    flow = PrismaFlow.model_validate({"screened": stated(100), "sought": stated(30)})
    assert flow.excluded_at_screening == "not extracted"


def test_reasons_account_for_every_exclusion():
    exclusions = stated([{"reason": "no ASMR", "n": 6}])
    with pytest.raises(ValidationError, match="6 exclusions, of which there are 7"):
        PrismaFlow.model_validate({"excluded_in_full_text": stated(7), "exclusions": exclusions})


@pytest.mark.parametrize(
    ("decisions", "message"),
    [
        ([a_decision(), a_decision()], "decided on twice"),
        ([a_decision(decision="included")], "does not list it"),
        ([a_decision(study="roe_2021")], "included_studies lists it"),
    ],
)
def test_decisions_agree_with_one_another_and_with_the_list(decisions, message):
    content = a_review(decisions=decisions, included_studies=stated(["roe_2021"]))
    with pytest.raises(ValidationError, match=message):
        PublishedReview.model_validate(content)


def test_a_study_may_pass_screening_and_fail_in_full_text():
    decisions = [a_decision(stage="screening", decision="included"), a_decision()]
    content = a_review(decisions=decisions, included_studies=stated(["roe_2021"]))
    assert len(PublishedReview.model_validate(content).decisions) == 2
