"""Two files of a study, the form in which differences are decided, and the study that follows."""

from copy import deepcopy

import pytest
import yaml
from studies import a_contrast, a_stimulus, a_study, an_outcome, stated, written

from asmr_stim.errors import InputError, OutputError
from asmr_stim.io.catalogue import check_files
from asmr_stim.schema.comparison import compare
from asmr_stim.workflows.two_coders import adjudicate, compare_files, write_adjudication


@pytest.fixture
def codings(tmp_path):
    """Return the files of two coders who differ in values, states, records and sources."""
    outcomes = [an_outcome(), an_outcome(bands=stated(["theta"]))]
    first = a_study(
        stimuli=[
            a_stimulus(duration_s=stated(300), facets={"pace": stated("slow")}),
            a_stimulus("control_video", sources=stated(["rain"], "coded")),
            a_stimulus("only_ours"),
        ],
        contrasts=[a_contrast(outcomes=outcomes)],
    )
    second = a_study(
        stimuli=[
            a_stimulus(duration_s="not reported", title=stated("A clip")),
            a_stimulus("control_video", sources=stated(["rain"], "coded")),
            a_stimulus("only_theirs"),
        ],
        contrasts=[a_contrast(outcomes=[an_outcome(), an_outcome(bands=stated(["gamma"]))])],
    )
    second["sources"][0]["reference"] = "https://example.org/another"
    return written(tmp_path / "first", first), written(tmp_path / "second", second)


def decided(codings, decision, tmp_path):
    """Return a form on which every difference is decided alike."""
    form = tmp_path / "decisions.yaml"
    write_adjudication(compare_files(*codings), *codings, form)
    content = yaml.safe_load(form.read_text())
    for each in content["differences"]:
        each["decision"] = deepcopy(decision)
    form.write_text(yaml.safe_dump(content, sort_keys=False))
    return form


def test_the_form_keeps_both_codings_of_every_difference(codings, tmp_path):
    form = tmp_path / "decisions.yaml"
    write_adjudication(compare_files(*codings), *codings, form)
    content = yaml.safe_load(form.read_text())
    found = {each["place"]: (each["first"], each["second"]) for each in content["differences"]}
    assert set(found) == {
        "stimuli.only_ours", "stimuli.only_theirs", "stimuli.asmr_video.duration_s",
        "stimuli.asmr_video.title", "stimuli.asmr_video.facets.pace",
        "contrasts.asmr_vs_control.outcomes.eeg_power(theta)",
        "contrasts.asmr_vs_control.outcomes.eeg_power(gamma)",
    }  # fmt: skip
    assert found["stimuli.asmr_video.duration_s"] == (stated(300), "not reported")
    assert found["stimuli.only_ours"] == ("present", "no such record")


@pytest.mark.parametrize(("decision", "place"), [("first", 0), ("second", 1)])
def test_deciding_all_for_one_coder_gives_that_coders_codings(codings, tmp_path, decision, place):
    study = adjudicate(decided(codings, decision, tmp_path), tmp_path / "doe_2020.yaml")
    chosen = check_files([codings[place]]).studies[0]
    assert compare([(study, chosen)]).differences == ()
    assert check_files([tmp_path / "doe_2020.yaml"]).problems == ()


def test_a_source_of_the_second_coder_with_a_taken_id_gets_its_own(codings, tmp_path):
    study = adjudicate(decided(codings, "second", tmp_path), tmp_path / "doe_2020.yaml")
    references = {source.id: source.reference for source in study.sources}
    assert references["paper"] == "https://example.org/paper"
    title = study.stimuli[0].title
    assert references[title.provenance.sources[0]] == "https://example.org/another"


def test_a_decision_may_be_a_value_that_neither_coder_gave(codings, tmp_path):
    form = decided(codings, "first", tmp_path)
    content = yaml.safe_load(form.read_text())
    for each in content["differences"]:
        if each["place"].endswith("duration_s"):
            each |= {"decision": stated(240), "reason": "Methods, second paragraph"}
        if each["place"].endswith("pace"):
            each["decision"] = "not reported"
    form.write_text(yaml.safe_dump(content))
    stimulus = adjudicate(form, tmp_path / "doe_2020.yaml").stimuli[0]
    assert stimulus.duration_s.value == 240
    assert stimulus.facets["pace"] == "not reported"


def test_the_study_says_that_it_was_coded_twice(codings, tmp_path):
    study = adjudicate(decided(codings, "first", tmp_path), tmp_path / "doe_2020.yaml")
    assert "7 differences were decided; both codings stand in decisions.yaml" in study.notes[-1]


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (None, r"decisions.yaml:\d+:\d+: E082 nothing is decided on stimuli.only_ours"),
        ("third", "of a whole record, decide first or second"),
        ({"value": 1}, "of a whole record, decide first or second"),
    ],
)
def test_a_form_that_is_not_decided_is_refused_with_every_line(
    codings, tmp_path, decision, message
):
    form = decided(codings, decision, tmp_path)
    with pytest.raises(InputError, match=message):
        adjudicate(form, tmp_path / "doe_2020.yaml")
    assert not (tmp_path / "doe_2020.yaml").exists()


def test_codings_that_changed_since_are_refused(codings, tmp_path):
    form = decided(codings, "first", tmp_path)
    codings[1].write_text(codings[1].read_text() + "# later\n")
    with pytest.raises(InputError, match="has changed since"):
        adjudicate(form, tmp_path / "doe_2020.yaml")


def test_nothing_is_written_over(codings, tmp_path):
    form = decided(codings, "first", tmp_path)
    with pytest.raises(OutputError, match="is not overwritten"):
        write_adjudication(compare_files(*codings), *codings, form)
    with pytest.raises(OutputError, match="is not overwritten"):
        adjudicate(form, codings[0])


def test_two_studies_are_no_two_codings(codings, tmp_path):
    other = written(tmp_path / "third", a_study(id="roe_2021"))
    with pytest.raises(InputError, match="no study is in both"):
        compare_files(codings[0], other)


def test_folders_compare_the_studies_that_are_in_both(codings):
    folders = [path.parent.parent for path in codings]
    written(folders[0], a_study(id="roe_2021", samples=[], contrasts=[]))
    assert {each.study for each in compare_files(*folders).differences} == {"doe_2020"}
