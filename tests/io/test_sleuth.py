import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from builders import shared_folder
from hypothesis import given
from hypothesis import strategies as st

from asmr_stim.errors import InputError, MissingInputError, UnreadableFileError
from asmr_stim.io.foci import load_example, read_foci
from asmr_stim.io.sleuth import read_sleuth, sleuth_text
from asmr_stim.schema.foci import Experiment, FociSet

HEAD = "// Reference = MNI\n"


@pytest.fixture
def sleuth(tmp_path):
    def read(content):
        path = tmp_path / "foci.txt"
        path.write_text(content)
        return read_sleuth(path)

    return read


def test_headers_over_several_lines_are_one_experiment():
    listing = read_sleuth(shared_folder("oracles", "ale", "test_sleuth_file.txt"))
    assert listing.space == "MNI"
    assert [(d.name, d.n, len(d.foci)) for d in listing.drafts] == [
        ("StudyName: ExperimentName", 50, 4),
        ("StudyName2: ExperimentName", 46, 2),
        (
            "StudyName3: ExperimentName; StudyName3: ExperimentName2; StudyName3: ExperimentName3",
            20,
            1,
        ),
    ]
    assert listing.drafts[0].foci[0] == (-16.0, -58.0, -22.0)


def test_blanks_of_any_width_separate_numbers():
    listing = read_sleuth(shared_folder("oracles", "ale", "test_sleuth_file2.txt"))
    assert listing.space == "Talairach"
    assert [len(draft.foci) for draft in listing.drafts] == [1, 3]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("test_sleuth_file3.txt", r"txt:5:9: z is 'dog', which is no coordinate"),
        ("test_sleuth_file4.txt", r"txt:5:1: a focus is three numbers .* found 2 in '10  20'"),
        ("test_sleuth_file5.txt", r"txt:1:1: the coordinate space 'Dog' is unknown"),
    ],
)
def test_the_known_broken_files_are_refused_where_they_break(name, message):
    with pytest.raises(InputError, match=message):
        read_sleuth(shared_folder("oracles", "ale", name))


@pytest.mark.parametrize(
    "head", ["// Reference = MNI", "//Reference=MNI", "//  REFERENCE =mni  ", "// reference=MNI"]
)
def test_the_reference_line_may_be_written_loosely(sleuth, head):
    assert sleuth(f"{head}\n// a\n// Subjects=9\n1 2 3\n").space == "MNI"


def test_a_header_needs_no_colon_and_a_blank_line_may_follow_it(sleuth):
    (draft,) = sleuth(f"{HEAD}// lee2020\n// Subjects = 20\n\n1 2 3\n\n4 5 6\n").drafts
    assert (draft.name, draft.n, len(draft.foci)) == ("lee2020", 20, 2)


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path):
    path = tmp_path / "foci.txt"
    path.write_bytes(b"\xef\xbb\xbf// Reference=MNI\r\n// a\r\n// Subjects=9\r\n1 2 3\r\n")
    assert read_sleuth(path).drafts[0].n == 9


def test_a_missing_number_of_subjects_is_left_open(sleuth):
    assert sleuth(f"{HEAD}// a\n1 2 3\n").drafts[0].n is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "1:1: the file lists no experiments"),
        (HEAD, "1:1: the file lists no experiments"),
        ("// a\n// Subjects=9\n1 2 3\n", "1:1: the coordinate space is missing"),
        (f"{HEAD}1 2 3\n", "2:1: a focus stands before any experiment"),
        (f"{HEAD}// Subjects=9\n1 2 3\n", "2:1: 'Subjects' stands without the name"),
        (f"{HEAD}// a\n// Subjects=9\n", "2:1: the experiment 'a' has no foci"),
        (
            f"{HEAD}// a\n// Subjects=9\n\n// b\n// Subjects=9\n1 2 3\n",
            "2:1: the experiment 'a' has no foci",
        ),
        (f"{HEAD}// a\n\n// b\n// Subjects=9\n1 2 3\n", "2:1: the experiment 'a' has no foci"),
        (f"{HEAD}// a\n// Subjects=9\n// b\n1 2 3\n", "2:1: the experiment 'a' has no foci"),
        (f"{HEAD}// a\n// Subjects=9\n// Subjects=8\n1 2 3\n", "4:1: .*'Subjects' twice"),
        (f"{HEAD}// a\n// Subjects=many\n1 2 3\n", "3:1: .*'many', no whole number"),
        (f"{HEAD}// a\n// Subjects=1\n1 2 3\n", "3:1: the number of subjects is 1; .*at least 2"),
        (f"{HEAD}// a\n// Subjects=9\n1 2 nan\n", "4:5: z is 'nan'"),
        (f"{HEAD}// a\n// Subjects=9\n1 2 3 4\n", "4:1: a focus is three numbers"),
        (f"{HEAD}// a\n// Subjects=9\n1 -200 3\n", "4:3: y = -200 mm lies outside the head"),
        (
            f"{HEAD}// a\n// Subjects=9\n1 2 3\n// Reference=Talairach\n// b\n",
            "5:1: the file changes from MNI to Talairach",
        ),
        (
            f"{HEAD}// a\n// Subjects=9\n1 2 3\n\n// a\n// Subjects=9\n4 5 6\n",
            "6:1: the header 'a' stands at line 2 already",
        ),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(sleuth, content, message):
    with pytest.raises(InputError, match=rf"foci\.txt:{message}"):
        sleuth(content)


