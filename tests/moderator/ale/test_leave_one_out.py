import numpy as np
import pytest
from ale_builders import a_set, an_experiment, ball_mask, foci_sets
from hypothesis import given, settings

from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.estimation import estimate
from asmr_stim.moderator.ale.leave_one_out import leave_one_out
from asmr_stim.moderator.ale.result import AleSettings


@settings(max_examples=10)
@given(foci=foci_sets(min_size=3))
def test_what_is_left_is_what_an_estimate_of_the_rest_has(foci):
    loose = AleSettings(cluster_p=0.01)
    result = estimate(foci, ball_mask(), loose)
    found = leave_one_out(result)
    assert len(found) == len(result.clusters) * len(foci.experiments)
    for experiment in foci.experiments:
        others = [e for e in foci.experiments if e is not experiment]
        rest = estimate(a_set(*others), ball_mask(), loose)
        for cluster in result.clusters:
            one = next(
                f for f in found if (f.cluster, f.experiment) == (cluster.number, experiment.name)
            )
            z = rest.model.mask.filled(rest.z)
            at = (
                np.linalg.solve(ball_mask().affine, (*cluster.peak_mm, 1.0))[:3].round().astype(int)
            )
            # the unit of loss follows from the experiments, so that bins may differ at their edge
            assert one.peak_z == pytest.approx(z[tuple(at)], abs=0.01)


def test_the_experiment_that_a_cluster_hangs_on_comes_first():
    strong = an_experiment("strong", 100, ((-20.0, 0.0, 0.0),))
    others = [an_experiment(f"{i}", 20, ((20.0, 0.0, float(4 * i)),)) for i in range(3)]
    result = estimate(a_set(strong, *others), ball_mask(), AleSettings(cluster_p=0.01))
    of_left = next(c.number for c in result.clusters if c.peak_mm[0] < 0)
    first = next(one for one in leave_one_out(result) if one.cluster == of_left)
    assert (first.experiment, first.kept, first.peak_z) == ("strong", 0.0, 0.0)


def test_two_experiments_are_too_few_to_leave_one_out():
    result = estimate(a_set(an_experiment("a"), an_experiment("b")), ball_mask())
    with pytest.raises(InputError, match="leaves too few to converge"):
        leave_one_out(result)
