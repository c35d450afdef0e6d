"""A line on stderr that tells how far a long task is, only where a person is looking."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE_S = 2.0  # shorter tasks need no bar
REDRAW_S = 0.1
WIDTH = 30
COMPILING = "... (the first run of a version compiles for up to a minute)"


@contextmanager
def progress_line(what: str, at_first: str = "") -> Iterator[Callable[[float], None]]:
    """Give a function that is told the share done, 0 to 1.

    The line appears after two seconds, says how much time is left, and is wiped at the end. Until
    a share is told it has ``at_first``: what the wait is for. Nothing is written if stderr is no
    terminal.
    """
    start = time.monotonic()
    drawn = [0.0]

    def tell(share: float) -> None:
        now = time.monotonic()
        if not sys.stderr.isatty() or now - start < PATIENCE_S or now - drawn[0] < REDRAW_S:
            return
        drawn[0] = now
        left_s = (now - start) * (1 - share) / share if share > 0 else float("inf")
        _draw(f"{what} {_bar(share)} {share:4.0%}{_remaining(left_s)}")

    def tell_first() -> None:
        if sys.stderr.isatty() and not drawn[0]:
            drawn[0] = time.monotonic()
            _draw(f"{what} {at_first}")

    first = threading.Timer(PATIENCE_S, tell_first)
    first.daemon = True
    if at_first:
        first.start()
    try:
        yield tell
    finally:
        first.cancel()
        if at_first:
            first.join()
        if drawn[0]:
            _draw("")


def _draw(text: str) -> None:
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()


def _bar(share: float) -> str:
    full = round(min(max(share, 0.0), 1.0) * WIDTH)
    return "━" * full + "┄" * (WIDTH - full)


def _remaining(left_s: float) -> str:
    if left_s == float("inf"):
        return ""
    minutes, seconds = divmod(round(left_s), 60)
    return f", {minutes}:{seconds:02d} left"
