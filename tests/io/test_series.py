import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from asmr_stim.io.series import SeriesStore, SeriesStores


@given(sizes=st.lists(st.integers(0, 9000), max_size=5))
def test_columns_come_back_as_they_were_put_in(sizes):
    rows = np.random.default_rng(0).standard_normal((sum(sizes), 3)).astype(np.float32)
    with SeriesStore(3) as store:
        for part in np.split(rows, np.cumsum(sizes)[:-1]) if sizes else []:
            store.append(part)
        assert store.n_rows == len(rows)
        for k in range(3):
            assert np.array_equal(store.column(k), rows[:, k])
            assert np.array_equal(np.concatenate(list(store.parts(k))), rows[:, k])


def test_a_long_series_goes_to_the_disk():
    rows = np.arange(1_200_000.0).reshape(-1, 2)
    with SeriesStore(2) as store:
        store.append(rows)
        assert store._file._rolled
        assert np.array_equal(store.column(1), rows[:, 1])
        parts = list(store.parts(1))
        assert max(map(len, parts)) < len(rows) / 4
        assert np.array_equal(np.concatenate(parts), rows[:, 1])


def test_each_channel_of_each_family_has_its_own_series():
    with SeriesStores() as stores:
        stores.append("a", np.array([[[1.0]], [[2.0]]]))
        stores.append("b", np.array([[[3.0]]]))
        stores.append("a", np.array([[[4.0]], [[5.0]]]))
        assert stores.column("a", 1, 0).tolist() == [2, 5]
        assert stores.column("b", 0, 0).tolist() == [3]
        assert stores.column("c", 0, 0).tolist() == []
        assert [part.tolist() for part in stores.parts("a", 1, 0)] == [[2, 5]]
        assert list(stores.parts("c", 0, 0)) == []
