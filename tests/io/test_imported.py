import json

import pytest

from asmr_stim.errors import InputError
from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.io.data_package import data_package
from asmr_stim.io.foci import load_example
from asmr_stim.io.imported import read_imported, tables_of_analysis
from asmr_stim.io.nimads import ForeignAnalysis, studyset_of_foci, studyset_of_studies
from asmr_stim.io.sleuth import sleuth_text
from asmr_stim.io.tables import json_bytes
from asmr_stim.resources import catalogue_folder, examples_folder


def places(table):
    return tuple((point.x, point.y, point.z) for point in table.points)


def tables(points, **more):
    analysis = ForeignAnalysis.model_validate({"points": points, **more})
    return list(tables_of_analysis(analysis, "ASMR > rest", "analysis abc", "activation_peak"))


def a_point(x=1.0, **more):
    return {"coordinates": [x, 2.0, 3.0], **more}


def sleuth_file(example, folder):
    path = folder / "foci.txt"
    path.write_text(sleuth_text(example))
    return path


def table_file(example, folder):
    del example, folder
    return examples_folder() / "semantic_cognition_children" / "foci.tsv"


def studyset_file(example, folder):
    path = folder / "foci.json"
    path.write_bytes(json_bytes(studyset_of_foci(example, "children")))
    return path


@pytest.mark.parametrize("written", [sleuth_file, table_file, studyset_file])
def test_the_three_forms_of_the_example_give_the_same_points(written, tmp_path):
    example = load_example("semantic_cognition_children")
    read = read_imported(written(example, tmp_path), "activation_peak")
    assert [(t.name, places(t), t.space) for t in read] == [
        (each.name, each.foci, "MNI") for each in example.experiments
    ]


def test_the_tables_that_the_catalogue_exports_are_read_back(tmp_path):
    studies = load_catalogue(catalogue_folder()).studies
    ours = [(s.id, t) for s in studies for t in s.coordinates if t.points]
    path = tmp_path / "coordinates.csv"
    path.write_bytes(data_package(studies)["coordinates.csv"])
    read = read_imported(path, "activation_peak")
    assert [t.name for t in read] == [f"{study}.{table.id}" for study, table in ours]
    assert [places(t) for t in read] == [places(table) for _, table in ours]
    assert [t.points[0].kind for t in read] == [table.points[0].kind for _, table in ours]


def test_the_studyset_that_the_catalogue_exports_is_read_back(tmp_path):
    studies = load_catalogue(catalogue_folder()).studies
    path = tmp_path / "studyset.json"
    path.write_bytes(json_bytes(studyset_of_studies(studies)))
    read = read_imported(path, "activation_peak")
    assert [places(t) for t in read] == [
        places(t) for s in studies for t in s.coordinates if t.points
    ]


def test_seeds_and_deactivations_are_tables_of_their_own():
    found = tables([a_point(), a_point(4.0, is_seed=True), a_point(5.0, deactivation=True)])
    assert [(t.points[0].x, t.points[0].kind, t.direction) for t in found] == [
        (1.0, "activation_peak", None),
        (4.0, "connectivity_seed", None),
        (5.0, "activation_peak", "decrease"),
    ]


@pytest.mark.parametrize("said", [False, None])
def test_a_point_that_is_no_deactivation_is_not_therefore_an_increase(said):
    (table,) = tables([a_point(deactivation=said)])
    assert table.direction is None


@pytest.mark.parametrize(
    ("word", "space"),
    [
        ("MNI", "MNI"),
        ("mni152", "MNI"),
        ("TAL", "Talairach"),
        ("Talairach", "Talairach"),
        ("UNKNOWN", None),
        ("", None),
        (None, None),
    ],
)
def test_a_space_is_known_or_left_open(word, space):
    (table,) = tables([a_point(space=word)])
    assert table.space == space


def test_two_spaces_are_two_tables():
    found = tables([a_point(space="MNI"), a_point(space="TAL"), a_point(space="MNI")])
    assert [(t.space, len(t.points)) for t in found] == [("MNI", 2), ("Talairach", 1)]


def test_points_stand_in_the_order_they_give_if_all_give_one():
    found = tables([a_point(3.0, order=3), a_point(1.0, order=1)])
    assert [p.x for p in found[0].points] == [1.0, 3.0]
    found = tables([a_point(3.0, order=3), a_point(1.0, order=None)])
    assert [p.x for p in found[0].points] == [3.0, 1.0]


