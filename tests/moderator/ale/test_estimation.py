import json

import numpy as np
import pytest
from ale_builders import (
    a_set,
    an_experiment,
    ball_mask,
    foci_sets,
    reference_foci,
    reference_mask,
)
from builders import shared_folder
from hypothesis import given, settings
from hypothesis import strategies as st

from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.estimation import estimate
from asmr_stim.moderator.ale.familywise import correct
from asmr_stim.moderator.ale.result import AleResult, AleSettings, MonteCarlo, NotEstimable
from asmr_stim.schema.foci import FociSet

FEW = settings(max_examples=12)


def same_bits(one, other):
    return all(
        getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in ("ale", "p", "z")
    )


@pytest.mark.parametrize("process", ["knowledge", "relatedness"])
def test_the_stored_clusters_are_found_with_their_sizes_and_peaks(process):
    stored = json.loads((shared_folder("oracles", "ale") / "reference.json").read_text())
    expected = stored["summary"][process]
    result = estimate(reference_foci(process), reference_mask())
    assert result.counts.n_experiments == expected["n_exp"]
    assert result.counts.n_foci == expected["n_foci"]
    assert result.ale.max() == pytest.approx(expected["max_ale"], abs=1e-8)
    assert result.z.max() == pytest.approx(expected["max_z"], abs=1e-4)
    assert (result.p < 0.001).sum() == expected["n_z_gt_3_09"]
    for cluster, known in zip(result.clusters, expected["clusters_cfwe05"], strict=False):
        assert cluster.n_voxels == known["size_vox"]
        assert cluster.volume_mm3 == known["size_mm3"]
        assert list(cluster.peak_mm) == known["peak_xyz"]
        assert cluster.peak_ale == pytest.approx(known["peak_ale"], abs=1e-8)


@pytest.mark.parametrize("process", ["knowledge", "relatedness"])
def test_p_is_that_of_the_reference_but_where_ale_lies_on_the_edge_of_two_bins(process):
    stored = np.load(shared_folder("oracles", "ale") / f"{process}_nimare0221.npz")
    result = estimate(reference_foci(process), reference_mask())
    where = tuple(stored["ijk"].T)
    ale = result.model.mask.filled(result.ale)[where]
    p = result.model.mask.filled(result.p, outside=1.0)[where]
    assert np.abs(ale - stored["ale"]).max() < 1e-7
    to_edge = np.abs((ale * 1e5 - 0.5) - np.rint(ale * 1e5 - 0.5)) / 1e5
    off = np.abs(p / stored["p"] - 1.0)[to_edge > 1e-7]
    # the stored p are 1 - a cumulative sum in doubles (1e-6 of a p of 1e-10); in one bin of each
    # null a pair of values lies on the edge of two bins and fell to the other side there
    assert (off > 2e-6).sum() <= 1
    assert off.max() < 1e-4


@FEW
@given(foci=foci_sets(), order=st.randoms(use_true_random=False))
def test_reordering_changes_no_bit(foci, order):
    shuffled = [
        an_experiment(e.name, e.n, tuple(order.sample(e.foci, len(e.foci))))
        for e in order.sample(foci.experiments, len(foci.experiments))
    ]
    one, other = estimate(foci, ball_mask()), estimate(a_set(*shuffled), ball_mask())
    assert same_bits(one, other)
    assert [c.n_voxels for c in one.clusters] == [c.n_voxels for c in other.clusters]


@FEW
@given(foci=foci_sets(), order=st.randoms(use_true_random=False))
def test_relabelling_changes_no_bit_of_ale_and_p_only_by_the_rounding_to_bins(foci, order):
    names = order.sample(range(1000), len(foci.experiments))
    renamed = [
        an_experiment(f"study {name}", e.n, e.foci)
        for name, e in zip(names, foci.experiments, strict=True)
    ]
    one, other = estimate(foci, ball_mask()), estimate(a_set(*renamed), ball_mask())
    assert one.ale.tobytes() == other.ale.tobytes()
    assert np.abs(other.p / one.p - 1.0).max() < 0.02


def renamed(foci, order):
    names = order.sample(range(1000), len(foci.experiments))
    return a_set(
        *(
            an_experiment(f"study {name}", e.n, e.foci)
            for name, e in zip(names, order.sample(foci.experiments, len(names)), strict=True)
        )
    )


