"""What a clip consists of: the share of its time that each source is heard.

Two sources at the same time both count, so shares may sum to more than one; the same source in two
overlapping regions counts once, so no share exceeds one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from asmr_stim.schema.annotation import Annotation

MIXED = "mixed"
TIE = 0.1
"""Shares within a tenth of the longest tie with it (design decision on primary triggers)."""


@dataclass(frozen=True, slots=True)
class SourceShare:
    """How long a source is heard in a clip.

    Parameters
    ----------
    source : str
        Term of the source axis.
    n_samples : int
        Samples in which it is heard.
    share : float
        Of the clip's length, above 0 and at most 1.
    """

    source: str
    n_samples: int
    share: float


def composition(annotation: Annotation) -> tuple[SourceShare, ...]:
    """Return the share of time of each source, longest first.

    Parameters
    ----------
    annotation : Annotation
        Main and secondary sources of its regions count alike; unlabelled regions do not count.

    Returns
    -------
    tuple of SourceShare
        Equal lengths in the order of their names. Empty if nothing is labelled.

    Examples
    --------
    Tapping in 0-60 and 40-80 of 100 samples is a share of 0.8.
    """
    spans: dict[str, list[tuple[int, int]]] = {}
    for region in annotation.regions:
        for source in region.sources:
            spans.setdefault(source, []).append((region.onset_sample, region.offset_sample))
    lengths = {source: covered_samples(of_source) for source, of_source in spans.items()}
    return tuple(
        SourceShare(source, n_samples, n_samples / annotation.clip.n_samples)
        for source, n_samples in sorted(lengths.items(), key=lambda item: (-item[1], item[0]))
    )


def primary_source(shares: tuple[SourceShare, ...]) -> str | None:
    """Return the source heard longest, ``mixed`` if another is within 10 % of it, None if none."""
    if not shares:
        return None
    is_tied = len(shares) > 1 and shares[1].n_samples >= (1 - TIE) * shares[0].n_samples
    return MIXED if is_tied else shares[0].source


def covered_samples(spans: Iterable[tuple[int, int]]) -> int:
    """Return how many samples lie in at least one of the half-open spans."""
    covered = reached = 0
    for onset, offset in sorted(spans):
        covered += max(0, offset - max(onset, reached))
        reached = max(reached, offset)
    return covered
