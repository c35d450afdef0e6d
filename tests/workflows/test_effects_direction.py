import json

import pytest

from asmr_stim.errors import InputError
from asmr_stim.resources import catalogue_folder
from asmr_stim.workflows.effects_direction import count, direction_lines, run_direction

VOTES = (
    "study,sample_id,contrast_type,band,direction\n"
    "a,,stimulus_vs_control,alpha,increase\nb,s1,stimulus_vs_control,alpha,increase\n"
    "c,s1,stimulus_vs_control,alpha,decrease\nd,,stimulus_vs_control,alpha,no change\n"
    "e,,stimulus_vs_control,alpha,\nf,,stimulus_vs_control,theta,decrease\n"
    "g,,before_after,alpha,increase\n"
)


@pytest.fixture
def votes(tmp_path):
    path = tmp_path / "votes.csv"
    path.write_text(VOTES, encoding="utf-8")
    return path


def test_papers_on_the_same_people_cast_one_vote(votes):
    first = count(votes).ballots.counts[1]
    assert (first.n_increase, first.n_decrease, first.n_mixed) == (1, 0, 1)
    assert (first.n_no_change, first.n_direction_not_given) == (1, 1)


def test_contrast_types_and_bands_are_counted_apart(votes):
    found = [(c.contrast_type, c.band) for c in count(votes).ballots.counts]
    assert found == [
        ("stimulus_vs_control", "theta"), ("stimulus_vs_control", "alpha"),
        ("before_after", "alpha"),
    ]  # fmt: skip


def test_names_of_ones_own_are_counted_as_well(tmp_path):
    path = tmp_path / "own.tsv"
    path.write_text("study\tdirection\tmood\na\tincrease\tcalm\nb\tincrease\tcalm\n")
    (only,) = count(path, band="mood").ballots.counts
    assert (only.contrast_type, only.band, only.n_increase) == ("not named", "calm", 2)
    assert only.smallest_p == 0.5


def test_counts_that_cannot_show_agreement_say_so(votes):
    assert "3 of 3 counts cannot show agreement" in direction_lines(count(votes).ballots)[-1]


def test_a_table_with_magnitudes_is_refused(tmp_path):
    path = tmp_path / "effects.csv"
    path.write_text("study,estimate,se,direction\na,0.3,0.1,increase\n", encoding="utf-8")
    with pytest.raises(InputError, match="never mixed with them"):
        count(path)


def test_a_word_that_is_no_direction_is_told_by_line_and_column(tmp_path):
    path = tmp_path / "votes.csv"
    path.write_text("study,direction\na,increase\nb,upwards\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"votes.csv:3:3: column 'direction': 'upwards'"):
        count(path)


def test_tables_figure_swim_and_result_are_written(votes, tmp_path):
    out = tmp_path / "out"
    run_direction(votes, out, ("svg",))
    content = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert len(content["counts"]) == 3
    text = (out / "swim.md").read_text(encoding="utf-8")
    assert text.count("\n## ") == 9
    assert (out / "directions.svg").is_file()
    assert (out / "direction_counts.tsv").is_file()


def test_a_catalogue_folder_is_counted_by_the_rule_of_the_review():
    done = count(catalogue_folder())
    assert done.ballots.counts
    assert done.ballots.without_vote


@pytest.mark.parametrize("name", ["t", "f", "d", "g", "r", "mean1", "mean_change", "ci_low"])
def test_statistics_with_a_size_are_refused_by_line_and_column(tmp_path, name):
    path = tmp_path / "reported.csv"
    path.write_text(f"study,direction,{name}\na,increase,\nb,,2.1\n", encoding="utf-8")
    with pytest.raises(InputError, match=rf"reported.csv:3:4: column '{name}': .*effects convert"):
        count(path)


def test_a_column_of_magnitudes_without_any_does_not_stand_in_the_way(tmp_path):
    path = tmp_path / "votes.csv"
    path.write_text("study,direction,t,p\na,increase,,.03\n", encoding="utf-8")
    assert count(path).ballots.counts[0].n_increase == 1
