"""Measure clips: every file goes through every family of features, and profiles come out.

``measure_clips`` measures several files, going on after a bad one; ``measure_clip`` one.
"""

import operator
import traceback
from collections.abc import Iterable
from concurrent.futures import BrokenExecutor, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from textwrap import shorten

from asmr_stim import __version__
from asmr_stim.errors import AsmrStimError
from asmr_stim.io.audio import check_name
from asmr_stim.io.frames import FrameFiles
from asmr_stim.io.series import SeriesStores
from asmr_stim.schema.profile import ClipProfile, FeatureList, ProfileSet
from asmr_stim.workflows.clip_findings import Findings
from asmr_stim.workflows.clip_measuring import Progress, measure_clip
from asmr_stim.workflows.feature_settings import Settings
from asmr_stim.workflows.frame_tables import frame_tables
from asmr_stim.workflows.worker_pool import Stopped, WorkerPool, tell_share

__all__ = ["Measured", "Settings", "measure_clip", "measure_clips", "profile_set"]

LOOK_EACH_S = 0.2
LONGEST_FAULT = 200  # letters


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
    pool: WorkerPool | None = None,
    frames: FrameFiles | None = None,
) -> Measured:
    """Return the profiles of sound files.

    Parameters
    ----------
    paths : iterable of Path
        Sound files; one that is named twice is measured once.
    features : FeatureList
        The definitions, which give units and the order; not expanded for levels.
    settings : Settings
        Playback levels, sound field and windows.
    progress : callable, optional
        Told the share of all files that is done, 0 to 1, again and again.
    pool : WorkerPool, optional
        Processes that measure several files at a time; without it, one after the other.
    frames : FrameFiles, optional
        Where the series of frames are written.

    Returns
    -------
    Measured
        Profiles by file name, or by path where two files have the same name; in the order given,
        whoever is done first.
    """
    unique = list(dict.fromkeys(paths))
    tasks = [
        Task(number, path, _key(path, unique), features, settings, frames)
        for number, path in enumerate(unique)
    ]
    tell = _Total(unique, progress or (lambda _share: None))
    found = _one_by_one(tasks, tell) if pool is None else _side_by_side(tasks, tell, pool)
    clips, problems = {}, []
    for task, outcome in zip(tasks, found, strict=True):
        if isinstance(outcome, ClipProfile):
            clips[task.key] = outcome
        else:
            problems.append(outcome)
    return Measured(profile_set(features, clips), tuple(problems))


def profile_set(features: FeatureList, clips: dict[str, ClipProfile]) -> ProfileSet:
    """Return profiles with the version of the features and of the program."""
    return ProfileSet(
        feature_set_version=features.feature_set_version,
        asmr_stim_version=__version__,
        clips=clips,
    )


@dataclass(frozen=True, slots=True)
class Task:
    """One file to be measured, and how."""

    number: int
    path: Path
    key: str
    features: FeatureList
    settings: Settings
    frames: FrameFiles | None

    def keep(self, found: Findings, stores: SeriesStores) -> None:
        """Write the series of frames, if they are asked for."""
        if self.frames is not None:
            tables = frame_tables(found, stores, self.settings.expanded(self.features))
            self.frames.write(self.key, tables)


class _Total:
    """The share of all files that is done; a file counts by its size."""

    def __init__(self, paths: list[Path], tell: Progress) -> None:
        sizes = [_size(path) for path in paths]
        self._weights = [size / sum(sizes) for size in sizes]
        self._tell = tell

    def __call__(self, shares: list[float]) -> None:
        """Tell the total of the shares of the files."""
        done = sum(map(operator.mul, shares, self._weights))
        self._tell(min(done, 1.0))


def _size(path: Path) -> int:
    try:
        return max(path.stat().st_size, 1)
    except (OSError, ValueError):
        return 1


def _one_by_one(tasks: list[Task], tell: _Total) -> list[ClipProfile | str]:
    """Return a profile or a sentence for each file."""
    shares = [0.0] * len(tasks)
    found = []
    for task in tasks:

        def whole(share: float, number: int = task.number) -> None:
            shares[number] = share
            tell(shares)

        found.append(_attempt(task, whole))
        whole(1.0, task.number)
    return found


def _side_by_side(tasks: list[Task], tell: _Total, pool: WorkerPool) -> list[ClipProfile | str]:
    """Return the same, measured by several processes."""
    futures = [pool.submit(_in_worker, task) for task in tasks]
    left = set(futures)
    while left:
        left = wait(left, timeout=LOOK_EACH_S).not_done
        tell(pool.shares())
    found: list[ClipProfile | str] = []
    for task, future in zip(tasks, futures, strict=True):
        try:
            found.append(future.result())
        except BrokenExecutor:
            found.append(f"{task.path}: the worker that measured it stopped; use fewer workers")
    return found


def _in_worker(task: Task) -> ClipProfile | str:
    """Measure a file in a process of a pool."""
    tell_share(task.number, 0.0)
    outcome = _attempt(task, partial(tell_share, task.number))
    tell_share(task.number, 1.0)
    return outcome


def _attempt(task: Task, progress: Progress) -> ClipProfile | str:
    """Return the profile of a file, or the sentence that says why there is none."""
    try:
        check_name(task.key)
        return measure_clip(task.path, task.features, task.settings, progress, task.keep)
    except AsmrStimError as error:
        return str(error)
    except Stopped:
        raise
    except Exception as error:  # noqa: BLE001 what one file brings to light costs no other file
        *_, place = traceback.extract_tb(error.__traceback__)
        words = shorten(str(error), LONGEST_FAULT)  # those of pydantic fill a page
        return (
            f"{task.path}: a fault of the program, not of your file ({type(error).__name__}: "
            f"{words}, at {Path(place.filename).name}:{place.lineno}); report it with this sentence"
        )


def _key(path: Path, paths: list[Path]) -> str:
    """Return the file name, or the path if another file has the same name."""
    is_shared = sum(other.name == path.name for other in paths) > 1
    return str(path) if is_shared else path.name
