import io
import threading
from types import SimpleNamespace

import pytest

from asmr_stim.cli import progress


class Terminal(io.StringIO):
    """A terminal that says when something was written to it."""

    def __init__(self, *, is_terminal=True):
        super().__init__()
        self.is_terminal = is_terminal
        self.written = threading.Event()

    def isatty(self):
        return self.is_terminal

    def flush(self):
        self.written.set()


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE_S", 0.0)
    found = Terminal()
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=found))
    return found


def test_a_wait_without_any_share_says_what_it_is_for(terminal):
    with progress.progress_line("measuring", "... compiles"):
        assert terminal.written.wait(30)
    assert terminal.getvalue() == "\r\x1b[Kmeasuring ... compiles\r\x1b[K"


def test_a_share_is_drawn_as_a_bar_and_wiped(terminal):
    with progress.progress_line("measuring") as tell:
        tell(0.5)
    assert "━" * 15 + "┄" * 15 + "  50%" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_nothing_is_written_where_nobody_looks(terminal):
    terminal.is_terminal = False
    with progress.progress_line("measuring", "... compiles") as tell:
        tell(0.5)
    assert not terminal.getvalue()
