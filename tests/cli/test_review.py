from program import asmr_stim_here
from studies import a_stimulus, a_study, stated, written


def test_a_report_is_written_and_its_place_told(tmp_path):
    written(tmp_path / "mine", a_study())
    done = asmr_stim_here("review", "--catalog", "mine", "--out", "out", folder=tmp_path)
    page = tmp_path / "out" / "index.html"
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"the report is at {page}\n"
    assert page.is_file()


def test_a_folder_of_something_else_is_refused_before_the_catalogue_is_read(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    done = asmr_stim_here("review", "--catalog", "nowhere", "--out", ".", folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "such as mine.txt; name another folder, or empty this one" in done.stderr


def test_a_catalogue_with_a_problem_is_told_by_line_and_nothing_is_written(tmp_path):
    stimuli = [a_stimulus(sources=stated(["taping"])), a_stimulus("control_video")]
    written(tmp_path / "mine", a_study(stimuli=stimuli))
    done = asmr_stim_here("review", "--catalog", "mine", "--out", "out", folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("asmr-stim: the catalogue mine has problems, mend them first:\n")
    assert "doe_2020.yaml:" in done.stderr
    assert "did you mean 'tapping'?" in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["mine"]
