"""Measure clips: every file goes through every family of features, and profiles come out.

``measure_clips`` measures several files, going on after a bad one; ``measure_clip`` one.
"""

from collections.abc import Iterable
from concurrent.futures import BrokenExecutor, Executor, as_completed
from dataclasses import dataclass
from pathlib import Path

from asmr_stim import __version__
from asmr_stim.errors import AsmrStimError
from asmr_stim.schema.profile import ClipProfile, FeatureList, ProfileSet
from asmr_stim.workflows.clip_measuring import Progress, measure_clip
from asmr_stim.workflows.feature_settings import Settings

__all__ = ["Measured", "Settings", "measure_clip", "measure_clips"]


@dataclass(frozen=True, slots=True)
class Measured:
    """The profiles of the clips that could be measured, and a sentence for each that could not."""

    profiles: ProfileSet
    problems: tuple[str, ...]


def measure_clips(
    paths: Iterable[Path],
    features: FeatureList,
    settings: Settings,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Measured:
    """Return the profiles of sound files.

    Parameters
    ----------
    paths : iterable of Path
        Sound files; one that is named twice is measured once.
    features : FeatureList
        The definitions, which give units and the order; not expanded for levels.
    settings : Settings
        Playback levels and sound field.
    progress : callable, optional
        Told the share of all files that is done, 0 to 1, again and again.
    executor : Executor, optional
        What measures several files at a time; without it, one after the other.

    Returns
    -------
    Measured
        Profiles by file name, or by path where two files have the same name; in the order given,
        whoever is done first.
    """
    unique = list(dict.fromkeys(paths))
    tell = progress or (lambda _share: None)
    if executor is None:
        found = _one_by_one(unique, features, settings, tell)
    else:
        found = _side_by_side(unique, features, settings, tell, executor)
    clips, problems = {}, []
    for path, outcome in zip(unique, found, strict=True):
        if isinstance(outcome, ClipProfile):
            clips[_key(path, unique)] = outcome
        else:
            problems.append(outcome)
    profiles = ProfileSet(
        feature_set_version=features.feature_set_version,
        asmr_stim_version=__version__,
        clips=clips,
    )
    return Measured(profiles, tuple(problems))


def _one_by_one(
    paths: list[Path], features: FeatureList, settings: Settings, tell: Progress
) -> list[ClipProfile | str]:
    """Return a profile or a sentence for each file."""
    found = []
    for k, path in enumerate(paths):

        def whole(share: float, k: int = k) -> None:
            tell((k + share) / len(paths))

        found.append(_attempt(path, features, settings, whole))
    return found


def _side_by_side(
    paths: list[Path],
    features: FeatureList,
    settings: Settings,
    tell: Progress,
    executor: Executor,
) -> list[ClipProfile | str]:
    """Return the same, measured by an executor."""
    tasks = [executor.submit(_attempt, path, features, settings) for path in paths]
    for n_done, _ in enumerate(as_completed(tasks), start=1):
        tell(n_done / len(tasks))
    found: list[ClipProfile | str] = []
    for path, task in zip(paths, tasks, strict=True):
        try:
            found.append(task.result())
        except BrokenExecutor:
            found.append(f"{path}: the worker that measured it stopped; use fewer workers")
    return found


def _attempt(
    path: Path, features: FeatureList, settings: Settings, progress: Progress | None = None
) -> ClipProfile | str:
    """Return the profile of a file, or the sentence that says why there is none."""
    try:
        return measure_clip(path, features, settings, progress)
    except AsmrStimError as error:
        return str(error)


def _key(path: Path, paths: list[Path]) -> str:
    """Return the file name, or the path if another file has the same name."""
    is_shared = sum(other.name == path.name for other in paths) > 1
    return str(path) if is_shared else path.name
