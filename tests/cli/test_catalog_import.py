import pytest
from program import asmr_stim_here
from studies import a_study, written

SLEUTH = "// Reference=MNI\n// a\n// Subjects=20\n1 2 3\n"


def catalog_import(folder, *words):
    return asmr_stim_here("catalog", "import", *words, folder=folder)


@pytest.fixture
def folder(tmp_path):
    written(tmp_path / "mine", a_study())
    (tmp_path / "foci.txt").write_text(SLEUTH)
    return tmp_path


def test_an_import_says_what_it_added(folder):
    done = catalog_import(folder, "foci.txt", "--catalog", "mine", "--study", "doe_2020")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "doe_2020: 1 table with 1 point added\n"
        "  a: 1 point\n"
        "  ! 'a': the file says n = 20; enter it at the contrast\n"
    )
    assert "coordinates:" in (folder / "mine" / "studies" / "doe_2020.yaml").read_text()


def test_a_dry_run_writes_nothing(folder):
    path = folder / "mine" / "studies" / "doe_2020.yaml"
    before = path.read_bytes()
    words = ("foci.txt", "--catalog", "mine", "--study", "doe_2020", "--dry-run")
    done = catalog_import(folder, *words)
    assert "1 table with 1 point would be added" in done.stdout
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (SLEUTH + "1 2\n", "foci.txt:5:1: a focus is three numbers"),
        ("// Reference=MNI\n// a\n1 2 3\n// Reference=Talairach\n", "changes from MNI"),
        ("", "lists no experiments"),
    ],
)
def test_a_file_with_a_fault_is_one_sentence(folder, content, message):
    (folder / "foci.txt").write_text(content)
    done = catalog_import(folder, "foci.txt", "--catalog", "mine", "--study", "doe_2020")
    assert done.returncode == 1
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
