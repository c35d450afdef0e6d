"""Series of frames, and times of events, as tables: TSV with units beside it, or Parquet.

One table for each clip and series, named ``<clip>_<series>``: a row for each channel and frame,
with the time of the middle of the frame. Numbers are in single precision, as they were kept; what
is not defined is ``n/a`` or null. A table of events has a row for each channel and event.

Offers: ``FrameFiles``, ``FrameTable``, ``EventTable``, ``check_frames``.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.readings import Clock
from asmr_stim.errors import OutputError
from asmr_stim.io.parquet import require_pyarrow, write_parquet
from asmr_stim.io.tables import MISSING, Column, check_sidecar, write_sidecar
from asmr_stim.io.writing import check_folder, new_file

CHANNEL = Column("channel", "The channel, or pair for both ears together.", None, "text")
TIME = Column("time_s", "Middle of the frame, from the begin of the clip.", "s")
EVENT_TIME = Column("time_s", "When the event begins, from the begin of the clip.", "s")
_ROWS_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class FrameTable:
    """A series of a clip.

    Parameters
    ----------
    name : str
        Of the series, in words.
    features : tuple of Column
        What is measured in each frame, with units.
    channels : tuple of str
        The channels, or ``pair``.
    clock : Clock
        When the frames are.
    values : callable
        Gives the values of a channel and feature by their numbers, shape (frames,).
    """

    name: str
    features: tuple[Column, ...]
    channels: tuple[str, ...]
    clock: Clock
    values: Callable[[int, int], NDArray[np.float32]]

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns of the table."""
        return (CHANNEL, TIME, *self.features)

    @property
    def is_left_out(self) -> bool:
        """Whether there is no frame, as in a clip that is shorter than one."""
        return len(self.values(0, 0)) == 0

    def parts(self) -> Iterator[tuple[str, NDArray[np.float64], list[NDArray[np.float32]]]]:
        """Yield channel, times and the values of each feature, some rows at a time."""
        for number, channel in enumerate(self.channels):
            values = [self.values(number, k) for k in range(len(self.features))]
            for first in range(0, len(values[0]), _ROWS_AT_ONCE):
                part = [column[first : first + _ROWS_AT_ONCE] for column in values]
                frame = np.arange(first, first + len(part[0]), dtype=np.float64)
                yield channel, self.clock.first_s + self.clock.step_s * frame, part


@dataclass(frozen=True, slots=True)
class EventTable:
    """Times of events of a clip. Without any event the table has no row, which tells so.

    Parameters
    ----------
    name : str
        What the events are, in words.
    times_s : mapping of str to sequence of float
        When they begin in each channel, from the begin of the clip.
    """

    name: str
    times_s: Mapping[str, Sequence[float]]

    features: ClassVar[tuple[Column, ...]] = ()
    columns: ClassVar[tuple[Column, ...]] = (CHANNEL, EVENT_TIME)
    is_left_out: ClassVar[bool] = False

    def parts(self) -> Iterator[tuple[str, NDArray[np.float64], list[NDArray[np.float32]]]]:
        """Yield channel and times, and no values."""
        for channel, times in self.times_s.items():
            yield channel, np.array(times, dtype=np.float64), []


@dataclass(frozen=True, slots=True)
class FrameFiles:
    """Where the tables go.

    Parameters
    ----------
    folder : Path
        Made when the first table is written.
    ending : str
        ``.tsv`` or ``.parquet``.
    """

    folder: Path
    ending: str

    @classmethod
    def beside(cls, out: Path) -> "FrameFiles":
        """Return the folder ``<name>_frames`` beside an output; TSV unless that is Parquet."""
        ending = ".parquet" if out.suffix.lower() == ".parquet" else ".tsv"
        return cls(out.with_name(f"{out.stem}_frames"), ending)

    def write(self, clip: str, tables: Sequence[FrameTable | EventTable]) -> None:
        """Write the tables of a clip, but for series without any frame.

        Raises
        ------
        OutputError
            If one cannot be written; those before it are whole.
        """
        try:
            self.folder.mkdir(exist_ok=True)
        except OSError as error:
            raise OutputError(f"{self.folder}: cannot be made ({error.strerror})") from None
        for table in tables:
            if table.is_left_out:
                continue
            series = table.name.replace(" ", "_")
            path = self.folder / f"{_file_name(clip)}_{series}{self.ending}"
            rows = "frame by frame" if table.features else "a row for each"
            note = f"{table.name} of {clip}, {rows}"
            if self.ending == ".parquet":
                batches = (_batch(table, *part) for part in table.parts())
                write_parquet(path, table.columns, batches, note)
            else:
                check_sidecar(path)
                _write_tsv(path, table)
                write_sidecar(path, table.columns, note)


def check_frames(files: FrameFiles) -> None:
    """Refuse a place where tables cannot be written, before anything is measured.

    Raises
    ------
    OutputError
        If a file has the name of the folder, or it is there and may not be written into.
    MissingInputError
        If pyarrow is asked for and not installed.
    """
    if files.folder.exists() and not files.folder.is_dir():
        raise OutputError(f"{files.folder} is a file, and the frames go into a folder of that name")
    if files.folder.exists():
        check_folder(files.folder, files.folder)
    if files.ending == ".parquet":
        require_pyarrow()


def _file_name(clip: str) -> str:
    """Return the name or path of a clip as a part of a file name; two clips never share one."""
    return clip.replace("%", "%25").replace("/", "%2F")


def _batch(
    table: FrameTable | EventTable,
    channel: str,
    times: NDArray[np.float64],
    part: list[NDArray[np.float32]],
) -> dict[str, Any]:
    """Return rows as Parquet takes them."""
    names = [column.name for column in table.features]
    return {"channel": [channel] * len(times), "time_s": times} | dict(
        zip(names, part, strict=True)
    )


def _write_tsv(path: Path, table: FrameTable | EventTable) -> None:
    """Write rows as text; nine digits bring a single-precision number back as it was.

    Times have twelve, which are microseconds in the longest recording.
    """
    with new_file(path) as place, place.open("w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join(column.name for column in table.columns) + "\n")
        for channel, times, part in table.parts():
            columns = [[f"{time:.12g}" for time in times.tolist()]]
            columns += [[_text(value) for value in column.tolist()] for column in part]
            file.writelines(f"{channel}\t" + "\t".join(row) + "\n" for row in zip(*columns))  # noqa: B905 of one length


def _text(value: float) -> str:
    return f"{value:.9g}" if math.isfinite(value) else MISSING
