from dataclasses import replace

from ale_builders import a_set, an_experiment, ball_mask

from asmr_stim.moderator.ale.clusters import Share
from asmr_stim.moderator.ale.estimation import estimate
from asmr_stim.report.clusters import clusters_table


def test_shares_that_would_read_as_nothing_are_neither_counted_nor_listed():
    result = estimate(a_set(an_experiment("a"), an_experiment("b")), ball_mask())
    shares = (Share("a", 0.9991), Share("b", 0.0005), Share("c", 0.0004))
    changed = replace(result, clusters=(replace(result.clusters[0], contributions=shares),))
    table = clusters_table(changed)
    (row,) = table.rows
    told = {column.name: cell for column, cell in zip(table.columns, row, strict=True)}
    assert told["n_contributing"] == 2
    assert told["contributions"] == "a 99.9%; b 0.1%"
    described = {column.name: column.description for column in table.columns}
    assert "at least 0.05%" in described["n_contributing"]
