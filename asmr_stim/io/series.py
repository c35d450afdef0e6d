"""Series of numbers too long for memory, kept in a temporary file while a clip is measured."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain, islice
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

_BLOCK_ROWS = 2048
_PART_BLOCKS = 64
_IN_MEMORY_BYTES = 2**16  # a clip has dozens of series, and each may hold this much in memory
_ITEM = np.dtype(np.float32)  # halves the file; seven digits are more than any feature has


class SeriesStore:
    """Columns of one table that grows by rows, read back column by column.

    Numbers are kept in single precision. Used as a context: the temporary file is gone at its end.

    Parameters
    ----------
    n_columns : int
        Numbers in a row.
    """

    def __init__(self, n_columns: int) -> None:
        self._n_columns = n_columns
        self._waiting = np.empty((0, n_columns), dtype=_ITEM)
        self._n_blocks = 0
        self._file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 closed by the context

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    @property
    def n_rows(self) -> int:
        """Rows taken so far."""
        return self._n_blocks * _BLOCK_ROWS + len(self._waiting)

    def append(self, rows: NDArray[np.float64]) -> None:
        """Take more rows, shape (rows, columns)."""
        self._waiting = np.concatenate([self._waiting, rows.astype(_ITEM)])
        while len(self._waiting) >= _BLOCK_ROWS:
            self._file.seek(0, 2)
            self._file.write(np.ascontiguousarray(self._waiting[:_BLOCK_ROWS].T).tobytes())
            self._waiting = self._waiting[_BLOCK_ROWS:].copy()
            self._n_blocks += 1

    def column(self, index: int) -> NDArray[np.float32]:
        """Return all values of one column, in order."""
        values, done = np.empty(self.n_rows, dtype=_ITEM), 0
        for block in self._blocks(index):
            values[done : done + len(block)] = block
            done += len(block)
        values[done:] = self._waiting[:, index]
        return values

    def parts(self, index: int) -> Iterator[NDArray[np.float32]]:
        """Yield the values of one column in order, some 100,000 at a time."""
        blocks = chain(self._blocks(index), [self._waiting[:, index]])
        while some := list(islice(blocks, _PART_BLOCKS)):
            yield np.concatenate(some)

    def _blocks(self, index: int) -> Iterator[NDArray[np.float32]]:
        """Yield the parts of a column that were put into the file."""
        size = _BLOCK_ROWS * _ITEM.itemsize
        for block in range(self._n_blocks):
            self._file.seek((block * self._n_columns + index) * size)
            yield np.frombuffer(self._file.read(size), dtype=_ITEM)


class SeriesStores:
    """One store for each channel of each family, opened as they come."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._stores: dict[tuple[str, int], SeriesStore] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def append(self, family: str, rows: NDArray[np.float64]) -> None:
        """Take rows of a family, shape (channels, rows, columns)."""
        for channel, part in enumerate(rows):
            key = (family, channel)
            if key not in self._stores:
                self._stores[key] = self._open.enter_context(SeriesStore(part.shape[1]))
            self._stores[key].append(part)

    def parts(self, family: str, channel: int, index: int) -> Iterator[NDArray[np.float32]]:
        """Yield one series of a family and channel part by part; nothing if there is none."""
        store = self._stores.get((family, channel))
        return iter(()) if store is None else store.parts(index)

    def column(self, family: str, channel: int, index: int) -> NDArray[np.float32]:
        """Return one series of a family and channel; empty if there is none."""
        store = self._stores.get((family, channel))
        return np.empty(0, dtype=_ITEM) if store is None else store.column(index)
