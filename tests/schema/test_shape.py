"""The shape of records, read from the records."""

from studies import a_study, built

from asmr_stim.io.field_guide import load_field_guide
from asmr_stim.schema.field_guide import records_of_a_study
from asmr_stim.schema.shape import leaves, members, shapes
from asmr_stim.schema.stimulus import Stimulus
from asmr_stim.schema.study import Contrast, Study


def test_a_shape_tells_how_a_field_is_known_and_what_it_allows():
    stimulus = shapes(Stimulus)
    assert (stimulus["duration_s"].known, stimulus["duration_s"].types) == ("value", (float,))
    assert stimulus["composition"].is_list
    assert stimulus["composition"].record.__name__ == "TermShare"
    assert stimulus["participant_dependent"].is_categorical
    assert shapes(Study)["countries"].known == "each"
    assert shapes(Contrast)["task"].words == ("none", "both_sides", "one_side")
    assert shapes(Contrast)["imaging"].record.__name__ == "Imaging"
    assert [name for name, shape in shapes(Contrast).items() if shape.is_required] == [
        "id", "label", "first",
    ]  # fmt: skip


def test_a_leaf_is_named_by_ids_and_found_by_positions():
    study = built(a_study())
    found = {leaf.spot.place: leaf for leaf in leaves(study)}
    leaf = found["stimuli.control_video.channel"]
    assert leaf.spot.field == ("stimuli", "channel")
    assert leaf.spot.where == ("stimuli", 1, "channel")
    assert leaf.spot.member == ("stimuli", "control_video")
    assert leaf.content is study.stimuli[1].channel


def test_members_are_the_records_of_every_list():
    places = [spot.place for spot in members(built(a_study()))]
    assert places == [
        "sources.paper", "samples.adults", "stimuli.asmr_video", "stimuli.control_video",
        "contrasts.asmr_vs_control", "contrasts.asmr_vs_control.stimuli.asmr_video",
        "contrasts.asmr_vs_control.stimuli.control_video",
        "contrasts.asmr_vs_control.outcomes.eeg_power(alpha)",
    ]  # fmt: skip


def test_the_field_guide_explains_every_field_of_every_record():
    guide = load_field_guide()
    for record in records_of_a_study():
        assert all(guide.meaning(record, name) for name in shapes(record))
