import time
from concurrent.futures import CancelledError

import pytest

from asmr_stim.workflows.worker_pool import Stopped, WorkerPool, tell_share


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


def test_outside_a_worker_nobody_is_told():
    tell_share(0, 0.5)
