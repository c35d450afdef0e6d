import json
import os
import signal
import subprocess
import sys

import pytest

from asmr_stim.errors import OutputError
from asmr_stim.io.session_lock import Holder, SessionLock, acquire

HOLD = """
import sys, time
from pathlib import Path
from asmr_stim.io.session_lock import acquire
lock = acquire(Path(sys.argv[1]))
print(type(lock).__name__, flush=True)
time.sleep(600)
"""


@pytest.fixture
def other(tmp_path):
    """Another process that holds the lock."""
    command = [sys.executable, "-c", HOLD, str(tmp_path / "x.lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "SessionLock\n"
        yield process
        process.kill()


def test_a_lock_is_held_named_and_given_back(tmp_path):
    path = tmp_path / "x.lock"
    lock = acquire(path)
    assert isinstance(lock, SessionLock)
    assert json.loads(path.read_text())["process"] == os.getpid()
    assert isinstance(acquire(path), Holder)
    lock.release()
    lock.release()
    assert not path.exists()
    again = acquire(path)
    assert isinstance(again, SessionLock)
    again.release()


def test_another_process_is_named_and_its_death_frees_the_lock(tmp_path, other):
    path = tmp_path / "x.lock"
    holder = acquire(path)
    assert holder == Holder(os.uname().nodename, other.pid)
    assert str(other.pid) in str(holder)
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert path.exists()
    lock = acquire(path)
    assert isinstance(lock, SessionLock)
    lock.release()


def test_a_lock_of_another_machine_counts(tmp_path):
    path = tmp_path / "x.lock"
    path.write_text(json.dumps({"host": "elsewhere", "process": 1}))
    assert acquire(path) == Holder("elsewhere", 1)
    assert path.exists()


@pytest.mark.parametrize("content", ["", "nonsense", "{}", "[1]"])
def test_a_lock_file_that_says_nothing_is_taken(tmp_path, content):
    path = tmp_path / "x.lock"
    path.write_text(content)
    lock = acquire(path)
    assert isinstance(lock, SessionLock)
    lock.release()


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(OutputError, match="cannot be written"):
        acquire(tmp_path / "gone" / "x.lock")
