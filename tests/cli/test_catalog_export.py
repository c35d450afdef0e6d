import pytest
from program import asmr_stim_here
from studies import a_study, peaks, written


def catalog(folder, *words):
    return asmr_stim_here("catalog", *words, folder=folder)


@pytest.fixture
def folder(tmp_path):
    written(tmp_path / "mine", a_study(coordinates=[peaks([(1, 2, 3)])]))
    return tmp_path


def test_an_export_says_what_it_wrote(folder):
    done = catalog(folder, "export", "--catalog", "mine", "--nimads", "--sleuth", "--out", "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert "studyset.json: 1 points in 1 analyses of 1 studies" in done.stdout
    assert done.stdout.endswith("4 files in out\n")


def test_the_own_catalogue_is_exported_without_being_named(folder):
    done = catalog(folder, "export", "--csv", "--out", "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "out" / "csv" / "stimuli.csv").exists()


@pytest.mark.parametrize("words", [(), ("--experiments", "x.tsv", "--nimads")])
def test_an_export_of_nothing_is_misuse(folder, words):
    done = catalog(folder, "export", "--out", "out", *words)
    assert done.returncode == 2
    assert not (folder / "out").exists()


def test_a_folder_that_is_no_catalogue_is_one_sentence(folder):
    done = catalog(folder, "export", "--catalog", "nowhere", "--csv", "--out", "out")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "there is no file or folder nowhere" in done.stderr


def test_stimuli_leave_as_bids_and_can_be_checked(folder):
    done = catalog(folder, "export", "--catalog", "mine", "--bids", "--out", "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert "no rule broken" in done.stdout
    checked = catalog(folder, "check-bids", "out/bids/bep044")
    assert checked.returncode == 0
    assert checked.stdout.endswith("0 errors, 4 warnings\n")


def test_a_name_that_bids_does_not_know_is_an_error(folder):
    catalog(folder, "export", "--catalog", "mine", "--bids", "--out", "out")
    (folder / "out" / "bids" / "bep044" / "stimuli" / "clip.wav").write_bytes(b"")
    checked = catalog(folder, "check-bids", "out/bids/bep044")
    assert checked.returncode == 1
    assert "clip.wav:1:1: BEP044-03" in checked.stdout
