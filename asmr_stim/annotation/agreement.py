"""How far two raters of a clip agree: which regions are the same event, and where they differ.

Two regions are taken for the same event if they share time: their intersection over union (IoU) is
at least ``LEAST_IOU``. Pairs of the same main source are made first, and among those the pair of
the greatest IoU, so that of two sounds at the same time each finds its own. A pair agrees if it has
the same label and an IoU of at least ``AGREED_IOU``.

Offers: ``compare_regions``, ``Comparison``, ``RegionPair``, ``Agreement``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from asmr_stim.schema.annotation import Region

LEAST_IOU = 0.1
"""Regions that share less than a tenth of their time are two events; our convention."""
AGREED_IOU = 0.5
"""The threshold that is usual in detecting events and objects; our choice among usual ones."""

Difference = Literal["source", "act", "channel", "secondary_sources", "edges"]
_LABELS: tuple[Difference, ...] = ("source", "act", "channel", "secondary_sources")


@dataclass(frozen=True, slots=True)
class RegionPair:
    """A region of one rater beside that of another; at least one of the two.

    Parameters
    ----------
    own : Region or None
        None if only the other rater heard something.
    other : Region or None
        None if only the first rater did.
    """

    own: Region | None
    other: Region | None

    @property
    def iou(self) -> float:
        """Shared time over the time that either covers, 0 to 1."""
        if self.own is None or self.other is None:
            return 0.0
        return intersection_over_union(self.own, self.other)

    @property
    def onset_sample(self) -> int:
        """Where the first of the two begins."""
        return min(region.onset_sample for region in (self.own, self.other) if region is not None)

    @property
    def onset_difference_samples(self) -> int | None:
        """Onset of the other minus the own one: positive if the other rater began later."""
        if self.own is None or self.other is None:
            return None
        return self.other.onset_sample - self.own.onset_sample

    @property
    def offset_difference_samples(self) -> int | None:
        """Offset of the other minus the own one: positive if the other rater ended later."""
        if self.own is None or self.other is None:
            return None
        return self.other.offset_sample - self.own.offset_sample

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What the two regions of a pair say differently; empty where only one is there."""
        if self.own is None or self.other is None:
            return ()
        own, other = self.own, self.other
        labels = tuple(name for name in _LABELS if _said(own, name) != _said(other, name))
        return labels if self.iou >= AGREED_IOU else (*labels, "edges")

    @property
    def is_agreed(self) -> bool:
        """Whether both heard it, say the same of it, and share at least half of its time."""
        return self.own is not None and self.other is not None and not self.differences


class Agreement(NamedTuple):
    """How many events two raters share.

    Parameters
    ----------
    n_pairs : int
        Events that both heard.
    n_agreed : int
        Those with the same label and an IoU of at least 0.5.
    n_own_only, n_other_only : int
        Events that one of them heard alone.
    f1 : float or None
        2 ``n_agreed`` over the number of regions of both; None if neither has a region.
    median_onset_difference_s : float or None
        Median absolute difference of onsets over the pairs, seconds; None without pairs.
    mean_iou : float or None
        Over the pairs; None without pairs.
    """

    n_pairs: int
    n_agreed: int
    n_own_only: int
    n_other_only: int
    f1: float | None
    median_onset_difference_s: float | None
    mean_iou: float | None


@dataclass(frozen=True)
class Comparison:
    """Two raters' regions of one clip, event by event.

    Parameters
    ----------
    own_rater, other_rater : str
    pairs : tuple of RegionPair
        In order of time; every region of both raters stands in exactly one.
    """

    own_rater: str
    other_rater: str
    pairs: tuple[RegionPair, ...]

    @property
    def disagreements(self) -> tuple[RegionPair, ...]:
        """The pairs that do not agree, in order of time."""
        return tuple(pair for pair in self.pairs if not pair.is_agreed)

    def of(self, region_id: str) -> RegionPair | None:
        """Return the pair of a region of the first rater."""
        return next((p for p in self.pairs if p.own is not None and p.own.id == region_id), None)

    def agreement(self, rate_hz: int) -> Agreement:
        """Return the numbers of the comparison, with times in seconds."""
        both = [p for p in self.pairs if p.own is not None and p.other is not None]
        n_own_only = sum(pair.other is None for pair in self.pairs)
        n_other_only = sum(pair.own is None for pair in self.pairs)
        n_agreed = sum(pair.is_agreed for pair in both)
        n_regions = 2 * len(both) + n_own_only + n_other_only
        onsets = [abs(pair.onset_difference_samples or 0) / rate_hz for pair in both]
        return Agreement(
            len(both),
            n_agreed,
            n_own_only,
            n_other_only,
            2 * n_agreed / n_regions if n_regions else None,
            _median(onsets) if onsets else None,
            sum(pair.iou for pair in both) / len(both) if both else None,
        )


def compare_regions(
    own: Sequence[Region], other: Sequence[Region], raters: tuple[str, str] = ("own", "other")
) -> Comparison:
    """Return which regions of two raters are the same event.

    Parameters
    ----------
    own, other : sequence of Region
        Of the same clip, in any order.
    raters : tuple of str
        Names of the two raters.

    Notes
    -----
    Pairs are made greedily: those of the same main source first, then those of the greatest IoU,
    then the earlier ones. Each region is in one pair at most.
    """
    candidates = sorted(
        (_rank(a, b), a.id, b.id) for a in own for b in other if _may_be_one_event(a, b)
    )
    others = {region.id: region for region in other}
    partner: dict[str, Region] = {}
    for _, own_id, other_id in candidates:
        if own_id not in partner and other_id in others:
            partner[own_id] = others.pop(other_id)
    pairs = [RegionPair(region, partner.get(region.id)) for region in own]
    pairs += [RegionPair(None, region) for region in others.values()]
    return Comparison(*raters, tuple(sorted(pairs, key=_place)))


def intersection_over_union(a: Region, b: Region) -> float:
    """Return the shared time of two regions over the time that either covers, 0 to 1.

    Examples
    --------
    Samples 0 to 60 and 40 to 80 share 20 of 80: 0.25.
    """
    shared = min(a.offset_sample, b.offset_sample) - max(a.onset_sample, b.onset_sample)
    return max(shared, 0) / (a.n_samples + b.n_samples - max(shared, 0))


def _may_be_one_event(a: Region, b: Region) -> bool:
    return intersection_over_union(a, b) >= LEAST_IOU


def _rank(a: Region, b: Region) -> tuple[bool, float, list[int]]:
    """Return what pairs are ordered by; the same for (b, a), so that no rater comes first."""
    onsets, offsets = (a.onset_sample, b.onset_sample), (a.offset_sample, b.offset_sample)
    return a.source != b.source, -intersection_over_union(a, b), sorted(onsets) + sorted(offsets)


def _said(region: Region, name: Difference) -> object:
    """Return what a region says of an axis; further sources in any order are the same."""
    value = getattr(region, name)
    return frozenset(value) if name == "secondary_sources" else value


def _place(pair: RegionPair) -> tuple[int, bool, str]:
    region = pair.own or pair.other
    return pair.onset_sample, pair.own is None, region.id if region is not None else ""


def _median(values: list[float]) -> float:
    ranked = sorted(values)
    middle = len(ranked) // 2
    if len(ranked) % 2:
        return ranked[middle]
    return (ranked[middle - 1] + ranked[middle]) / 2
