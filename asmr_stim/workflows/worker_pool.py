"""Processes that work side by side and tell how far each is."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from types import TracebackType
from typing import Any, ClassVar, Self


class WorkerPool:
    """Processes, each of which takes one task after the other; used as a context.

    Parameters
    ----------
    n_workers : int
        Processes, at least 1.
    n_tasks : int
        Tasks that will be given, numbered from 0.
    """

    def __init__(self, n_workers: int, n_tasks: int) -> None:
        context = get_context("spawn")
        self._shares = context.RawArray("d", max(n_tasks, 1))
        self.executor = ProcessPoolExecutor(
            n_workers, mp_context=context, initializer=_Told.take, initargs=(self._shares,)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.executor.shutdown(wait=True, cancel_futures=True)

    def shares(self) -> list[float]:
        """Return the share of each task that is done, 0 to 1."""
        return list(self._shares)


class _Told:
    """Where a worker writes how far it is; nothing outside a worker."""

    shares: ClassVar[Any] = None

    @classmethod
    def take(cls, shares: Any) -> None:
        """Take the memory that is shared with the program."""
        cls.shares = shares


def tell_share(task: int, share: float) -> None:
    """Tell the program, from a worker, how much of a task is done."""
    if _Told.shares is not None:
        _Told.shares[task] = share
