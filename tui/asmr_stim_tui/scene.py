"""What a screen asks its widgets to draw, as one value."""

from dataclasses import dataclass, field
from typing import Literal

from asmr_stim.schema.annotation import Clip, Region
from asmr_stim_tui.viewport import Viewport

Edge = Literal["onset", "offset"]

GUTTER = 6
"""Columns left of every picture of time, for names and scales."""


@dataclass(frozen=True)
class Scene:
    """One moment of the annotator.

    Parameters
    ----------
    clip : Clip
    viewport : Viewport
    cursor : int, samples
        0 to the length of the clip, inclusive.
    mark_in, mark_out : int or None, samples
        A region that has only one of its ends yet.
    regions : tuple of Region
        In order of time.
    lanes : dict from region id to int
    selected : str or None
        Id of the region that keys act on.
    grabbed : {'onset', 'offset'} or None
        The edge of the selected region that moves with the cursor.
    frequency_hz : float or None
        Where the cursor is in frequency; None for wherever the sound is strongest.
    """

    clip: Clip
    viewport: Viewport
    cursor: int = 0
    mark_in: int | None = None
    mark_out: int | None = None
    regions: tuple[Region, ...] = ()
    lanes: dict[str, int] = field(default_factory=dict)
    selected: str | None = None
    grabbed: Edge | None = None
    frequency_hz: float | None = None

    @property
    def region(self) -> Region | None:
        """The selected region."""
        return next((r for r in self.regions if r.id == self.selected), None)

    @property
    def pending(self) -> tuple[int, int] | None:
        """The stretch between a mark and the cursor, in order; None without a mark."""
        mark = self.mark_in if self.mark_in is not None else self.mark_out
        if mark is None:
            return None
        return min(mark, self.cursor), max(mark, self.cursor)

    @property
    def cursor_column(self) -> int:
        """The column of the cursor, the last one for the end of the clip."""
        column = self.viewport.column(self.cursor)
        at_end = self.cursor == self.clip.n_samples and column == self.viewport.n_columns
        return column - at_end

    def seconds(self, sample: float) -> float:
        """Return the time of a sample."""
        return sample / self.clip.rate_hz
