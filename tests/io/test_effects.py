import pytest

from asmr_stim.errors import InputError
from asmr_stim.io.converted_effects import write_converted
from asmr_stim.io.effects import converted_rows, is_effect_table, read_effects
from asmr_stim.io.reported_effects import reported_row
from asmr_stim.io.tables import read_table
from asmr_stim.moderator.effects.converted import Assumptions


def table(tmp_path, text, name="data.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_table(path)


def reported(tmp_path, text):
    found = table(tmp_path, text)
    return converted_rows(found, Assumptions())


def read(tmp_path, text):
    found = table(tmp_path, text)
    return [reported_row(found, row) for row in found.rows]


def test_p_is_read_with_its_relation(tmp_path):
    text = "study,design,n,p,direction\na,within,20,.03,increase\nb,within,20,<.05,increase\n"
    rows = read(tmp_path, text + "c,within,20,> 0.1,\n")
    assert [(r.record.p, r.record.p_relation) for r in rows] == [
        (0.03, "equal"), (0.05, "below"), (0.1, "above"),
    ]  # fmt: skip


def test_other_columns_are_moderators(tmp_path):
    (row,) = read(tmp_path, "study,design,n,t,lab,loudness\na,within,20,2,x,-30\n")
    assert row.moderators == {"lab": "x", "loudness": -30.0}


def test_an_unknown_direction_is_told_by_line_and_column(tmp_path):
    with pytest.raises(InputError, match=r"data.csv:2:1: column 'direction': f has no sign"):
        reported(tmp_path, "study,design,n,f\na,within,20,5.1\n")


def test_every_bad_row_is_told_at_once(tmp_path):
    text = "study,design,n,t,p\na,within,20,2,.9\nb,within,20,2,.06\nc,within,20,3,.5\n"
    with pytest.raises(InputError) as caught:
        reported(tmp_path, text)
    lines = str(caught.value).split("\n")
    assert [line.split("data.csv")[1][:19] for line in lines] == [
        ":2:15: column 'p': ", ":4:15: column 'p': ",
    ]  # fmt: skip


def places_of(caught):
    """Return ``LINE:COL`` and the column of each line that is told."""
    lines = str(caught.value).split("\n")
    return [line.partition("data.csv:")[2].split(": ")[:2] for line in lines]


def test_rows_that_cannot_be_read_and_rows_that_contradict_themselves_are_told_together(tmp_path):
    text = "study,design,n,t,p\na,within,20,2,.9\nb,within,,2,.06\nc,within,20,2,.8\n"
    with pytest.raises(InputError) as caught:
        reported(tmp_path, text)
    assert places_of(caught) == [
        ["2:15", "column 'p'"], ["3:10", "column 'n'"], ["4:15", "column 'p'"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("study,design,n,t,p,dose\na,within,x,y,5%,inf\n", "n t dose p"),
        ("study,design,n,r,ci_low,ci_high\na,within,,45,2,1\n", "r ci_low n"),
        ("study,design,n,t\nn/a,within,1,2\n", "study n"),
        ("study,design,n1,n2,p\na,between,20,x,2\n", "n2 p"),
        ("study,design,n1,n2,t\na,between,20,,2\n", "n2"),
        ("study,design,n,f,p\na,within,20,4,.9\n", "p direction"),
        ("study,design,n,t,f,p,direction\na,within,20,2,9,.9,decrease\n", "f p t"),
    ],
)
def test_every_problem_of_a_row_is_told(tmp_path, text, columns):
    with pytest.raises(InputError) as caught:
        reported(tmp_path, text)
    assert [column for _, column in places_of(caught)] == [f"column '{c}'" for c in columns.split()]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("study,design,n,t\na,within,1,2\n", r":2:10: column 'n': .*greater than or equal to 2"),
        ("study,design,n,r\na,correlation,20,45\n", r"column 'r': .*if it is percent, write 0.45"),
        ("study,design,n,t\na,within,20,two\n", r":2:13: column 't': 'two' is no number"),
        ("study,design,n,p\na,within,20,5%\n", r"column 'p': '5%' is no number; write a share"),
        ("study,design,n,t\na,within,20,nan\n", r"column 't': 'nan' is no finite number"),
        ("study,design,t\na,between,2\n", r"column 'n1': a between design needs n1 and n2"),
        ("study,design,n,t\na,withinn,20,2\n", r":2:3: column 'design': "),
        ("study,n,t\na,20,2\n", r"the column 'design' is missing"),
        ("study,design,n,t\na,within,20.5,2\n", r"column 'n': 20.5 is no whole number"),
    ],
)
def test_what_cannot_be_is_refused_by_column(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        reported(tmp_path, text)


def test_a_table_of_effects_takes_the_names_of_metafor(tmp_path):
    found = table(tmp_path, "study,yi,vi,group\na,0.3,0.04,x\n")
    assert is_effect_table(found)
    (row,) = read_effects(found)
    assert (row.estimate, row.variance, row.moderators) == (0.3, 0.04, {"group": "x"})


def test_standard_errors_are_squared(tmp_path):
    (row,) = read_effects(table(tmp_path, "estimate,se\n0.3,0.2\n"))
    assert row.variance == pytest.approx(0.04)
    assert row.study == "1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("yi,vi\n0.3,0\n", r":2:5: the variance is 0.0; every effect needs one above zero"),
        ("yi,vi\n0.3,-1\n", r":2:5: the variance is -1.0"),
        ("yi,vi\n0.3,n/a\n", r":2:5: the variance is missing"),
        ("yi,vi\nn/a,0.1\n", r":2:1: there is no estimate"),
        ("yi\n0.3\n", r":1:1: the table has estimates and neither 'variance' nor 'se'"),
    ],
)
def test_effects_without_a_usable_variance_are_refused(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_effects(table(tmp_path, text))


def test_written_effects_are_read_back(tmp_path):
    text = "study,design,n,t,p,direction,lab\na,within,20,2.0,,,x\nb,within,20,,<.05,decrease,y\n"
    rows = reported(tmp_path, text)
    write_converted(tmp_path / "out.tsv", rows)
    again = read_effects(read_table(tmp_path / "out.tsv"))
    assert [(r.study, r.estimate, r.variance, r.grade, r.metric) for r in again] == [
        (r.study, r.estimate, r.variance, r.grade, r.metric) for r in rows
    ]
    assert again[0].moderators["lab"] == "x"


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("F", "'f'"), ("T", "'t'"), ("df1", "'f_df1'"), ("dfn", "'f_df1'"), ("df_num", "'f_df1'"),
        ("df2", "follow from n"), ("dfd", "follow from n"), ("df", "follow from n"),
        ("lower", "'ci_low'"), ("Upper", "'ci_high'"), ("ci_lower", "'ci_low'"),
        ("CI_upper", "'ci_high'"), ("lower_limit", "'ci_low'"), ("ci_95", "'ci_low'"),
        ("sign", "'direction'"), ("mean", "'mean1'"), ("SD", "'sd1'"), ("se", "standard deviation"),
        ("p_value", "'p'"), ("cohens_d", "'d'"), ("eta2", "'partial_eta2'"),
    ],
)  # fmt: skip
def test_a_column_that_looks_like_a_statistic_is_refused_with_the_right_name(
    tmp_path, name, advice
):
    text = f"study,design,n,t,{name}\na,within,20,2,3\n"
    with pytest.raises(InputError, match=f"data.csv:1:1: column '{name}' is not known") as caught:
        reported(tmp_path, text)
    assert advice in str(caught.value)


@pytest.mark.parametrize(
    "name", ["loudness", "mean_age", "year", "design_note", "ear", "cited", "sex", "format", "band"]
)
def test_names_that_only_begin_like_a_statistic_stay_moderators(tmp_path, name):
    (row,) = reported(tmp_path, f"study,design,n,t,{name}\na,within,20,2,3\n")
    assert row.moderators[name] == 3


def test_years_are_written_as_they_were_given(tmp_path):
    rows = reported(tmp_path, "study,design,n,t,year,age\na,within,20,2,2015,20.5\n")
    write_converted(tmp_path / "out.tsv", rows)
    assert (tmp_path / "out.tsv").read_text(encoding="utf-8").endswith("\t2015\t20.5\n")
