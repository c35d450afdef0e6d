"""Which samples of the clip are on the screen, and in which column."""

import math
from dataclasses import dataclass, replace

FINEST = 2.0
"""Samples a column at the closest zoom: one for each of the two dots of a braille cell."""

_EPSILON = 1e-4  # samples: a column that begins on a whole one must do so in floating point too


@dataclass(frozen=True, slots=True)
class Viewport:
    """A window on a clip; every column is equally long.

    Parameters
    ----------
    n_samples : int
        Length of the clip, at least 1.
    n_columns : int
        Width of the picture, at least 1.
    start : float, samples
        Left edge.
    per_column : float, samples
        Length of one column.
    """

    n_samples: int
    n_columns: int
    start: float
    per_column: float

    @classmethod
    def whole(cls, n_samples: int, n_columns: int) -> "Viewport":
        """Return the view of the whole clip."""
        return cls(n_samples, n_columns, 0.0, n_samples / n_columns)

    @property
    def stop(self) -> float:
        """Right edge, in samples."""
        return self.start + self.n_columns * self.per_column

    @property
    def is_whole(self) -> bool:
        """Whether the whole clip is in view."""
        return self.per_column * self.n_columns >= self.n_samples - _EPSILON

    @property
    def _coarsest(self) -> float:
        return self.n_samples / self.n_columns

    def column(self, sample: float) -> int:
        """Return the column that shows a sample; outside 0..n_columns if it is out of view."""
        return math.floor((sample - self.start + _EPSILON) / self.per_column)

    def sample(self, column: float) -> int:
        """Return the first sample of a column, kept inside 0..n_samples."""
        first = math.ceil(self.start + column * self.per_column - _EPSILON)
        return min(max(first, 0), self.n_samples)

    def columns(self, onset: float, offset: float) -> tuple[int, int]:
        """Return first and one-after-last column of a stretch, clipped to the view.

        A stretch in view has at least one column; out of view the two are equal.
        """
        first = self.column(onset)
        last = max(self.column(offset - 1), first) + 1
        return min(max(first, 0), self.n_columns), min(max(last, 0), self.n_columns)

    def zoomed(self, factor: float, around: float) -> "Viewport":
        """Return a closer (factor above 1) or wider view; ``around`` keeps its column."""
        per_column = self._possible(self.per_column / factor)
        share = (around - self.start) / self.per_column
        return _inside(replace(self, per_column=per_column, start=around - share * per_column))

    def moved(self, columns: float) -> "Viewport":
        """Return the view shifted to the right by some columns, as far as the clip goes."""
        return _inside(replace(self, start=self.start + columns * self.per_column))

    def showing(self, sample: float) -> "Viewport":
        """Return this view if the sample is in it, else one with the sample near the middle."""
        if self.start <= sample < self.stop or self.is_whole:
            return self
        return _inside(replace(self, start=sample - self.n_columns * self.per_column / 2))

    def framing(self, onset: float, offset: float) -> "Viewport":
        """Return the view of a stretch with a little room on both sides."""
        per_column = self._possible((offset - onset) * 1.25 / self.n_columns)
        middle = (onset + offset) / 2
        start = middle - per_column * self.n_columns / 2
        return _inside(replace(self, per_column=per_column, start=start))

    def resized(self, n_columns: int) -> "Viewport":
        """Return the same stretch in another width, as far as the closest zoom allows."""
        wider = replace(self, n_columns=n_columns)
        per_column = wider._possible((self.stop - self.start) / n_columns)  # noqa: SLF001 same class
        return _inside(replace(wider, per_column=per_column))

    def _possible(self, per_column: float) -> float:
        """Return the length of a column, kept between the closest zoom and the whole clip."""
        return min(max(per_column, min(FINEST, self._coarsest)), self._coarsest)


def _inside(view: Viewport) -> Viewport:
    """Return the view pushed back over the clip."""
    latest = max(view.n_samples - view.n_columns * view.per_column, 0.0)
    return replace(view, start=min(max(view.start, 0.0), latest))
