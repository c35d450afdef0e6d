"""Processes that work side by side and tell how far each is.

An interrupt (Ctrl-C) is for the program alone, which then tells its workers to stop: each does at
the next share that it tells.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar

Answer = TypeVar("Answer")

# A process that begins as a copy need not import numba and scipy again, which takes as long as half
# a minute of sound, and shares their memory. No thread of ours runs then; OpenBLAS ends its own.
_BEGINNING = "fork" if sys.platform == "linux" else "spawn"


class Stopped(Exception):  # noqa: N818 nothing is wrong: the program was asked to end
    """A worker was told to stop."""


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
        context = get_context(_BEGINNING)
        self._shares = context.RawArray("d", max(n_tasks, 1))
        self._is_over = context.RawValue("b", 0)
        self._executor = ProcessPoolExecutor(
            n_workers,
            mp_context=context,
            initializer=_Told.take,
            initargs=(self._shares, self._is_over),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.value = 1
        self._executor.shutdown(wait=True, cancel_futures=True)

    def submit(self, work: Callable[..., Answer], *arguments: Any) -> Future[Answer]:
        """Have a worker call a function of a module, and return where its answer will be."""
        with _deaf_to_interrupts():  # a process that starts now stays so
            return self._executor.submit(work, *arguments)

    def shares(self) -> list[float]:
        """Return the share of each task that is done, 0 to 1."""
        return list(self._shares)


class _Told:
    """Where a worker writes how far it is; nothing outside a worker."""

    shares: ClassVar[Any] = None
    is_over: ClassVar[Any] = None

    @classmethod
    def take(cls, shares: Any, is_over: Any) -> None:
        """Take the memory that is shared with the program."""
        cls.shares, cls.is_over = shares, is_over
        threading.Thread(target=_end_with_the_program, daemon=True).start()


def _end_with_the_program() -> None:
    """End this process when the program has ended, killed perhaps: nobody takes its answers."""
    program = parent_process()
    if program is not None:
        program.join()
        os._exit(1)


def tell_share(task: int, share: float) -> None:
    """Tell the program, from a worker, how much of a task is done.

    Raises
    ------
    Stopped
        If the program does not want the answer any more.
    """
    if _Told.shares is None:
        return
    _Told.shares[task] = share
    if _Told.is_over.value:
        raise Stopped


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Ignore Ctrl-C for a moment; only the main thread can, and only it is ever told."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