def without_names(clusters):
    return [
        (
            c.n_voxels,
            c.peak_mm,
            c.peak_z,
            c.centre_mm,
            c.mass,
            sorted(s for _, s in c.contributions),
        )
        for c in clusters
    ]


@FEW
@given(foci=foci_sets(), order=st.randoms(use_true_random=False))
def test_in_the_order_of_content_new_names_change_no_bit(foci, order):
    asked = AleSettings(null_order="content", fdr=True)
    few = MonteCarlo(100, seed=3)
    one, other = (
        correct(estimate(each, ball_mask(), asked), few) for each in (foci, renamed(foci, order))
    )
    assert same_bits(one, other)
    assert one.q.tobytes() == other.q.tobytes()
    assert one.familywise.p.tobytes() == other.familywise.p.tobytes()
    assert one.familywise.null_mass.tobytes() == other.familywise.null_mass.tobytes()
    assert without_names(one.clusters) == without_names(other.clusters)


@FEW
@given(foci=foci_sets())
def test_in_the_order_of_content_a_mirrored_brain_gives_the_mirrored_map_too(foci):
    asked = AleSettings(null_order="content")
    mirrored = a_set(
        *(
            an_experiment(e.name, e.n, tuple((-x, y, z) for x, y, z in e.foci))
            for e in foci.experiments
        )
    )
    mask = ball_mask()
    one, other = estimate(foci, mask, asked), estimate(mirrored, mask, asked)
    for name in ("ale", "p", "z"):
        volume = mask.filled(getattr(one, name))
        assert np.array_equal(volume[::-1], mask.filled(getattr(other, name)))


def test_the_order_of_content_changes_p_by_less_than_half_a_percent():
    foci = reference_foci("relatedness")
    named = estimate(foci, reference_mask())
    content = estimate(foci, reference_mask(), AleSettings(null_order="content"))
    assert named.ale.tobytes() == content.ale.tobytes()
    assert 0 < np.abs(content.p / named.p - 1.0).max() < 0.005


@FEW
@given(foci=foci_sets())
def test_a_mirrored_brain_gives_the_mirrored_map(foci):
    mirrored = a_set(
        *(
            an_experiment(e.name, e.n, tuple((-x, y, z) for x, y, z in e.foci))
            for e in foci.experiments
        )
    )
    mask = ball_mask()
    one, other = estimate(foci, mask), estimate(mirrored, mask)
    for name in ("ale", "p", "z"):
        volume = mask.filled(getattr(one, name))
        assert np.array_equal(volume[::-1], mask.filled(getattr(other, name)))


@FEW
@given(foci=foci_sets(max_size=4))
def test_every_experiment_twice_under_one_sample_id_changes_nothing(foci):
    twice = a_set(
        *(
            an_experiment(e.name + suffix, e.n, e.foci, sample_id=e.name)
            for suffix in ("", " again")
            for e in foci.experiments
        )
    )
    merged = estimate(twice, ball_mask())
    assert same_bits(merged, estimate(foci, ball_mask()))
    assert len(merged.counts.merged) == len(foci.experiments)
    kept = estimate(twice, ball_mask(), AleSettings(dependence="keep"))
    assert kept.counts.n_experiments == 2 * len(foci.experiments)
    assert any("kept apart, as asked" in warning for warning in kept.warnings)


def converging(size, at=(0.0, 0.0, 0.0)):
    return [an_experiment(f"e{i}", 20, (at,)) for i in range(size)]


def test_a_cluster_knows_its_peak_centre_and_contributions():
    result = estimate(a_set(*converging(4)), ball_mask())
    (cluster,) = result.clusters
    assert cluster.peak_mm == (0.0, 0.0, 0.0)
    assert cluster.centre_mm == pytest.approx((0.0, 0.0, 0.0), abs=1e-9)
    assert [share for _, share in cluster.contributions] == [0.25] * 4
    assert cluster.carried_by is None
    assert cluster.volume_mm3 == cluster.n_voxels * 64.0
    assert cluster.peak_ale == result.ale.max()
    assert cluster.mass > 0


