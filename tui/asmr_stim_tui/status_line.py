"""One line of facts: how many regions, whether they are saved, where the cursor is."""

import math

from textual.content import Content

from asmr_stim_tui.clock import clock, counted, length
from asmr_stim_tui.scene import Scene
from asmr_stim_tui.shown import Shown

SAVED = "saved"
SAVED_SOON = "saved in a moment"
NOTHING_YET = "nothing to save yet"
NOT_SAVED = "NOT SAVED"
READ_ONLY = "READ ONLY"
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
        colour = _COLOURS.get(saved, "$text-muted")
        facts = [
            Content(counted(len(scene.regions), "region")),
            Content.styled(("✓ " if saved == SAVED else "") + saved, f"bold {colour}"),
            Content(f"cursor {clock(scene.seconds(scene.cursor))}"),
        ]
        if scene.pending is not None:
            first, last = scene.pending
            facts.append(
                Content.styled(f"marked {length(scene.seconds(last - first))}", "$warning")
            )
        if share_read < 1:
            facts.append(Content.styled(f"reading the sound {share_read:.0%}", "$warning"))
        view, column = view_words(scene)
        brief = sound.partition(":")[0]
        between = Content.styled(" │ ", "$text-disabled")
        room = self.size.width - 2 - len(between.join(facts))
        if sound and room < len(brief) + len(between):
            sound = brief = ""
        room -= len(brief) + len(between) if sound else 0
        if room < len(view) + len(between):
            view = column = ""
        room -= len(view) + len(between) if view else 0
        if room >= len(sound) - len(brief):
            room -= len(sound) - len(brief)
            brief = sound
        if reading and room > len(reading):
            facts[2] = facts[2].append(f" {reading}")
            room -= len(reading) + 1
        if view and room >= len(column) + 2:
            view = f"{view}, {column}"
        if sound:
            facts.append(Content.styled(brief, "$success" if sound.startswith("▶") else ""))
        if view:
            facts.append(Content(view))
        self.draw(between.join(facts))


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
