from asmr_stim.moderator.effects.allocations import count_allocations, every_allocation


def test_every_allocation_is_distinct_and_the_given_one_is_among_them():
    codes = [0, 0, 1, 2, 1]
    orders = every_allocation(codes)
    assert len(orders) == count_allocations(codes) == 30
    assert len({tuple(order) for order in orders}) == 30
    assert codes in orders.tolist()
    assert all(sorted(order) == sorted(codes) for order in orders.tolist())
