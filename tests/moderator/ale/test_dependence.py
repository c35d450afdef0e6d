from ale_builders import an_experiment

from asmr_stim.moderator.ale.dependence import merge_samples


def test_experiments_without_a_sample_stay_as_they_are():
    experiments = (an_experiment("a"), an_experiment("b"))
    merging = merge_samples(experiments)
    assert merging.experiments == experiments
    assert (merging.merged, merging.n_without_sample) == ((), 2)


def test_experiments_of_one_sample_become_one_with_all_foci_and_the_smaller_n():
    a = an_experiment("a", 20, ((1.0, 0.0, 0.0),), sample_id="s", columns={"t": "x", "u": "1"})
    b = an_experiment("b", 18, ((2.0, 0.0, 0.0),), sample_id="s", columns={"t": "x", "u": "2"})
    c = an_experiment("c", sample_id="other")
    merging = merge_samples((b, c, a))
    joined, alone = merging.experiments
    assert (joined.name, joined.n) == ("a + b", 18)
    assert joined.foci == ((1.0, 0.0, 0.0), (2.0, 0.0, 0.0))
    assert joined.columns == {"t": "x"}
    assert alone is c
    assert (merging.merged, merging.n_without_sample) == ((("a", "b"),), 0)


def test_a_sample_id_is_not_mistaken_for_a_name():
    merging = merge_samples((an_experiment("a", sample_id="b"), an_experiment("b")))
    assert len(merging.experiments) == 2