@pytest.mark.parametrize(
    ("kind", "statistic"), [("T", "t"), ("z-statistic", "z"), ("Z score", "z"), ("f value", "f")]
)
def test_a_statistic_has_its_field(kind, statistic):
    (table,) = tables([a_point(values=[{"kind": kind, "value": 4.2}])])
    point = table.points[0]
    assert (point.statistic, point.statistic_value, point.note) == (statistic, 4.2, None)


def test_what_the_record_has_no_field_for_stands_in_the_note():
    values = [{"kind": "p", "value": 0.001}, {"kind": None, "value": 7.0}, {"kind": "beta"}]
    more = {"subpeak": True, "cluster_size": 120.0, "cluster_measurement_unit": "mm^3"}
    (table,) = tables([a_point(values=values, **more)])
    assert table.points[0].note == (
        "subpeak; cluster of 120 mm^3; p 0.001; value of no named kind 7"
    )


def test_a_point_outside_the_head_is_left_out_and_said():
    (table,) = tables([a_point(), a_point(400.0)])
    assert len(table.points) == 1
    assert table.left_out == ("point 2 of 'ASMR > rest' (400, 2, 3) lies outside the head",)


def test_points_that_all_lie_outside_the_head_are_said_too():
    (table,) = tables([a_point(400.0)])
    assert table.points == ()
    assert len(table.left_out) == 1


def test_a_blank_label_is_none():
    (table,) = tables([a_point(label="  ")])
    assert table.points[0].label is None


@pytest.mark.parametrize("studies", ["[]", '[{"name": "a"}]', '[{"analyses": [{"points": []}]}]'])
def test_a_studyset_without_points_is_an_error(studies, tmp_path):
    path = tmp_path / "studyset.json"
    path.write_text(f'{{"studies": {studies}}}')
    with pytest.raises(InputError, match="the studyset has no points"):
        read_imported(path, "activation_peak")


def test_blank_names_are_no_names(tmp_path):
    path = tmp_path / "studyset.json"
    analysis = {"name": "\t", "points": [a_point()]}
    path.write_text(json.dumps({"studies": [{"name": " ", "analyses": [analysis]}]}))
    (table,) = read_imported(path, "activation_peak")
    assert table.name == "studies[0].analyses[0]"


def test_half_a_character_is_an_error(tmp_path):
    path = tmp_path / "studyset.json"
    analysis = {"name": "\ud800", "points": [a_point()]}
    path.write_text(json.dumps({"studies": [{"analyses": [analysis]}]}))
    with pytest.raises(InputError, match="half a character"):
        read_imported(path, "activation_peak")


@pytest.mark.parametrize(("sizes", "n"), [([28], 28), ([28, 30], None), ("28", None), (None, None)])
def test_the_number_of_people_is_taken_only_where_it_is_one_number(sizes, n):
    (table,) = tables([a_point()], metadata={"sample_sizes": sizes})
    assert table.n == n


HEAD = "experiment,x,y,z,space,direction,statistic_value\n"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("a,1,2,300,MNI,increase,4\n", r"foci.csv:2:7: z = 300 mm lies outside the head"),
        ("a,1,2,3,MNI,increase,4\na,1,2,3,Talairach,increase,4\n", "changes from 'MNI'"),
        ("a,1,2,3,MNI,up,4\n", r"foci.csv:2:\d+: direction is 'up', none of increase, decrease"),
        ("a,1,2,3,MNI,increase,many\n", "statistic_value .a number. .* cannot be read"),
        ("n/a,1,2,3,MNI,increase,4\n", "the focus has no experiment"),
        ("a,1,2,3,Mars,increase,4\n", "'Mars' is unknown"),
    ],
)
def test_a_table_with_a_fault_is_refused_with_its_place(rows, message, tmp_path):
    path = tmp_path / "foci.csv"
    path.write_text(HEAD + rows)
    with pytest.raises(InputError, match=message):
        read_imported(path, "activation_peak")


def test_a_study_of_another_program_may_lack_everything(tmp_path):
    path = tmp_path / "studyset.json"
    path.write_text(json.dumps({"studies": [{}, {"analyses": [{}, {"points": [a_point()]}]}]}))
    (table,) = read_imported(path, "activation_peak")
    assert table.name == "studies[1].analyses[1]"
