import numpy as np
import pytest
import yaml
from builders import shared_folder

from asmr_stim.errors import InputError, MissingInputError
from asmr_stim.io.foci import example_names, load_example, read_foci
from asmr_stim.resources import examples_folder

CHILDREN = "semantic_cognition_children"


def group(foci, process):
    return [e for e in foci.experiments if e.columns["process"] == process]


@pytest.mark.parametrize(("process", "n_experiments"), [("knowledge", 21), ("relatedness", 16)])
def test_the_example_equals_the_published_files(process, n_experiments):
    path = shared_folder("oracles", "ale", f"semantic_{process}_children.txt")
    published = read_foci(path)
    packaged = group(load_example(CHILDREN), process)
    assert len(packaged) == n_experiments
    assert [(e.name, e.n, e.foci) for e in packaged] == [
        (e.name, e.n, e.foci) for e in published.experiments
    ]
    stored = np.load(path.with_name(f"{process}_nimare0221.npz"))
    by_name = {f"{e.name}-analysis_1": e for e in packaged}
    for name, n in zip(stored["foci_exp"], stored["foci_n"], strict=True):
        assert by_name[str(name)].n == n


def test_an_example_says_where_it_comes_from():
    for name in example_names():
        source = yaml.safe_load((examples_folder() / name / "source.yaml").read_text())
        assert {"citation", "doi", "licence", "obtained_from"} <= source.keys()
        assert source["name"] == name


def test_an_unknown_example_is_answered_with_the_known_ones():
    with pytest.raises(MissingInputError, match=f"no example 'cats'; there are: {CHILDREN}"):
        load_example("cats")


@pytest.fixture
def files(tmp_path):
    def write(**contents):
        paths = []
        for name, content in contents.items():
            stem, _, suffix = name.rpartition("_")
            path = tmp_path / f"{stem}.{suffix}"
            path.write_text(content)
            paths.append(path)
        return paths

    return write


SLEUTH = "// Reference=MNI\n// a\n// Subjects=9\n1 2 3\n\n// b\n4 5 6\n"


def test_a_sleuth_file_joined_to_a_table_takes_n_from_either(files):
    foci, table = files(
        foci_txt=SLEUTH,
        experiments_tsv="experiment\tn\tsample_id\tcontrast_type\ttrigger\n"
        "b\t12\ts1\ttask\ttapping\na\tn/a\tn/a\tn/a\tn/a\n",
    )
    a, b = read_foci(foci, table).experiments
    assert (a.n, a.sample_id, a.contrast_type, a.columns) == (9, None, None, {})
    assert (b.n, b.sample_id, b.contrast_type, b.columns) == (
        12,
        "s1",
        "task",
        {"trigger": "tapping"},
    )


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("experiment\tn\na\t9\n", r"foci\.txt:6:1: these experiments are not in .*tsv: 'b'"),
        (
            "experiment\tn\na\t9\nb\t12\nc\t5\nd\t5\n",
            r"experiments\.tsv:4:1: these experiments have no foci in .*: 'c', 'd'",
        ),
        (
            "experiment\tn\na\t10\nb\t12\n",
            r"tsv:2:3: 'a' has n = 10 here and 9 subjects in .*line 2",
        ),
        ("experiment\tn\na\t9\nb\t1\n", r"tsv:3:3: the number of subjects is 1"),
        ("experiment\tn\na\t9\nb\t2.5\n", r"tsv:3:3: the number of subjects is '2.5', no whole"),
        (
            "experiment\tn\na\t9\nb\tn/a\n",
            r"foci\.txt:6:1: the number of subjects of 'b' is missing",
        ),
        ("experiment\tn\na\t9\na\t9\n", r"tsv:3:1: the experiment 'a' stands at line 2 already"),
        ("experiment\tn\nn/a\t9\n", r"tsv:2:1: the experiment has no name"),
        ("name\tn\na\t9\n", r"tsv:1:1: the column 'experiment' is missing; found name, n"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_by_name(files, table, message):
    foci, experiments = files(foci_txt=SLEUTH, experiments_tsv=table)
    with pytest.raises(InputError, match=message):
        read_foci(foci, experiments)


def test_n_missing_everywhere_is_refused_with_what_to_do(files):
    (foci,) = files(foci_txt=SLEUTH)
    with pytest.raises(InputError, match="of 'b' is missing; write '// Subjects = 20' below"):
        read_foci(foci)


def test_a_table_of_foci_in_csv_is_read(files):
    foci, table = files(
        foci_csv="experiment,x,y,z,space\na,1,2,3,MNI\nb,4,5,6,MNI\na,-1.5,0,0,MNI\n",
        experiments_csv="experiment,n\na,9\nb,10\n",
    )
    result = read_foci(foci, table)
    assert result.space == "MNI"
    assert result.experiments[0].foci == ((1.0, 2.0, 3.0), (-1.5, 0.0, 0.0))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("experiment\tx\ty\na\t1\t2\n", "tsv:1:1: the column 'z' is missing"),
        ("experiment\tx\ty\tz\na\t1\t2\t3\n", "tsv:1:1: the coordinate space is not said"),
        ("experiment\tx\ty\tz\tspace\na\t1\t2\t3\tDog\n", "tsv:2:9: .* 'Dog' is unknown"),
        (
            "experiment\tx\ty\tz\tspace\na\t1\t2\t3\tMNI\na\t1\t2\t3\tTAL\n",
            "tsv:3:9: the table changes from MNI to TAL",
        ),
        ("experiment\tx\ty\tz\tspace\na\t1\tnan\t3\tMNI\n", "tsv:2:5: y is 'nan'"),
        ("experiment\tx\ty\tz\tspace\na\t1\tn/a\t3\tMNI\n", "tsv:2:5: y is ''"),
        ("experiment\tx\ty\tz\tspace\na\t1\t2\t300\tMNI\n", "tsv:2:7: z = 300 mm lies outside"),
        ("experiment\tx\ty\tz\tspace\nn/a\t1\t2\t3\tMNI\n", "tsv:2:1: the focus belongs to no"),
    ],
)
def test_a_broken_table_of_foci_is_refused_at_its_cell(files, content, message):
    (foci,) = files(foci_tsv=content)
    with pytest.raises(InputError, match=message):
        read_foci(foci)


def test_a_space_said_twice_must_be_the_same(files):
    (foci,) = files(foci_txt=SLEUTH)
    with pytest.raises(InputError, match="the file says MNI, the option says Talairach"):
        read_foci(foci, space="Talairach")


def test_all_problems_of_a_table_of_foci_are_told_together(tmp_path):
    path = tmp_path / "foci.tsv"
    path.write_text("experiment\tx\ty\tz\na\t0\tdog\t0\nn/a\t0\t0\t0\nb\t0\t0\t999\n")
    with pytest.raises(InputError, match="3 problems") as raised:
        read_foci(path, space="MNI")
    assert [line.split(":")[1] for line in str(raised.value).splitlines()[1:]] == ["2", "3", "4"]


def test_every_experiment_without_a_number_of_people_is_named(tmp_path):
    path = tmp_path / "foci.txt"
    path.write_text("// Reference=MNI\n// a\n0 0 0\n\n// b\n0 0 0\n")
    with pytest.raises(InputError, match="2 problems") as raised:
        read_foci(path)
    assert "'a' is missing" in str(raised.value)
    assert "'b' is missing" in str(raised.value)
