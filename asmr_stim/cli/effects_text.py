"""What ``asmr-stim effects`` prints of conversions, audits and joint tests."""

import typer

from asmr_stim.io.effects import EffectRow
from asmr_stim.moderator.effects.audit import Audit
from asmr_stim.moderator.effects.converted import Converted
from asmr_stim.moderator.effects.max_statistic import MaxTest
from asmr_stim.workflows.effects_text import allocations_text, p_text


def show_converted(rows: tuple[EffectRow, ...]) -> None:
    """Print a line for each effect: its size, grade and route, and where its sign is from."""
    for row in rows:
        typer.echo(row.label if row.converted is None else _told(row, row.converted))


def _told(row: EffectRow, found: Converted) -> str:
    if row.estimate is None or row.variance is None:
        low = "-inf" if found.low is None else f"{found.low:.3f}"
        high = "inf" if found.high is None else f"{found.high:.3f}"
        size = f"{found.measure} between {low} and {high}"
    else:
        size = f"{found.measure} = {row.estimate:.3f}, SE {row.variance**0.5:.3f}"
    r = ""
    if found.correlation is not None:
        r = f"; r = {found.correlation:.2f} ({found.correlation_source})"
    return f"{row.label}: {size}  [{found.grade}; {found.route}; sign: {found.sign_source}{r}]"


def show_audit(found: Audit) -> None:
    """Print for how many effects each moderator is known, and what stands against using them."""
    for name, k in found.known:
        typer.echo(f"{name}: known for {k} effects")
    for concern in found.concerns:
        typer.echo(f"{concern.severity}: {concern.message}")
    if not found.concerns:
        typer.echo("Nothing stands against fitting these moderators together.")


def show_max_test(found: MaxTest) -> None:
    """Print the tests of every moderator, and the smallest p that they could have reached."""
    typer.echo(allocations_text(found))
    typer.echo(f"{'outcome':20} {'moderator':24} {'p':>8} {'permuted':>9} {'adjusted':>9}")
    for name, moderator, p, own, adjusted in found.rows:
        typer.echo(
            f"{name:20} {moderator:24} {p_text(p):>8} {p_text(own):>9} {p_text(adjusted):>9}"
        )
    for why in found.untested:
        typer.echo(why)
    typer.echo(f"Smallest adjusted p that could have come out: {p_text(found.smallest_p)}")
    if found.smallest_p > 0.05:
        typer.echo("These tests cannot show a difference at .05, whatever the effects.")
