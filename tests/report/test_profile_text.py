from clip_pictures import EXPANDED, picture_of

from asmr_stim.report.profile_text import profile_text


def test_labels_without_a_value_are_told_apart_although_some_have_commas():
    text = " ".join(profile_text("a.wav", picture_of("silent").profile, EXPANDED).split())
    told = text.partition("n/a: ")[2].partition(". Every sample is zero")[0].split("; ")
    assert {"Roughness, LAeq 50 dB", "Loudness, mean of ears, LAeq 50 dB"} <= set(told)
    assert set(told) <= {feature.label for feature in EXPANDED.features}
