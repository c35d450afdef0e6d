import json
import re
import shutil

import pytest
from typer.testing import CliRunner

from asmr_stim.cli.effects import app
from asmr_stim.errors import InputError, OutputError

MIXED = (
    "study,sample_id,design,n,t,f,p,direction,modality\n"
    "ahn,,within,24,2.4,,,,audio\nbell,s1,within,30,,6.3,,increase,audio\n"
    "bell2,s1,within,30,1.9,,,,audio\ncruz,,within,18,,,.03,increase,visual\n"
    "dahl,,within,40,-0.9,,,,visual\nek,,within,22,,,<.05,increase,audio\n"
    "fox,,within,26,1.2,,,,visual\n"
)


@pytest.fixture
def mixed(tmp_path):
    path = tmp_path / "mixed.csv"
    path.write_text(MIXED, encoding="utf-8")
    return str(path)


def called(*words):
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def test_convert_prints_route_sign_and_grade(mixed, tmp_path):
    found = called("convert", mixed, "--out", str(tmp_path / "effects.tsv"))
    assert found.exit_code == 0
    assert "ahn: SMCC = 0.474, SE 0.215  [converted; t; sign: statistic]" in found.output
    assert "ek: SMCC between 0.427 and inf  [bound" in found.output
    assert (tmp_path / "effects.tsv").is_file()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("effects.csv", "give a name that ends in .tsv"),
        ("nowhere/effects.tsv", "there is no folder .*nowhere; make it first"),
        ("folder.tsv", "is a folder; name a file in it"),
        ("mine.tsv", "its units would replace .*mine.json, which is something else"),
        ("reported.tsv", "is the table of reported statistics itself; give another name"),
    ],
)
def test_convert_refuses_a_place_before_it_prints(mixed, tmp_path, name, message):
    (tmp_path / "folder.tsv").mkdir()
    (tmp_path / "mine.json").write_text("[]", encoding="utf-8")
    mixed = shutil.copy(mixed, tmp_path / "reported.tsv")
    found = CliRunner().invoke(app, ["convert", str(mixed), "--out", str(tmp_path / name)])
    assert isinstance(found.exception, OutputError)
    assert re.search(message, str(found.exception))
    assert found.output == ""


def test_run_says_what_was_left_out_and_where_it_wrote(mixed, tmp_path):
    found = called(
        "run", mixed, "--by", "modality", "--out", str(tmp_path / "o"), "--figures", "none"
    )
    assert found.exit_code == 0
    assert "6 effects of 5 samples entered; 1 was left out (ek: a bound has no" in found.output
    assert "smallest p that could have come out: 0.100 (cannot show a difference" in found.output


def test_audit_exits_with_one_where_a_fit_is_impossible(mixed):
    found = called("audit", mixed, "--by", "modality,design")
    assert found.exit_code == 1
    assert "blocks: 'design' is 'within' in all effects" in found.output


def test_permute_tells_that_it_cannot_show_a_difference(mixed):
    found = called("permute", mixed, "--by", "modality")
    assert "all 10 allocations\n" in found.output
    assert "These tests cannot show a difference at .05" in found.output


def test_bayes_prints_both_priors_and_the_difference(mixed):
    found = called("bayes", mixed, "--by", "modality")
    assert found.output.count("half-normal(0.5)") == 4
    assert "audio less visual, half-normal(1)" in found.output


def test_bias_tests_are_not_made_below_ten_unless_forced(mixed):
    assert "not made with 5 samples" in called("bias", mixed).output
    assert "Egger, random effects" in called("bias", mixed, "--force").output


def test_what_bias_writes_is_what_it_prints(mixed, tmp_path):
    printed = called("bias", mixed, "--force", "--out", str(tmp_path / "o")).output
    result = json.loads((tmp_path / "o" / "result.json").read_bytes())
    assert [*result["lines"], f"Written to {tmp_path / 'o'}"] == printed.splitlines()


def test_a_place_to_predict_at_is_a_column_and_a_number(mixed, tmp_path):
    with pytest.raises(InputError, match="'n=many' is no COLUMN=VALUE"):
        called("run", mixed, "--at", "n=many", "--out", str(tmp_path / "o"))


def test_power_is_told_for_the_mean_and_for_a_difference(mixed):
    found = called("power", mixed, "--by", "modality", "--effect", "0.3")
    assert "Power to find a mean of 0.3" in found.output
    assert "Power to find a difference of 0.3 between audio and visual" in found.output


COMMANDS = (
    "convert", "run", "audit", "permute", "bayes", "bias", "multiverse", "power", "direction",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_80_columns_shows_every_option_whole(command):
    found = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "80"})
    assert found.exit_code == 0
    assert "--help" in found.output
    assert "…" not in found.output


