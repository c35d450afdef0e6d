"""The flow of studies as boxes: counts of the catalogue's own records, and states where none is."""

from itertools import pairwise

from studies import a_contrast, a_study, built

from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.report.figures.flow import flow_figure
from asmr_stim.report.flow import Stage, catalogue_stages, decisions_table, review_stages
from asmr_stim.resources import catalogue_folder

CATALOGUE = load_catalogue(catalogue_folder())


def a_judged_study(number, status, evidence_level="abstract"):
    return built(
        a_study(
            id=f"doe_{2000 + number}",
            evidence_level=evidence_level,
            review_status={"status": status, "basis": "recorded", "reason": "for the test"},
        )
    )


def test_the_published_review_has_one_number():
    stages = review_stages(CATALOGUE.review)
    assert [stage.count for stage in stages] == ["not extracted"] * 4 + [18]
    assert {count for stage in stages for _, count in stage.left} == {"not extracted"}


def test_the_catalogue_counts_its_own_records():
    stages = catalogue_stages(
        [
            a_judged_study(0, "candidate"),
            a_judged_study(1, "candidate", "full_text"),
            a_judged_study(2, "less_likely"),
            a_judged_study(3, "not_candidate"),
            built(a_study(id="doe_2004", contrasts=[a_contrast(stimuli=[])])),
        ],
        n_experiments=0,
    )
    assert [stage.count for stage in stages] == [5, 3, 2, 1, 0]
    assert [dict(stage.left) for stage in stages][:3] == [
        {"less likely in the review": 1, "no candidate for it": 1},
        {"no ASMR stimulus described": 1},
        {"full text not read": 1},
    ]


def test_what_leaves_and_what_goes_on_add_up():
    stages = catalogue_stages(CATALOGUE.studies, n_experiments=0)
    for stage, following in pairwise(stages[:4]):
        assert stage.count - sum(count for _, count in stage.left) == following.count


def test_every_study_has_its_decision_and_reason():
    table = decisions_table(CATALOGUE.studies)
    assert [row[0] for row in table.rows] == [study.id for study in CATALOGUE.studies]
    assert all(row[-1] for row in table.rows)


def test_a_box_says_its_number_or_that_there_is_none():
    stages = [Stage("found", "not extracted", (("left", 3), ("lost", "not reported"))),
              Stage("kept", 0)]  # fmt: skip
    figure = flow_figure([("A review", stages)])
    texts = [text.get_text() for text in figure.axes[0].texts if text.get_text()]
    assert texts == ["found\nnot extracted", "left: n = 3", "lost: not reported", "kept\nn = 0"]
