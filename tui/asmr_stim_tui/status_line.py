"""One line of facts: how many regions, whether they are saved, where the cursor is."""

import math
from typing import NamedTuple

from textual.content import Content

from asmr_stim_tui.clock import clock, counted, length
from asmr_stim_tui.scene import Scene
from asmr_stim_tui.shown import Shown

SAVED = "saved"
SAVED_SOON = "saved in a moment"
NOTHING_YET = "nothing to save yet"
NOT_SAVED = "NOT SAVED"
READ_ONLY = "READ ONLY"
BETWEEN = Content.styled(" │ ", "$text-disabled")
CURSOR = 2  # its place among the facts
_COLOURS = {
    SAVED: "$success", SAVED_SOON: "$warning", NOT_SAVED: "$error", READ_ONLY: "$warning",
}  # fmt: skip


class StatusLine(Shown):
    """The facts at the bottom of the screen."""

    DEFAULT_CSS = """
    StatusLine {
        height: 1; background: $panel; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def show(
        self, scene: Scene, saved: str, share_read: float, sound: str = "", reading: str = ""
    ) -> None:
        """Draw the facts of a scene; what plays and what is in view give way to the others.

        Parameters
        ----------
        scene : Scene
        saved : str
            One of the words above, such as ``saved`` or ``NOT SAVED``.
        share_read : float
            How much of the sound has been read for its picture, 0 to 1.
        sound : str
            What plays, or why nothing does; nothing if sound is turned off.
        reading : str
            Frequency and level at the cursor.
        """
        facts = _facts(scene, saved, share_read)
        room = self.size.width - 2 - len(BETWEEN.join(facts))
        fitting = _fitting(room, sound, reading, view_words(scene))
        if fitting.reading:
            facts[CURSOR] = facts[CURSOR].append(f" {fitting.reading}")
        if fitting.sound:
            style = "$success" if fitting.sound.startswith("▶") else ""
            facts.append(Content.styled(fitting.sound, style))
        if fitting.view:
            facts.append(Content(fitting.view))
        self.draw(BETWEEN.join(facts))


def _facts(scene: Scene, saved: str, share_read: float) -> list[Content]:
    """Return what is shown whatever the room."""
    colour = _COLOURS.get(saved, "$text-muted")
    facts = [
        Content(counted(len(scene.regions), "region")),
        Content.styled(("✓ " if saved == SAVED else "") + saved, f"bold {colour}"),
        Content(f"cursor {clock(scene.seconds(scene.cursor))}"),
    ]
    if scene.pending is not None:
        first, last = scene.pending
        facts.append(Content.styled(f"marked {length(scene.seconds(last - first))}", "$warning"))
    if share_read < 1:
        facts.append(Content.styled(f"reading the sound {share_read:.0%}", "$warning"))
    return facts


class _Fitting(NamedTuple):
    """What there is room for; nothing where there is none."""

    sound: str
    view: str
    reading: str


def _fitting(room: int, sound: str, reading: str, view: tuple[str, str]) -> _Fitting:
    """Return what fits, in this order: what plays, the view, all of what plays, the rest."""
    shown, (in_view, column) = sound.partition(":")[0], view
    if room < len(shown) + len(BETWEEN):
        sound = shown = ""
    room -= len(shown) + len(BETWEEN) if sound else 0
    if room < len(in_view) + len(BETWEEN):
        in_view = ""
    room -= len(in_view) + len(BETWEEN) if in_view else 0
    if room >= len(sound) - len(shown):
        room -= len(sound) - len(shown)
        shown = sound
    if room <= len(reading):
        reading = ""
    room -= len(reading) + 1 if reading else 0
    if in_view and room >= len(column) + 2:
        in_view = f"{in_view}, {column}"
    return _Fitting(shown, in_view, reading)


def view_words(scene: Scene) -> tuple[str, str]:
    """Return which part of the clip is in view, and how long a column is."""
    viewport = scene.viewport
    column = f"1 column = {length(scene.seconds(viewport.per_column))}"
    if viewport.is_whole:
        return "whole clip", column
    decimals = min(max(0, math.ceil(-math.log10(scene.seconds(viewport.per_column) * 10))), 3)
    begins, ends = (
        clock(scene.seconds(edge), decimals) for edge in (viewport.start, viewport.stop)
    )
    return f"view {begins} to {ends}", column
