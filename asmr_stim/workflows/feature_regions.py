"""Measure the annotated regions and triggers of a clip.

Every part is measured as if it were a clip of its own: its filters begin at rest, and no frame
reaches beyond it. It is played as loud as it is in its clip. All parts are measured while the clip
is streamed once, after a first look at the level of the whole.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.families.level import LevelFamily
from asmr_stim.acoustics.families.registry import level_dependent_families, level_free_families
from asmr_stim.acoustics.readings import Family
from asmr_stim.io.annotations import read_annotation
from asmr_stim.io.audio import AudioInfo, audio_info, audio_sha256, check_name, read_blocks
from asmr_stim.io.frames import FrameFiles
from asmr_stim.io.series import SeriesStores
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.schema.profile import ClipProfile, FeatureList, ProfileSet
from asmr_stim.workflows.annotated_parts import Span, Stretch, check_fit, stretches
from asmr_stim.workflows.clip_findings import SHORTEST_HEARD_S, Findings, profile_of
from asmr_stim.workflows.clip_measuring import Progress, keep_rows, push_all, refuse_if_changed
from asmr_stim.workflows.feature_settings import Settings
from asmr_stim.workflows.features import profile_set
from asmr_stim.workflows.frame_tables import frame_tables
from asmr_stim.workflows.presentation import Presentation

LEVEL_SHARE = 0.05  # of the time: the level of the whole clip is quickly found


@dataclass(frozen=True, slots=True)
class Measuring:
    """What all parts of a clip have in common."""

    info: AudioInfo
    sha256: str
    heard: Presentation
    settings: Settings
    features: FeatureList
    frames: FrameFiles | None


def measure_regions(
    path: Path,
    annotation: Path,
    features: FeatureList,
    settings: Settings,
    progress: Progress | None = None,
    frames: FrameFiles | None = None,
) -> ProfileSet:
    """Return a profile for each region of an annotation, and for each trigger.

    Parameters
    ----------
    path : Path
        The sound file.
    annotation : Path
        A file of the annotator.
    features : FeatureList
        The definitions, not expanded for levels.
    settings : Settings
        How it is measured.
    progress : callable, optional
        Told the share that is done, 0 to 1.
    frames : FrameFiles, optional
        Where the frames of the regions are written, with times of the clip; those of a trigger are
        the frames of its regions.

    Returns
    -------
    ProfileSet
        By the name of the file and of the part, such as ``clip.wav r001`` or ``clip.wav tapping``.

    Raises
    ------
    AsmrStimError
        If the sound or the annotation cannot be read, or they do not fit.
    """
    tell = progress or (lambda _share: None)
    check_name(path.name)
    marked = read_annotation(annotation, load_taxonomy())
    info, sha256 = audio_info(path), audio_sha256(path)
    check_fit(annotation, marked, info, sha256)
    wanted = stretches(annotation, marked)
    heard = _heard(info, settings, lambda share: tell(LEVEL_SHARE * share))
    common = Measuring(info, sha256, heard, settings, settings.expanded(features), frames)
    meters = [_PartMeter(common, stretch) for stretch in wanted]
    _stream(common, meters, lambda share: tell(LEVEL_SHARE + (1 - LEVEL_SHARE) * share))
    refuse_if_changed(path, sha256)
    return profile_set(
        features, {f"{path.name} {meter.stretch.part.name}": meter.profile() for meter in meters}
    )


def _heard(info: AudioInfo, settings: Settings, tell: Progress) -> Presentation:
    """Return how loud the whole clip is heard."""
    family, done = LevelFamily(info.rate_hz, info.n_channels), 0
    for block in read_blocks(info):
        family.push(np.ascontiguousarray(block.T))
        done += len(block)
        tell(done / info.n_frames)
    with SeriesStores() as stores:
        return Findings(info, stores, [family]).heard_by(settings)


def _stream(common: Measuring, meters: list["_PartMeter"], tell: Progress) -> None:
    """Send the clip through the meters, once."""
    done, n_heard = 0, 0
    ears = common.heard.ears
    waiting = sorted(meters, key=lambda meter: meter.stretch.spans[0][0])
    active: list[_PartMeter] = []
    for block in read_blocks(common.info):
        samples = np.ascontiguousarray(block.T)
        heard = samples if ears is None else ears.push(samples)
        while waiting and waiting[0].stretch.spans[0][0] < done + len(block):
            active.append(waiting.pop(0))
        for meter in active:
            meter.push(samples, done)
            meter.push_heard(heard, n_heard)
        done, n_heard = done + len(block), n_heard + heard.shape[1]
        active = [meter for meter in active if not meter.ends_before(min(done, n_heard))]
        tell(done / common.info.n_frames)
    if ears is not None:
        rest = ears.finish()
        for meter in active:
            meter.push_heard(rest, n_heard)
            meter.ends_before(n_heard + rest.shape[1])


@dataclass
class _PartMeter:
    """The families of one part, which exist only while its samples come."""

    common: Measuring
    stretch: Stretch
    _stores: SeriesStores = field(default_factory=SeriesStores)
    _free: list[Family] | None = None
    _heard: list[Family] = field(default_factory=list)
    _profile: ClipProfile | None = None

    def push(self, samples: NDArray[np.float64], first: int) -> None:
        """Take what belongs to the part from samples that begin at a place in the clip."""
        if self._free is None:
            self._begin()
        assert self._free is not None, "it was begun"  # noqa: S101 for mypy
        for piece in _pieces(samples, first, self.stretch.spans):
            push_all(self._free, piece, self._stores)

    def push_heard(self, samples: NDArray[np.float64], first: int) -> None:
        """Take the same of the sound as it is heard, which may come later."""
        for piece in _pieces(samples, first, self.stretch.spans):
            push_all(self._heard, piece, self._stores)

    def ends_before(self, place: int) -> bool:
        """Say whether the part ends before a place; if so, make its profile."""
        if self.stretch.spans[-1][1] > place:
            return False
        self._end()
        return True

    def profile(self) -> ClipProfile:
        """Return the profile of the part, whose last sample was seen."""
        assert self._profile is not None, "a region ends inside its clip"  # noqa: S101 for mypy
        return self._profile

    def _begin(self) -> None:
        info, heard = self.common.info, self.common.heard
        settings = self.common.settings
        self._free = level_free_families(info.rate_hz, info.n_channels, settings.running)
        if heard.pascals and self.stretch.part.duration_s >= SHORTEST_HEARD_S:
            self._heard = level_dependent_families(
                info.rate_hz, info.n_channels, heard.pascals, settings.field
            )

    def _end(self) -> None:
        """Make the profile, write the frames, and let go of everything else."""
        families = [*(self._free or []), *self._heard]
        common, part = self.common, self.stretch.part
        with self._stores as stores:
            for family in families:
                keep_rows(stores, family.finish())
            found = Findings(common.info, stores, families, part)
            found.is_heard_by(common.heard)
            self._profile = profile_of(
                found, common.heard, common.features, common.settings, common.sha256
            )
            if common.frames is not None and part.kind == "region":
                tables = frame_tables(found, stores, common.features)
                common.frames.write(f"{common.info.path.name} {part.name}", tables)
        self._free, self._heard = [], []


def _pieces(
    samples: NDArray[np.float64], first: int, spans: tuple[Span, ...]
) -> list[NDArray[np.float64]]:
    """Return the samples that lie in spans."""
    last = first + samples.shape[1]
    return [
        np.ascontiguousarray(samples[:, max(begin, first) - first : min(end, last) - first])
        for begin, end in spans
        if begin < last and end > first
    ]
