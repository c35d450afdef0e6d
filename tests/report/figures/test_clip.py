import warnings
from dataclasses import replace

import pytest
from clip_pictures import KINDS, LONG_NAME, picture_of
from matplotlib.text import Text

from asmr_stim.report.figures import lettering
from asmr_stim.report.figures.clip import clip_figure
from asmr_stim.report.figures.style import save


def texts_of(figure):
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]


def words_of(figure):
    return "\n".join(text.get_text() for text in texts_of(figure))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_clip_has_a_figure_without_warnings_and_nothing_is_cut_off(kind):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = clip_figure(replace(picture_of(kind), name=LONG_NAME))
        figure.draw_without_rendering()
    check_that_nothing_is_cut_off(figure)


@pytest.mark.parametrize("label", ["calibrated, see flags", "0 dBFS = 94.5 dB SPL", "LAeq 45.5 dB"])
def test_the_words_of_every_kind_of_level_have_room(label):
    picture = picture_of("stereo")
    figure = clip_figure(replace(picture, level=replace(picture.level, label=label)))
    figure.draw_without_rendering()
    check_that_nothing_is_cut_off(figure)


def check_that_nothing_is_cut_off(figure):
    for text in texts_of(figure):
        box = text.get_window_extent()
        assert box.x0 >= 0, text
        assert box.y0 >= 0, text
        assert box.x1 <= figure.bbox.x1, text
        assert box.y1 <= figure.bbox.y1, text


def test_two_ears_have_every_panel_and_say_what_they_show():
    words = words_of(clip_figure(picture_of("stereo")))
    for word in (
        "clip.wav", "left", "right", "Frequency (kHz)", "Loudness\n(sone)", "LAeq\n50 dB",
        "ILD (dB)", "IACC", "Modulation frequency (Hz)", "Flags", "Time (s)", "LUFS", "dBTP",
        "energy mean of all", "free field",
    ):  # fmt: skip
        assert word in words


def test_one_channel_has_no_panels_of_two_ears():
    words = words_of(clip_figure(picture_of("mono")))
    assert "ILD" not in words
    assert "IACC" not in words


@pytest.mark.parametrize(
    ("kind", "reason"), [("silent", "silent"), ("shorter than a window", "shorter than window")]
)
def test_what_is_not_there_is_said_in_its_place(kind, reason):
    words = words_of(clip_figure(picture_of(kind)))
    assert words.count(f"not defined: {reason}") >= 4


def test_every_flag_is_told_with_its_evidence():
    picture = picture_of("many flags")
    words = " ".join(words_of(clip_figure(picture)).split())
    assert picture.profile.flags
    for flag in picture.profile.flags:
        assert flag.name.replace("_", " ") in words


def test_the_lines_are_the_series_of_the_features():
    picture = picture_of("stereo")
    axes = [axes for axes in clip_figure(picture).axes if axes.get_ylabel() == "ILD (dB)"]
    drawn = axes[0].lines[0].get_ydata()
    found = picture.profile.pair["ild_db"]
    assert (len(drawn), drawn.mean()) == (found.n_frames, pytest.approx(found.mean, rel=1e-6))


def test_a_figure_is_as_wide_as_two_columns_of_a_journal():
    figure = clip_figure(picture_of("shorter than a window"))
    assert figure.get_figwidth() * 25.4 == pytest.approx(180, abs=0.2)


@pytest.mark.parametrize("ending", ["svg", "pdf"])
def test_the_same_clip_gives_the_same_bytes(tmp_path, ending):
    picture = picture_of("shorter than a window")
    first, second = (
        save(clip_figure(picture), tmp_path / f"{k}.{ending}", is_trimmed=False).read_bytes()
        for k in range(2)
    )
    assert first == second


def test_letters_that_no_font_has_are_written_by_their_code_points():
    shown = lettering.drawable("a_\U000f1234_b\x07.wav")
    assert shown == "a_<U+F1234>_b<U+0007>.wav"


def test_a_font_with_wide_letters_is_used_where_there_is_one(monkeypatch):
    entries = [*lettering.font_manager.fontManager.ttflist]
    noto = lettering.font_manager.FontEntry(name="Noto Sans CJK JP")
    monkeypatch.setattr(lettering.font_manager.fontManager, "ttflist", [*entries, noto])
    assert lettering.families() == ["DejaVu Sans", "Noto Sans CJK JP"]


@pytest.mark.parametrize("n_letters", [1, 40, 100, 253])
def test_a_name_keeps_its_beginning_and_end_in_few_lines(n_letters):
    name = "A" + "w" * n_letters + "Z"
    lines = lettering.in_lines(name, 40, 3)
    assert len(lines) <= 3
    assert (lines[0][0], lines[-1][-1]) == ("A", "Z")
    assert ("…" in "".join(lines)) == ("".join(lines) != name) == (n_letters > 200)
