from hypothesis import given
from hypothesis import strategies as st

from asmr_stim_tui.recents import N_RECENT, Recents


@given(used=st.lists(st.integers(0, 15).map(str), max_size=60))
def test_the_last_eight_are_there_and_those_that_stay_keep_their_numbers(used):
    recents = Recents()
    for n_used, source in enumerate(used, start=1):
        before = recents.numbered
        recents.use(source)
        expected = list(dict.fromkeys(reversed(used[:n_used])))[:N_RECENT]
        assert list(recents.latest) == expected
        assert sorted(recents.numbered) == sorted(expected)
        kept = [s for s in before if s in recents.numbered]
        assert [before.index(s) for s in kept] == [recents.numbered.index(s) for s in kept]
