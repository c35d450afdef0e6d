import pytest
from ale_builders import an_experiment
from hypothesis import given
from hypothesis import strategies as st
from studies import a_contrast, a_stimulus, a_study, built, stated

from asmr_stim.errors import InputError
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.moderator.subgroups import membership, moderator_cells, one_clip_warning


@pytest.mark.parametrize(
    ("cell", "share", "value"),
    [
        ("tapping", 1.0, "tapping"),
        ("tapping=4", 1.0, "tapping"),
        ("tapping; tapping", 1.0, "tapping"),
        ("tapping=3; voice=1", 0.75, "tapping"),
        ("tapping=3; voice=1", 0.76, "mixed"),
        ("tapping=3;voice", 0.75, "tapping"),
        ("tapping; not known=1", 1.0, "mixed"),
        ("mixed", 1.0, "mixed"),
        ("mixed=2", 0.6, "mixed"),
        ("not known=2", 1.0, None),
        ("participant_dependent", 1.0, None),
        ("tapping=1; participant_dependent=1", 0.6, None),
        ("a = b", 1.0, "a = b"),
        (" ; ", 1.0, None),
        (None, 1.0, None),
    ],
)
def test_an_experiment_has_the_value_that_enough_of_its_clips_have(cell, share, value):
    assert membership(cell, share).value == value


def test_the_reason_counts_the_clips():
    assert membership("tapping=3; voice=1").reason == (
        "mixed: no value has 100% of its 4 clips (tapping 3, voice 1)"
    )
    assert membership("participant_dependent").reason.startswith("its stimuli were chosen by each")


@given(counts=st.dictionaries(st.sampled_from("abc"), st.integers(1, 20), min_size=1))
def test_the_order_in_a_cell_does_not_matter(counts):
    cells = [
        "; ".join(f"{value}={count}" for value, count in order)
        for order in (counts.items(), reversed(counts.items()))
    ]
    assert membership(cells[0], 0.6).value == membership(cells[1], 0.6).value


@pytest.mark.parametrize("share", [0.5, 0.0, 1.01, float("nan")])
def test_a_share_that_two_values_could_have_is_refused(share):
    with pytest.raises(InputError, match=r"above 0\.5 and up to 1"):
        membership("a", share)


def cells_of(*stimuli, **changes):
    roles = [{"stimulus": each["id"], "role": "asmr"} for each in stimuli]
    contrast = a_contrast(stimuli=roles)
    study = built(a_study(stimuli=list(stimuli), contrasts=[contrast], **changes))
    return moderator_cells(study, study.contrasts[0], load_taxonomy())


def clip(name, sources, n_clips=None, **more):
    counted = {} if n_clips is None else {"n_clips": stated(n_clips)}
    return a_stimulus(id=name, sources=stated(sources), **counted, **more)


def test_a_study_has_a_cell_for_every_group_axis_and_its_clips():
    cells = cells_of(clip("one", ["tapping"], 3), clip("two", ["whisper"], 1))
    assert cells["voice_present"] == "no_voice=3; voice=1"
    assert cells["source"] == "tapping=3; whisper=1"
    assert cells["n_clips"] == "4"
    assert membership(cells["voice_present"], 0.75).value == "no_voice"
    assert membership(cells["voice_present"]).value == "mixed"


def test_stimuli_of_ones_own_choice_belong_nowhere():
    cells = cells_of(clip("one", ["tapping"], participant_dependent=stated(value=True)))
    assert membership(cells["voice_present"]).value is None
    assert membership(cells["source"]).reason == "its stimuli were chosen by each participant"


def test_one_clip_is_spoken_of_as_this_clip():
    one = an_experiment("a", columns={"trigger": "tapping", "n_clips": "1"})
    two = an_experiment("b", columns={"trigger": "tapping=3"})
    told = one_clip_warning([one, two], {"trigger": "tapping"})
    assert told.startswith(
        "1 of 2 experiments used one clip (a): what they show is about this clip"
    )
    assert "'tapping' (trigger)" in told
    assert one_clip_warning([two], {"trigger": "tapping"}) is None
    assert one_clip_warning([an_experiment("c")], {}) is None