def test_a_missing_file_and_a_file_that_is_no_text_are_told_apart(tmp_path):
    with pytest.raises(MissingInputError, match="no such file"):
        read_sleuth(tmp_path / "none.txt")
    (tmp_path / "image.txt").write_bytes(b"// Reference=MNI\n\x89PNG\xff")
    with pytest.raises(UnreadableFileError, match="2:1: this is no UTF-8 text"):
        read_sleuth(tmp_path / "image.txt")


names = st.text(min_size=1, max_size=30).filter(
    lambda name: (
        len(name.splitlines()) == 1
        and name == name.strip()
        and "\0" not in name
        and not re.match(r"(reference|subjects)\s*=", name, re.IGNORECASE)
    )
)
axis = st.floats(-100, 100, allow_nan=False)
experiments = st.lists(
    st.builds(
        Experiment,
        name=names,
        n=st.integers(2, 500),
        foci=st.lists(st.tuples(axis, axis, axis), min_size=1, max_size=4).map(tuple),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda experiment: experiment.name,
)


@given(st.sampled_from(["MNI", "Talairach"]), experiments)
def test_what_is_written_is_read_back_number_for_number(space, made):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "foci.txt"
        path.write_text(
            sleuth_text(FociSet(space=space, experiments=tuple(made))), encoding="utf-8"
        )
        listing = read_sleuth(path)
    assert listing.space == space
    read = [(draft.name, draft.n, tuple(draft.foci)) for draft in listing.drafts]
    assert read == [(each.name, each.n, each.foci) for each in made]


def test_the_example_survives_sleuth_text(tmp_path):
    example = load_example("semantic_cognition_children")
    path = tmp_path / "foci.txt"
    path.write_text(sleuth_text(example))
    again = read_foci(path)
    assert again.n_foci == 463
    assert [e.foci for e in again.experiments] == [e.foci for e in example.experiments]


@pytest.mark.parametrize("name", ["Reference = MNI", "subjects=12", "two\nlines", " a", "a\0b"])
def test_a_name_that_sleuth_text_would_misread_is_refused(name):
    foci = FociSet(space="MNI", experiments=(Experiment(name=name, n=9, foci=((0.0, 0.0, 0.0),)),))
    with pytest.raises(InputError, match="cannot be a header"):
        sleuth_text(foci)


def test_all_problems_of_a_file_are_told_together(tmp_path):
    path = tmp_path / "foci.txt"
    path.write_text(
        "// Reference = MNI\n// a\n// Subjects = 1\n0 0 dog\n0 0\n\n// b\n\n// a\n"
        "// Subjects = 20\n0 0 999\n"
    )
    with pytest.raises(InputError) as raised:
        read_sleuth(path)
    lines = str(raised.value).splitlines()
    assert lines[0] == f"{path} has 6 problems, mend them first:"
    places = [line.removeprefix(f"{path}:").split(":")[0] for line in lines[1:]]
    assert places == ["3", "4", "5", "7", "11", "9"]
    assert "needs at least 2" in lines[1]
    assert "'b' has no foci" in lines[4]
    assert "stands at line 2 already" in lines[6]
