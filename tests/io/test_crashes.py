"""Kill -9 at random moments of random edits, and look what is left."""

import os
import random
import signal
import time

from annotation_builders import PACES, SOURCES, TAXONOMY, a_clip, a_session, perform

from asmr_stim.io.annotation_opening import open_annotation, save
from asmr_stim.io.annotations import annotation_paths

N_KILLS = 200


def random_command(dice):
    places = sorted(dice.sample(range(1001), 2))
    return dice.choice(
        [
            ("add", *places),
            ("add", *places),
            ("delete", dice.randrange(10)),
            ("relabel", dice.randrange(10), dice.choice(SOURCES)),
            ("set_edges", dice.randrange(10), *places),
            ("set_field", dice.randrange(10), ("pace", dice.choice(PACES))),
            ("set_field", dice.randrange(10), ("notes", "é\u2028" * dice.randrange(200))),
            ("split", dice.randrange(10), places[0]),
            ("merge", dice.randrange(10), dice.randrange(10)),
            ("undo",),
            ("undo",),
            ("redo",),
        ]
    )


def edit_until_killed(paths, seed, acknowledge):
    """Edit for ever in this process; write a byte after every edit that is said to be saved."""
    opened = open_annotation(paths, a_clip(), "rs", TAXONOMY)
    dice = random.Random(seed)  # noqa: S311 dice, no secret
    while True:
        perform(opened.session, random_command(dice))
        os.write(acknowledge, b".")
        if dice.random() < 0.3:
            opened = save(opened)


def states_of(start, seed, n):
    """Return the regions after each of the first n edits on a session, the beginning first."""
    dice = random.Random(seed)  # noqa: S311 dice, no secret
    states = [start.regions]
    for _ in range(n):
        perform(start, random_command(dice))
        states.append(start.regions)
        dice.random()
    return states


def killed_after(paths, seed, n_wanted, delay_s):
    """Run edits in a process of its own, kill it, and return how many it called saved."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            edit_until_killed(paths, seed, writing)
        finally:
            os._exit(1)
    os.close(writing)
    n_saved = 0
    while n_saved < n_wanted:
        n_saved += len(os.read(reading, 1))
    time.sleep(delay_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    n_saved += len(os.read(reading, 4096))
    os.close(reading)
    return n_saved


def test_at_most_the_edit_in_flight_is_missing_after_kill_9(tmp_path):
    dice = random.Random(1)  # noqa: S311 dice, no secret
    paths = annotation_paths(tmp_path / "clip.wav", "rs")
    n_torn = 0
    for seed in range(N_KILLS):
        if seed % 10 == 0:
            for path in (paths.document, paths.journal):
                path.unlink(missing_ok=True)
            before = a_session()
        n_saved = killed_after(paths, seed, dice.randrange(8), dice.random() * 0.01)
        states = states_of(before, seed, n_saved + 1)
        opened = open_annotation(paths, a_clip(), "rs", TAXONOMY)
        n_torn += any("cut off" in notice for notice in opened.notices)
        assert opened.session.regions in states[n_saved:]
        before = open_annotation(paths, a_clip(), "rs", TAXONOMY).session
        before.journal = None
    assert n_torn < N_KILLS
