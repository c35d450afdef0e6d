import pytest
from neurostore_server import Answer, a_base_study, a_neurostore, a_point, a_version
from program import asmr_stim_here
from studies import a_study, written

BASE = "/api/base-studies/baseB1?nested=true"


@pytest.fixture
def folder(tmp_path):
    upstream = {"registry": "NeuroStore", "record": "baseB1", "source": "paper", "note": "believed"}
    written(tmp_path / "mine", a_study(upstream=[upstream]))
    return tmp_path


def pull(folder, answers, *words):
    with a_neurostore(answers) as server:
        options = ("--catalog", "mine", "--host", server.host)
        return asmr_stim_here("catalog", "pull", *options, *words, folder=folder)


def test_a_pull_says_what_it_took(folder):
    points = [a_point(1.0), a_point(2.0), a_point(3.0, is_seed=True), a_point(400.0)]
    done = pull(folder, {BASE: a_base_study([a_version(points=points)])})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "doe_2020: 2 tables with 3 points added\n"
        "  asmr_rest: 2 points\n"
        "  asmr_rest_seeds: 1 point\n"
        "  ! point 4 of 'ASMR > rest' (400, 20, 30) lies outside the head\n"
        "  from version verV1, automatically extracted\n"
    )


def test_versions_are_listed_with_their_makers(folder):
    mine = a_version("verV2", points=[]) | {"source": None, "username": "jane", "updated_at": None}
    done = pull(folder, {BASE: a_base_study([a_version(), mine])})
    assert done.returncode == 1
    assert done.stdout == (
        "doe_2020: 2 versions and none is chosen; say which with --study and --version\n"
        "  verV1: 1 point in 1 table (pubget, 2025-01-02T03:04:05)\n"
        "  verV2: 0 points in 1 table (jane)\n"
    )


@pytest.mark.parametrize(
    ("answer", "message"),
    [(Answer({}, 429, {"Retry-After": "9"}), "try again in 9 s"), (Answer(b"{"), "no JSON")],
)
def test_a_service_that_fails_is_one_sentence(folder, answer, message):
    path = folder / "mine" / "studies" / "doe_2020.yaml"
    before = path.read_bytes()
    done = pull(folder, {BASE: answer})
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert path.read_bytes() == before


def test_a_dry_run_of_a_pull_writes_nothing(folder):
    path = folder / "mine" / "studies" / "doe_2020.yaml"
    before = path.read_bytes()
    done = pull(folder, {BASE: a_base_study()}, "--dry-run")
    assert "1 table with 1 point would be added" in done.stdout
    assert path.read_bytes() == before
