import subprocess
import sys
import time
from concurrent.futures import CancelledError

import pytest

from asmr_stim.workflows.worker_pool import Stopped, WorkerPool, tell_share

TWO_WORKERS = """
import os, time
from asmr_stim.workflows.worker_pool import WorkerPool
if __name__ == "__main__":
    with WorkerPool(2, 2) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        time.sleep(600)
"""


def a_long_task(number):
    for k in range(600):
        tell_share(number, k / 600)
        time.sleep(0.1)


def test_workers_tell_how_far_they_are_and_stop_when_the_program_does():
    with pytest.raises(KeyboardInterrupt), WorkerPool(1, 2) as pool:  # noqa: PT012 one situation
        tasks = [pool.submit(a_long_task, number) for number in range(2)]
        while pool.shares()[0] == 0:
            time.sleep(0.05)
        raise KeyboardInterrupt
    with pytest.raises(Stopped):
        tasks[0].result()
    with pytest.raises((CancelledError, Stopped)):
        tasks[1].result()


def test_workers_end_with_a_program_that_is_killed():
    program = subprocess.Popen([sys.executable, "-c", TWO_WORKERS], stdout=subprocess.PIPE)
    assert int(program.stdout.readline()) != program.pid
    program.kill()
    left, _ = program.communicate(timeout=60)  # its workers hold its output until they end
    assert left == b""


def test_outside_a_worker_nobody_is_told():
    tell_share(0, 0.5)
