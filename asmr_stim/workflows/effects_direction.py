"""Directions of effect where there are no magnitudes: votes, sign tests, figure and SWiM report.

A table has one row for each outcome: ``study``, ``direction`` (increase, decrease, no_change,
mixed, or empty where it is not given), and where they are known ``sample_id``, ``contrast_type``
and ``band``. A catalogue folder is counted by the rule of ``moderator.effects.direction``.

Offers: ``run_direction``, ``DirectionRun``, ``direction_lines``.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import get_args

from asmr_stim.errors import InputError
from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.io.catalogue_files import catalogue_files
from asmr_stim.io.effects import is_effect_table
from asmr_stim.io.results import RESULT_FILE, check_result_folder, origin, result_folder
from asmr_stim.io.tables import Row, Table, json_bytes, read_filled_table, write_atomically
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.moderator.effects.direction import (
    VOTING_RULE,
    Ballots,
    Cast,
    Count,
    ballots_of,
    count_directions,
    in_order,
)
from asmr_stim.report.directions import counts_table, votes_table, without_vote_table
from asmr_stim.report.figures.matrices import direction_figure
from asmr_stim.report.figures.style import save
from asmr_stim.report.swim import TABLE_RULE, swim_report
from asmr_stim.schema.outcome import BANDS, Direction

NOT_NAMED = "not named"
MAGNITUDES = (
    "t", "f", "d", "g", "r", "partial_eta2", "mean1", "mean2", "mean_change", "ci_low", "ci_high",
)  # fmt: skip


@dataclass(frozen=True)
class DirectionRun:
    """What was counted, by which rule, from which files (names and paths)."""

    ballots: Ballots
    rule: tuple[str, ...]
    inputs: tuple[tuple[str, Path], ...]


def count(data: Path, band: str = "band") -> DirectionRun:
    """Return the votes of a table or of a catalogue folder.

    Parameters
    ----------
    data : Path
        A table (.tsv, .csv), or a folder with ``studies/*.yaml``.
    band : str
        The table's column of outcomes, such as EEG bands.
    """
    if data.is_dir():
        catalogue = load_catalogue(data, load_taxonomy())
        inputs = tuple((p.relative_to(data).as_posix(), p) for p in catalogue_files(data))
        return DirectionRun(count_directions(catalogue.studies), VOTING_RULE, inputs)
    table = read_filled_table(data)
    if is_effect_table(table):
        raise InputError(
            f"{data}:1:1: the table has magnitudes ('estimate'); pool them with effects run. "
            "Directions are counted only where magnitudes are not known, and never mixed with them"
        )
    _refuse_magnitudes(table)
    table.require("study", "direction")
    if band != "band":
        table.require(band)
    casts = tuple(_cast(table, row, band) for row in table.rows)
    return DirectionRun(ballots_of(casts), TABLE_RULE, (("data", data),))


def _refuse_magnitudes(table: Table) -> None:
    """Refuse statistics that have a size: they are converted and pooled, not counted."""
    for row in table.rows:
        for name in MAGNITUDES:
            if name in row and row[name].text is not None:
                raise InputError(
                    f"{table.place(row[name])}: column '{name}': the table has magnitudes; turn "
                    "them into effects with effects convert and pool them with effects run, or "
                    "take the column out. Directions are counted only where magnitudes are not "
                    "known, and never mixed with them"
                )


def _cast(table: Table, row: Row, band: str) -> Cast:
    study = row["study"].text
    if study is None:
        raise InputError(f"{table.place(row['study'])}: column 'study': there is no name")
    known = get_args(Direction)
    cell = row["direction"]
    text = None if cell.text is None else cell.text.strip().lower().replace(" ", "_")
    if text is not None and text not in known:
        raise InputError(
            f"{table.place(cell)}: column 'direction': '{cell.text}' is no direction; write "
            f"{', '.join(known)}, or leave it empty where it is not given"
        )
    sample = _text(row, "sample_id") or study
    kind = _text(row, "contrast_type") or NOT_NAMED
    direction: Direction | None = next((each for each in known if each == text), None)
    return Cast(study, sample, _text(row, band) or NOT_NAMED, kind, direction)


def _text(row: Row, name: str) -> str | None:
    return row[name].text if name in row else None


def run_direction(
    data: Path, out: Path | None = None, formats: Sequence[str] = (), band: str = "band"
) -> DirectionRun:
    """Count directions; write tables, figure, SWiM report and ``result.json`` if asked to.

    Parameters
    ----------
    data : Path
    out : Path, optional
        A new or empty folder, or one with an earlier result, which is replaced.
    formats : sequence of str
        Of the effect-direction plot: svg, pdf, png.
    band : str
    """
    if out is not None:
        check_result_folder(out)
    done = count(data, band)
    if out is None:
        return done
    ballots = done.ballots
    with result_folder(out) as folder:
        for table in (counts_table(ballots), votes_table(ballots), without_vote_table(ballots)):
            if table.rows:
                table.write(folder)
        if ballots.votes:
            bands = in_order((vote.band for vote in ballots.votes), BANDS)
            for each in formats:
                save(direction_figure(ballots.votes, bands), folder / f"directions.{each}")
        write_atomically(folder / "swim.md", swim_report(ballots, done.rule).encode())
        head = origin("effects direction", dict(done.inputs), {"band": band})
        content = head | {
            "counts": [asdict(each) for each in ballots.counts],
            "votes": [asdict(each) for each in ballots.votes],
            "n_without_vote": len(ballots.without_vote),
        }
        write_atomically(folder / RESULT_FILE, json_bytes(content))
    return done


def direction_lines(ballots: Ballots) -> list[str]:
    """Return one line for each band and contrast type, and what the tests cannot show."""
    if not ballots.counts:
        return ["Nobody votes: no outcome meets the rule."]
    lines = [
        (
            f"{'contrast type':28} {'band':12} {'up':>3} {'down':>4} {'none':>4} {'mixed':>5} "
            f"{'n/g':>3} {'share up [95 %]':>20} {'p':>6} {'smallest p':>10}"
        )
    ]
    lines += [_line(each) for each in ballots.counts]
    lines.append(
        "p: exact two-sided sign test of increases against decreases; smallest p: if all agreed; "
        "n/g: direction not given"
    )
    unable = [each for each in ballots.counts if each.smallest_p is None or each.smallest_p > 0.05]
    if unable:
        lines.append(
            f"{len(unable)} of {len(ballots.counts)} counts cannot show agreement at .05, whatever "
            "their votes: fewer than six samples go up or down."
        )
    return lines


def _line(each: Count) -> str:
    share = "n/a"
    if each.share_increase is not None:
        share = f"{each.share_increase:.2f} [{each.share_low:.2f}, {each.share_high:.2f}]"
    p, smallest = (
        "n/a" if value is None else f"{value:.3f}" for value in (each.p, each.smallest_p)
    )
    return (
        f"{each.contrast_type.replace('_', ' '):28} {each.band:12} {each.n_increase:3} "
        f"{each.n_decrease:4} {each.n_no_change:4} {each.n_mixed:5} "
        f"{each.n_direction_not_given:3} {share:>20} {p:>6} {smallest:>10}"
    )
