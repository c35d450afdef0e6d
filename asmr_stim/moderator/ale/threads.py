"""Compiled loops, which hold no lock, in several threads.

Offers: ``in_threads``.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


def in_threads(work: Callable[[int], None], n_threads: int) -> None:
    """Call a function with 0, 1, ... ``n_threads`` - 1, each in a thread; wait for all of them.

    Parameters
    ----------
    work : callable
        Takes the number of its thread; what it raises is raised here.
    n_threads : int, at least 1
    """
    with ThreadPoolExecutor(n_threads) as pool:
        for task in [pool.submit(work, thread) for thread in range(n_threads)]:
            task.result()
