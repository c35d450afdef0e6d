import pytest

from asmr_stim.moderator.ale.threads import in_threads


def test_every_thread_has_a_number_of_its_own():
    seen = []
    in_threads(seen.append, 3)
    assert sorted(seen) == [0, 1, 2]


def test_what_a_thread_raises_reaches_the_caller():
    def fails(thread):
        raise ValueError(f"thread {thread}")

    with pytest.raises(ValueError, match="thread 0"):
        in_threads(fails, 2)
