import pytest
from typer.testing import CliRunner

from asmr_stim.cli.effects import app
from asmr_stim.errors import InputError

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


def test_run_says_what_was_left_out_and_where_it_wrote(mixed, tmp_path):
    found = called(
        "run", mixed, "--by", "modality", "--out", str(tmp_path / "o"), "--figures", "none"
    )
    assert found.exit_code == 0
    assert "6 effects of 5 samples entered; 1 was left out" in found.output
    assert "smallest p that could have come out: 0.100 (cannot show a difference" in found.output


def test_audit_exits_with_one_where_a_fit_is_impossible(mixed):
    found = called("audit", mixed, "--by", "modality,design")
    assert found.exit_code == 1
    assert "blocks: 'design' is 'within' in all effects" in found.output


def test_permute_tells_that_it_cannot_show_a_difference(mixed):
    found = called("permute", mixed, "--by", "modality")
    assert "10 all allocations of 10" in found.output
    assert "These tests cannot show a difference at .05" in found.output


def test_bayes_prints_both_priors_and_the_difference(mixed):
    found = called("bayes", mixed, "--by", "modality")
    assert found.output.count("half-normal(0.5)") == 4
    assert "audio less visual, half-normal(1)" in found.output


def test_bias_tests_are_not_made_below_ten_unless_forced(mixed):
    assert "not made with 5 samples" in called("bias", mixed).output
    assert "Egger, random effects" in called("bias", mixed, "--force").output


def test_a_place_to_predict_at_is_a_column_and_a_number(mixed, tmp_path):
    with pytest.raises(InputError, match="'n=many' is no COLUMN=VALUE"):
        called("run", mixed, "--at", "n=many", "--out", str(tmp_path / "o"))


def test_power_is_told_for_the_mean_and_for_a_difference(mixed):
    found = called("power", mixed, "--by", "modality", "--effect", "0.3")
    assert "Power to find a mean of 0.3" in found.output
    assert "Power to find a difference of 0.3 between audio and visual" in found.output


def test_every_command_has_help():
    for command in ("convert", "run", "audit", "permute", "bayes", "bias", "multiverse", "power"):
        assert called(command, "--help").exit_code == 0
