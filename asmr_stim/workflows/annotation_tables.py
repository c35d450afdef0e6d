"""An annotation as tables for other programs: its events, and each term's share of the time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from asmr_stim.annotation.composition import composition, primary_source
from asmr_stim.io.tables import Column, write_table
from asmr_stim.schema.annotation import Annotation, Region

ENDING = ".asmr.yaml"

EVENT_COLUMNS = (
    Column("onset", "Begin of the region", "s"),
    Column("duration", "Length of the region", "s"),
    Column("region", "Id of the region in the annotation"),
    Column("source", "What makes the sound: term of the source axis"),
    Column("secondary_sources", "Further sources at the same time, separated by commas"),
    Column("act", "What is done to or for the viewer: term of the act axis"),
    Column("channel", "Term of the channel axis"),
    Column("ear", "left, right or both"),
    Column("intensity", "1 (faint) to 5 (strong)"),
    Column("pace", "slow, medium or fast"),
    Column("confidence", "The rater's own, 0 to 1"),
    Column("facets", "Facets of the taxonomy with their values, separated by semicolons"),
    Column("notes", "Free text; line breaks and tabs have become spaces"),
    Column("onset_sample", "First sample of the region", "samples"),
    Column("offset_sample", "The sample after the last one of the region", "samples"),
)
SHARE_COLUMNS = (
    Column("source", "Term of the source axis"),
    Column("duration", "Time in which it is heard; overlapping regions count once", "s"),
    Column("share", "Of the clip's length; shares of sources heard at once sum to more than 1"),
    Column("n_samples", "The same time in samples of the clip", "samples"),
)


def write_annotation_tables(annotation: Annotation, document: Path) -> tuple[Path, Path]:
    """Write the tables of an annotation beside its file; return the two.

    Parameters
    ----------
    annotation : Annotation
    document : Path
        ``<stimulus>.<rater>.asmr.yaml``; the tables are ``<stimulus>.<rater>.events.tsv`` and
        ``<stimulus>.<rater>.composition.tsv``, each with a JSON that says what its columns are.
        Tables of an earlier export are replaced.

    Raises
    ------
    OutputError
        If one of them cannot be written.

    Notes
    -----
    Times in seconds are quotients of whole samples with every digit that is needed to read the
    sample back; the samples stand beside them. Only the breaks of lines in notes are lost.
    """
    stem = document.name.removesuffix(ENDING)
    events = document.with_name(f"{stem}.events.tsv")
    shares = document.with_name(f"{stem}.composition.tsv")
    clip = annotation.clip
    about = (
        f"{clip.file} (SHA-256 {clip.sha256}), {clip.n_samples} samples at {clip.rate_hz} Hz, "
        f"annotated by {annotation.rater}; terms of taxonomy {annotation.taxonomy_version}."
    )
    write_table(events, EVENT_COLUMNS, event_rows(annotation), f"Events of {about}")
    primary = primary_source(composition(annotation)) or "none"
    note = f"Share of time of each source in {about} Primary source: {primary}."
    write_table(shares, SHARE_COLUMNS, share_rows(annotation), note)
    return events, shares


def event_rows(annotation: Annotation) -> Iterator[tuple[Any, ...]]:
    """Return the values of ``EVENT_COLUMNS`` for each region, in order of time."""
    for region in sorted(annotation.regions, key=lambda r: (r.onset_sample, r.id)):
        yield _event(region, annotation.clip.rate_hz)


def share_rows(annotation: Annotation) -> Iterator[tuple[Any, ...]]:
    """Return the values of ``SHARE_COLUMNS`` for each source, the longest first."""
    for share in composition(annotation):
        seconds = share.n_samples / annotation.clip.rate_hz
        yield share.source, seconds, share.share, share.n_samples


def _event(region: Region, rate_hz: int) -> tuple[Any, ...]:
    return (
        region.onset_sample / rate_hz,
        region.n_samples / rate_hz,
        region.id,
        region.source,
        ",".join(region.secondary_sources) or None,
        region.act,
        region.channel,
        region.ear,
        region.intensity,
        region.pace,
        region.confidence,
        ";".join(f"{facet}={value}" for facet, value in region.facets.items()) or None,
        " ".join(region.notes.split()) or None,
        region.onset_sample,
        region.offset_sample,
    )
