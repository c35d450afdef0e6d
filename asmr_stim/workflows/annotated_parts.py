"""Which parts of a clip an annotation names: each region, and all regions of a term."""

from dataclasses import dataclass
from pathlib import Path

from asmr_stim.errors import InputError
from asmr_stim.io.audio import AudioInfo
from asmr_stim.schema.annotation import Annotation, Region
from asmr_stim.schema.profile import Part

NO_TRIGGERS = frozenset({"no_sound", "no_act"})  # terms that say that there is none

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a clip and the samples that it is made of.

    Parameters
    ----------
    part : Part
        What a profile says of it.
    spans : tuple of (int, int)
        First sample and the one after the last, in order, none touching another.
    """

    part: Part
    spans: tuple[Span, ...]


def check_fit(path: Path, annotation: Annotation, info: AudioInfo, sha256: str) -> None:
    """Refuse an annotation that was made on other sound.

    Parameters
    ----------
    path : Path
        Of the annotation.
    annotation : Annotation
        What it says.
    info : AudioInfo
        What the sound file is.
    sha256 : str
        Of the sound file.

    Raises
    ------
    InputError
        If length, rate, channels or content differ.
    """
    made_on = annotation.clip
    pairs = (
        ("samples", made_on.n_samples, info.n_frames),
        ("Hz", made_on.rate_hz, info.rate_hz),
        ("channels", made_on.n_channels, info.n_channels),
    )
    for unit, told, found in pairs:
        if told != found:
            raise InputError(
                f"{path} was made on a clip of {told} {unit}, but {info.path} has {found}; give "
                f"the sound that was annotated ({made_on.file})"
            )
    if made_on.sha256 != sha256:
        raise InputError(
            f"{path} was made on a file with SHA-256 {made_on.sha256[:12]}..., but {info.path} has "
            f"{sha256[:12]}...; give the sound that was annotated ({made_on.file})"
        )


def stretches(path: Path, annotation: Annotation) -> list[Stretch]:
    """Return every region in the order of time, then every trigger in the order of its name.

    A trigger is a term of source or act that some region carries, as its main term or a secondary
    one. Its regions are joined in the order of time; where two overlap, the time counts once.

    Raises
    ------
    InputError
        If there is no region.
    """
    regions = sorted(annotation.regions, key=lambda each: (each.onset_sample, each.id))
    if not regions:
        raise InputError(f"{path} holds no region; annotate the clip first")
    of_terms: dict[str, list[Region]] = {}
    for region in regions:
        for term in dict.fromkeys((*region.sources, *((region.act,) if region.act else ()))):
            if term not in NO_TRIGGERS:
                of_terms.setdefault(term, []).append(region)
    found = [_of_region(path, annotation, region) for region in regions]
    acts = {region.act for region in regions}
    for term, carrying in sorted(of_terms.items()):
        found.append(_of_trigger(path, annotation, term, carrying, is_act=term in acts))
    return found


def _of_region(path: Path, annotation: Annotation, region: Region) -> Stretch:
    rate_hz = annotation.clip.rate_hz
    part = Part(
        name=region.id,
        kind="region",
        annotation=path.name,
        rater=annotation.rater,
        source=region.source,
        act=region.act,
        channel=region.channel,
        ear=region.ear,
        intensity=region.intensity,
        pace=region.pace,
        confidence=region.confidence,
        facets=region.facets,
        onset_s=region.onset_sample / rate_hz,
        offset_s=region.offset_sample / rate_hz,
        duration_s=region.n_samples / rate_hz,
    )
    return Stretch(part, ((region.onset_sample, region.offset_sample),))


def _of_trigger(
    path: Path, annotation: Annotation, term: str, regions: list[Region], *, is_act: bool
) -> Stretch:
    rate_hz = annotation.clip.rate_hz
    spans = _union([(region.onset_sample, region.offset_sample) for region in regions])
    part = Part(
        name=term,
        kind="trigger",
        annotation=path.name,
        rater=annotation.rater,
        source=None if is_act else term,
        act=term if is_act else None,
        onset_s=spans[0][0] / rate_hz,
        offset_s=spans[-1][1] / rate_hz,
        duration_s=sum(last - first for first, last in spans) / rate_hz,
        n_regions=len(regions),
    )
    return Stretch(part, spans)


def _union(spans: list[Span]) -> tuple[Span, ...]:
    """Return the same time without overlaps."""
    joined: list[Span] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return tuple(joined)