def test_an_experiment_that_carries_a_cluster_is_named():
    strong = an_experiment("strong", 100, ((-20.0, 0.0, 0.0),))
    weak = an_experiment("weak", 2, ((-28.0, 0.0, 0.0),))
    far = an_experiment("far", 20, ((30.0, 0.0, 0.0),))
    result = estimate(a_set(strong, weak, far), ball_mask(), AleSettings(cluster_p=0.01))
    cluster = next(c for c in result.clusters if c.peak_mm[0] < 0)
    assert cluster.carried_by == "strong"
    alone = next(c for c in result.clusters if c.peak_mm[0] > 0)
    assert (alone.contributions, alone.falls_without) == ((("far", 1.0),), ("far",))
    assert any(
        "carried by one experiment" in text and "'strong'" in text for text in result.warnings
    )


def test_there_may_be_no_cluster():
    spread = [an_experiment(f"e{i}", 20, ((x, 0.0, 0.0),)) for i, x in enumerate((-36.0, 36.0))]
    result = estimate(a_set(*spread), ball_mask(), AleSettings(cluster_p=1e-6))
    assert result.clusters == ()


def test_the_result_says_that_it_is_uncorrected_and_dependence_was_not_checked():
    warnings = estimate(a_set(*converging(20)), ball_mask()).warnings
    assert any("20 of 20 experiments have no sample id" in text for text in warnings)
    assert any("not corrected for the number of places" in text for text in warnings)
    assert not any(text.startswith("Only") for text in warnings)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (19, "from 17 on, as here, a group may be compared"),
        (16, "below 17, as here, one experiment"),
    ],
)
def test_small_numbers_are_said_with_both_thresholds_and_their_source(size, words):
    result = estimate(a_set(*converging(size)), ball_mask())
    assert result.warnings[0].startswith(f"Only {size} experiments: at least 20 are advised")
    assert words in result.warnings[0]
    assert "doi 10.1016/j.neuroimage.2016.04.072" in result.warnings[0]


def test_one_experiment_is_not_estimable_and_says_how_many_are_needed():
    result = estimate(a_set(an_experiment()), ball_mask())
    assert isinstance(result, NotEstimable)
    assert (result.n_experiments, result.n_needed, result.n_advised) == (1, 1, 19)
    assert result.reason.startswith("not estimable: 1 independent experiment with foci")


def test_two_experiments_of_one_sample_are_one_and_not_estimable():
    two = [an_experiment(name, sample_id="s") for name in "ab"]
    assert isinstance(estimate(a_set(*two), ball_mask()), NotEstimable)
    kept = estimate(a_set(*two), ball_mask(), AleSettings(dependence="keep"))
    assert isinstance(kept, AleResult)


def test_talairach_foci_are_not_mixed_with_an_mni_mask_unless_asked_for():
    foci = FociSet(space="Talairach", experiments=tuple(converging(3)))
    with pytest.raises(InputError, match="in Talairach space and the brain mask is in MNI space"):
        estimate(foci, ball_mask())
    result = estimate(foci, ball_mask(), AleSettings(convert_talairach=True))
    assert result.counts.converted == ("e0", "e1", "e2")


def test_contrast_types_are_not_pooled_unless_asked_for():
    mixed = a_set(
        an_experiment("a", contrast_type="before_after"),
        an_experiment("b", contrast_type="stimulus_control"),
    )
    with pytest.raises(InputError, match=r"2 contrast types .* never pooled by default"):
        estimate(mixed, ball_mask())
    pooled = estimate(mixed, ball_mask(), AleSettings(pool_contrast_types=True))
    assert isinstance(pooled, AleResult)


def test_an_experiment_emptied_by_dropping_is_named():
    foci = a_set(*converging(2), an_experiment("far", foci=((80.0, 0.0, 0.0),)))
    result = estimate(foci, ball_mask(), AleSettings(outside="drop"))
    assert result.counts.emptied == ("far",)
    assert any("no focus lies in the mask: far" in text for text in result.warnings)


@pytest.mark.parametrize("p", [0.0, 1.0, -0.1, float("nan")])
def test_a_cluster_p_that_is_no_probability_is_refused(p):
    with pytest.raises(InputError, match="cluster-forming p"):
        AleSettings(cluster_p=p)
