"""A letter asks for exactly what is missing; its answers come back as values of the authors."""

import re

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from studies import a_filled_catalogue, a_stimulus, a_study, built, stated, written

from asmr_stim.errors import InputError, MissingInputError, OutputError
from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.io.checklist import load_checklist
from asmr_stim.report.letter import letter
from asmr_stim.resources import catalogue_folder
from asmr_stim.schema.answers import questions
from asmr_stim.schema.checklist import checked
from asmr_stim.workflows.answers import ask, take_answers, write_asked

STUDIES = load_catalogue(catalogue_folder()).studies
TITLE = "stimuli.asmr_video.title"


@pytest.fixture
def catalogue(tmp_path):
    """Return a catalogue with one study of which little is known."""
    stimulus = a_stimulus(title="not reported", duration_s="not extracted", n_clips=stated(2))
    study = a_study(id="doe_2020", stimuli=[stimulus, a_stimulus("control_video")])
    study["samples"][0]["id"] = "doe_2020_adults"
    study["contrasts"][0]["sample"] = "doe_2020_adults"
    written(tmp_path / "catalogue", study)
    return tmp_path / "catalogue"


def answered(catalogue, answers, **head):
    """Return a form of the study with answers by item."""
    form = yaml.safe_load(ask(catalogue, "doe_2020").form)
    form |= {"answered_by": "Doe J", "answered_on": "2026-05-31"} | head
    for entry in form["answers"]:
        entry["answer"] = answers.pop(entry["item"], None)
    assert not answers
    return written_form(catalogue, form)


def written_form(catalogue, form):
    path = catalogue.parent / "form.yaml"
    text = yaml.safe_dump(form, sort_keys=False).replace("'2026-05-31'", "2026-05-31")
    path.write_text(text, encoding="utf-8")
    return path


def study_of(catalogue):
    return load_catalogue(catalogue).study("doe_2020")


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.id)
def test_the_letter_asks_for_exactly_the_items_that_are_missing(study):
    missing = [each.item for each in checked(study, load_checklist()).items if each.gaps]
    text = " ".join(letter(study, questions(study, load_checklist())).split())
    numbers = [int(number) for number in re.findall(r"(?<= )(\d+)\. (?=[A-Z])", text)]
    assert numbers == list(range(1, len(missing) + 1))
    for item in load_checklist().items:
        count = sum(each.ask == item.ask for each in missing)
        assert text.count(item.ask) == count, item.id


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.id)
def test_the_form_has_an_entry_for_each_missing_item_and_a_place_for_each_gap(study):
    form = yaml.safe_load(ask(catalogue_folder(), study.id).form)
    result = checked(study, load_checklist())
    assert [entry["item"] for entry in form["answers"]] == [
        each.item.id for each in result.items if each.gaps
    ]
    places = [place for entry in form["answers"] for place in entry["places"]]
    assert len(places) == len(set(places)) == sum(bool(gap.path) for gap in result.gaps)


def test_a_study_that_says_everything_is_not_asked(tmp_path):
    study = yaml.safe_load((a_filled_catalogue(tmp_path, 1) / "studies/doe_2000.yaml").read_text())
    stimulus = study["stimuli"][0]
    stimulus["facets"] |= {"trigger_load": stated("two"), "motion": stated("static")}
    stimulus["identity"] = {"in_s": stated(0), "licence": stated("CC BY 4.0")}
    written(tmp_path, study)
    with pytest.raises(MissingInputError, match="there is nothing to ask"):
        ask(tmp_path, "doe_2000")


def test_an_answer_becomes_a_value_whose_source_is_the_author(catalogue):
    taken = take_answers(answered(catalogue, {"clip_title": "Brushing: a film"}), catalogue)
    assert taken.set == (TITLE,)
    study = study_of(catalogue)
    title = study.stimuli[0].title
    assert title.value == "Brushing: a film"
    source = next(each for each in study.sources if each.id == title.provenance.sources[0])
    assert (source.kind, source.reference) == ("author", "answer of Doe J, 2026-05-31")
    assert title.note == "told by the authors; the paper does not report it"