@pytest.mark.parametrize("command", ["audit", "permute"])
def test_one_contrast_type_of_several_can_be_chosen_before_any_fit(command, tmp_path):
    rows = [f"s{i},0.{i},0.0{2 + i % 3},{'ab'[i % 2]},{'xy'[i // 8]}" for i in range(10)]
    path = tmp_path / "effects.csv"
    path.write_text("study,yi,vi,group,contrast_type\n" + "\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="choose one, or allow pooling"):
        called(command, str(path), "--by", "group")
    assert called(command, str(path), "--by", "group", "--contrast-type", "x").exit_code == 0


def test_direction_counts_votes_and_says_what_they_cannot_show(tmp_path):
    path = tmp_path / "votes.csv"
    path.write_text("study,band,direction\na,alpha,increase\nb,alpha,increase\n", encoding="utf-8")
    found = called("direction", str(path))
    assert found.exit_code == 0
    assert "1 of 1 counts cannot show agreement at .05" in found.output
    assert '"n_increase": 2' in called("direction", str(path), "--json").output


def test_interactions_enter_the_model_of_all_moderators(tmp_path):
    rows = [f"s{i},{0.1 * (i % 4)},0.0{2 + i % 3},{'ab'[i % 2]},{i % 5}" for i in range(12)]
    path = tmp_path / "effects.csv"
    path.write_text("study,yi,vi,group,length\n" + "\n".join(rows) + "\n", encoding="utf-8")
    out = str(tmp_path / "o")
    found = called("run", str(path), "--by", "group*length", "--out", out, "--figures", "none")
    assert "- groupb:length: " in found.output


def test_weights_of_a_column_give_a_generalised_q_estimate_beside_the_main_one(tmp_path):
    rows = [f"s{i},{0.1 * i},0.0{2 + i % 3},{1 + i % 2}" for i in range(6)]
    path = tmp_path / "effects.csv"
    path.write_text("study,yi,vi,w\n" + "\n".join(rows) + "\n", encoding="utf-8")
    out = str(tmp_path / "o")
    found = called("run", str(path), "--q-weights", "w", "--out", out, "--figures", "none")
    assert "With the weights of 'w' (generalised Q): " in found.output


def test_several_effects_of_a_sample_come_with_limits_and_other_weights(mixed, tmp_path):
    found = called("run", mixed, "--out", str(tmp_path / "o"), "--figures", "none")
    assert "(profile-likelihood limits)" in found.output
    assert "Robust variance estimation, hierarchical effects: " in found.output


def test_bias_draws_subsets_and_the_cumulative_mean(tmp_path):
    rows = [f"s{i},{0.1 * i},0.05,{2000 + i}" for i in range(5)]
    path = tmp_path / "effects.csv"
    path.write_text("study,yi,vi,year\n" + "\n".join(rows) + "\n", encoding="utf-8")
    out = tmp_path / "o"
    called("bias", str(path), "--order", "year", "--out", str(out), "--figures", "svg")
    assert {"gosh.svg", "cumulative.svg", "subsets.tsv"} <= {p.name for p in out.iterdir()}


def test_bias_says_which_intervals_it_prints_and_they_are_those_of_a_run(tmp_path):
    path = tmp_path / "effects.csv"
    path.write_text(
        "study,yi,vi,year\na,0.1,0.05,2001\nb,0.2,0.04,2002\nc,0.9,0.06,2003\nd,0.5,0.05,2004\n",
        encoding="utf-8",
    )
    told = called("bias", str(path), "--order", "year").output
    assert "Without each sample (Knapp-Hartung intervals):" in told
    run = called("run", str(path), "--out", str(tmp_path / "o"), "--figures", "none").output
    mean = run.partition("The mean effect is ")[2].partition(", t(3)")[0]
    assert f"  with d: {mean}" in told.partition("order of year (Knapp-Hartung intervals):")[2]


def test_a_format_that_is_none_is_told(mixed, tmp_path):
    with pytest.raises(InputError, match="'gif' is no format; take svg, pdf, png or none"):
        called("run", mixed, "--out", str(tmp_path / "o"), "--figures", "gif")


def test_bias_refuses_a_format_before_it_prints(mixed):
    found = CliRunner().invoke(app, ["bias", mixed, "--figures", "gif"])
    assert isinstance(found.exception, InputError)
    assert found.output == ""


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ("nosuch", "there is no column 'nosuch' to order the samples by; there are: design, modal"),
        ("modality", "the column 'modality' has no one number for the sample 'ahn'"),
    ],
)
def test_bias_refuses_an_order_before_it_prints(mixed, order, message):
    found = CliRunner().invoke(app, ["bias", mixed, "--order", order])
    assert found.exit_code == 1
    assert message in str(found.exception)
    assert found.output == ""


def test_bias_refuses_a_folder_of_something_else_before_it_prints(mixed, tmp_path):
    found = CliRunner().invoke(app, ["bias", mixed, "--out", str(tmp_path)])
    assert isinstance(found.exception, OutputError)
    assert "holds files that are no earlier result of asmr-stim, such as mixed.csv" in str(
        found.exception
    )
    assert found.output == ""


@pytest.mark.parametrize("command", ["run", "multiverse", "direction"])
def test_a_folder_of_something_else_is_refused_before_the_table_is_read(command, tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"such as mine\.txt; name another folder"):
        called(command, str(tmp_path / "nowhere.csv"), "--out", str(tmp_path))


def test_the_help_of_convert_names_the_columns_of_each_design():
    told = " ".join(called("convert", "--help").output.split())
    for word in ("between: n1, n2", "mean_change", "correlation: n and one of: r", "ci_high"):
        assert word in told


def test_a_row_that_leads_nowhere_is_told_which_columns_its_design_takes(tmp_path):
    path = tmp_path / "bare.csv"
    path.write_text("study,design,n,loudness\na,within,20,3\n", encoding="utf-8")
    with pytest.raises(InputError, match="a within design needs n and one of: mean_change"):
        called("convert", str(path))
