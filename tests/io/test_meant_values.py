"""A word that YAML 1.1 takes for a number or a truth value: the message says what to write."""

import pytest
from studies import a_stimulus, a_study, stated, written

from asmr_stim.io.catalogue import check_files
from asmr_stim.io.meant_values import meant_value


@pytest.mark.parametrize(
    ("found", "advice"),
    [
        ("1_000", "1000"),
        ("-1_000.5", "-1000.5"),
        ("300", "300 without quotes"),
        ("1e3", "1e3 without quotes"),
        (".5", ".5 without quotes"),
        ("1,5", "1.5 with a point"),
        ("12:30", "750 if these are minutes and seconds"),
        ("1:00:00", "3600 if these are hours, minutes and seconds"),
        ("90 s", "90, since the unit belongs to the key"),
        ("50%", "50, since the unit belongs to the key"),
        ("about 5", None),
        ("five", None),
        ("", None),
        ("12:75", None),
    ],
)
def test_a_word_where_a_number_is_wanted(found, advice):
    for kind in ("int_type", "float_type"):
        assert meant_value(kind, found) == advice


@pytest.mark.parametrize(
    ("found", "advice"),
    [("no", "false"), ("No", "false"), ("off", "false"), ("n", "false"), ("yes", "true"),
     ("on", "true"), ("Y", "true"), (0, "false"), (1, "true"), (2, None), ("perhaps", None)],
)  # fmt: skip
def test_a_word_where_a_truth_value_is_wanted(found, advice):
    assert meant_value("bool_type", found) == advice


def test_other_kinds_of_problem_get_no_advice():
    assert meant_value("string_type", "no") is None
    assert meant_value("float_type", [1]) is None


@pytest.mark.parametrize(
    ("key", "word", "advice"),
    [
        ("duration_s", "12:30", "write 750 if these are minutes and seconds"),
        ("n_clips", "1_000", "write 1000"),
        ("participant_dependent", "no", "write false"),
        ("participant_dependent", "on", "write true"),
        ("level_db", "45 dB", "write 45, since the unit belongs to the key"),
    ],
)
def test_the_message_stands_at_the_word_and_says_what_to_write(tmp_path, key, word, advice):
    study = a_study(stimuli=[a_stimulus(**{key: stated("WORD")}), a_stimulus("control_video")])
    path = written(tmp_path, study)
    path.write_text(path.read_text().replace("WORD", word))
    (problem,) = check_files([path]).problems
    assert problem.code == "E004"
    assert problem.message.endswith(f"found '{word}'; {advice}")
    line = path.read_text().split("\n")[problem.line - 1]
    assert line.strip() == f"value: {word}"


def test_a_word_stays_a_word_where_words_are_wanted(tmp_path):
    study = a_study(stimuli=[a_stimulus(label="LABEL"), a_stimulus("control_video")])
    path = written(tmp_path, study)
    for word in ("no", "on", "12:30", "1_000"):
        path.write_text(path.read_text().replace("LABEL", word))
        checked = check_files([path])
        assert checked.problems == ()
        assert checked.studies[0].stimuli[0].label == word
        path.write_text(path.read_text().replace(f"label: {word}", "label: LABEL"))