def test_words_of_people_become_those_of_the_records(catalogue):
    answers = {
        "act": "hair cut, personal attention", "speech": False, "transducer": "in-ear headphones",
        "participant_dependent": "yes", "task": "none", "pace": 1.5, "selection": "not selected",
        "composition": {"taps": 0.75}, "level_reference": 20,
    }  # fmt: skip
    take_answers(answered(catalogue, answers), catalogue)
    study = study_of(catalogue)
    stimulus = study.stimuli[0]
    assert stimulus.acts.value == ("haircut", "personal_attention")
    assert stimulus.facets["speech_present"].value == "absent"
    assert stimulus.facets["pace"].value == 1.5
    assert stimulus.participant_dependent.value is True
    assert stimulus.composition.value[0].term == "tapping"
    assert stimulus.level_reference.value == "20"
    assert study.samples[0].selection.value == "not_selected"
    assert study.contrasts[0].task.value == "none"


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and text.isprintable()))
def test_any_text_comes_back_as_it_was_written(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("any")
    written(folder / "catalogue", a_study(id="doe_2020"))
    form = answered(folder / "catalogue", {"clip_title": text})
    take_answers(form, folder / "catalogue")
    assert study_of(folder / "catalogue").stimuli[0].title.value == text.strip()


def test_a_value_that_is_there_stays_and_the_answer_is_told(catalogue):
    form = yaml.safe_load(answered(catalogue, {}).read_text())
    entry = {"item": "n_clips", "about": ["clip"], "question": "How many?",
             "places": ["stimuli.asmr_video.n_clips"], "answer": 5}  # fmt: skip
    before = (catalogue / "studies/doe_2020.yaml").read_bytes()
    taken = take_answers(written_form(catalogue, form | {"answers": [entry]}), catalogue)
    assert taken.set == ()
    assert taken.kept == ("stimuli.asmr_video.n_clips stays 2; the authors say 5",)
    assert (catalogue / "studies/doe_2020.yaml").read_bytes() == before


def test_answers_twice_change_nothing_the_second_time(catalogue):
    form = answered(catalogue, {"clip_title": "A film", "duration": 60})
    take_answers(form, catalogue)
    before = (catalogue / "studies/doe_2020.yaml").read_bytes()
    again = take_answers(form, catalogue)
    assert (again.set, again.kept) == ((), ())
    assert (catalogue / "studies/doe_2020.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("answers", "head", "message"),
    [
        ({"duration": "long"}, {}, r"form.yaml:\d+:\d+: E081 'duration_s' must be a number"),
        ({"act": "juggling"}, {}, "'juggling' is no act of the taxonomy"),
        ({"spatial": "loud"}, {}, "'loud' is not one of: mono, stereo"),
        ({"share_responding": 40}, {}, "must be at most 1"),
        ({"clip_title": "A film"}, {"answered_by": None}, "'answered_by' is empty"),
        ({"clip_title": "A film"}, {"answered_on": "last week"}, "answered_on"),
        ({"clip_title": "A film"}, {"study": "roe_2021"}, "no study 'roe_2021'"),
    ],
)
def test_a_form_that_cannot_be_taken_changes_nothing(catalogue, answers, head, message):
    before = (catalogue / "studies/doe_2020.yaml").read_bytes()
    form = answered(catalogue, answers | {"level": 60}, **head)
    with pytest.raises((InputError, MissingInputError), match=message):
        take_answers(form, catalogue)
    assert (catalogue / "studies/doe_2020.yaml").read_bytes() == before


@pytest.mark.parametrize(
    "place", ["stimuli.asmr_video.id", "sources.paper.note", "stimuli", "x.y.z"]
)
def test_an_answer_goes_only_where_answers_belong(catalogue, place):
    form = yaml.safe_load(answered(catalogue, {"clip_title": "A film"}).read_text())
    form["answers"][0]["places"] = [place]
    with pytest.raises(InputError, match="no field that an answer can go into"):
        take_answers(written_form(catalogue, form), catalogue)


def test_letter_and_form_are_never_written_over_others(catalogue, tmp_path):
    asked = ask(catalogue, "doe_2020")
    write_asked(asked, "doe_2020", tmp_path / "out")
    with pytest.raises(OutputError, match="is there already and is not overwritten"):
        write_asked(asked, "doe_2020", tmp_path / "out")


def test_what_was_read_and_not_found_is_told_from_what_was_not_looked_for():
    stimuli = [a_stimulus(title="not reported"), a_stimulus("control_video")]
    study = built(a_study(stimuli=stimuli))
    text = letter(study, questions(study, load_checklist()))
    assert "What is the title of the clip (or of each clip)?\n" in text
    assert "Who made the clip, or on which channel was it published? *\n" in text
