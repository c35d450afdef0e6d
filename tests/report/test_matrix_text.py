"""Matrices of letters: every column has its own, however many there are."""

import pytest
from studies import a_contrast, a_stimulus, a_study, built, stated

from asmr_stim.io.tables import Column
from asmr_stim.report.coverage import coverage
from asmr_stim.report.matrix_text import coverage_text, grid_table, roles_table
from asmr_stim.report.tables import ReportTable


@pytest.mark.parametrize("n_terms", [0, 1, 52, 53, 120])
def test_every_term_has_a_letter_of_its_own_and_is_told(n_terms):
    terms = [f"term_{i}" for i in range(n_terms)]
    columns = (Column("study", ""), *(Column(term, "") for term in terms))
    row = ("doe_2020", *("asmr" if i % 2 else None for i in range(n_terms)))
    lines = coverage_text(ReportTable("", "", columns, (row,))).splitlines()
    labels, marks = lines[0].split(), lines[1].split()[1:]
    assert len(labels) == len(set(labels)) == n_terms
    assert marks == [".", "A"] * (n_terms // 2) + ["."] * (n_terms % 2)
    legend = " ".join(lines[2:])
    assert all(f"{label} {term} (" in legend for label, term in zip(labels, terms, strict=True))


def test_a_term_in_two_roles_is_several():
    contrast = a_contrast(
        stimuli=[{"stimulus": "asmr_video", "role": "asmr"},
                 {"stimulus": "control_video", "role": "foil"}]
    )  # fmt: skip
    stimuli = [a_stimulus(), a_stimulus("control_video")]
    study = built(a_study(stimuli=stimuli, contrasts=[contrast]))
    table = roles_table(coverage([study]), ["audiovisual", "tapping", "rain"], ["doe_2020"])
    assert [column.name for column in table.columns] == ["study", "audiovisual", "tapping"]
    assert table.rows == (("doe_2020", "asmr+foil", "asmr+foil"),)
    assert coverage_text(table).splitlines()[1].split() == ["doe_2020", "*", "*"]


def test_a_grid_has_the_state_of_each_field():
    stimuli = [a_stimulus(title="not reported", creator=stated("J")), a_stimulus("control_video")]
    table = grid_table([built(a_study(stimuli=stimuli))])
    row = dict(zip([column.name for column in table.columns], table.rows[0], strict=True))
    assert (row["title"], row["creator"], row["url"]) == ("not reported", "value", "not extracted")
