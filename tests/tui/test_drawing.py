import numpy as np
import pytest
from annotation_builders import sound_is_read, write_clip
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem

from asmr_stim_tui.annotator import annotator
from asmr_stim_tui.drawing import DrawnApp, ascii_text, canvas_for, wear
from asmr_stim_tui.help_screen import HelpScreen
from asmr_stim_tui.pixel_strip import PixelStrip
from asmr_stim_tui.spectrogram import shades
from asmr_stim_tui.themes import THEMES
from asmr_stim_tui.time_picture import TimePicture


@pytest.fixture(autouse=True)
def undressed():
    before = DrawnApp.canvas, DrawnApp.theme_name
    yield
    wear(*before)


@pytest.mark.parametrize(
    ("environment", "encoding", "is_ascii", "n_shades"),
    [
        ({"TERM": "xterm-256color"}, "utf-8", False, 24),
        ({"TERM": "xterm-256color"}, "UTF8", False, 24),
        ({"TERM": "xterm-256color", "SSH_CONNECTION": "a b"}, "utf-8", False, 16),
        ({"TERM": "linux"}, "utf-8", True, 10),
        ({"TERM": "dumb"}, "utf-8", True, 10),
        ({}, "utf-8", True, 10),
        ({"TERM": "xterm-256color"}, "iso-8859-1", True, 10),
        ({"TERM": "xterm-256color", "SSH_CONNECTION": "a b"}, "ascii", True, 10),
    ],
)
def test_what_is_drawn_follows_the_terminal(environment, encoding, is_ascii, n_shades):
    canvas = canvas_for("auto", environment, encoding)
    assert (canvas.is_ascii, canvas.n_shades) == (is_ascii, n_shades)


@pytest.mark.parametrize(
    ("drawing", "system"),
    [
        ("truecolor", ColorSystem.TRUECOLOR),
        ("256", ColorSystem.EIGHT_BIT),
        ("16", ColorSystem.STANDARD),
        ("ascii", ColorSystem.STANDARD),
    ],
)
def test_what_somebody_chose_stands_above_the_terminal(drawing, system):
    canvas = canvas_for(drawing, {"TERM": "dumb", "SSH_CONNECTION": "a b"}, "ascii")
    assert canvas.colours == system


@given(text=st.text(max_size=30))
def test_ascii_is_ascii_and_as_wide(text):
    printable = "".join(letter for letter in text if letter.isprintable())
    plain = ascii_text(printable)
    assert plain.isascii()
    assert len(plain) == cell_len(printable)


async def lines_of(tmp_path, *keys):
    app = annotator(write_clip(tmp_path / "Gerät.wav"), "rs")
    async with app.run_test(size=(120, 36)) as pilot:
        await sound_is_read(app, pilot)
        await pilot.press("i", *["right"] * 9, "o", *keys)
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        area = app.annotate_screen.query_one("Spectrogram").region
        is_help = isinstance(app.screen, HelpScreen)
        strip = app.annotate_screen.query_one("Spectrogram").render_line(1)
    app.close()
    return ["".join(segment.text for segment in each) for each in strips], area, strip, is_help


@pytest.mark.parametrize("keys", [(), ("t",), ("question_mark",), ("m",)])
async def test_letters_alone_show_everything(tmp_path, keys):
    wear(canvas_for("ascii", {}, ""), "night")
    lines, area, _, _ = await lines_of(tmp_path, *keys)
    assert [line for line in lines if not line.isascii()] == []
    if not keys:
        picture = "".join(line[area.x : area.right] for line in lines[area.y : area.bottom])
        assert {"@", " ", "|"} <= set(picture) <= set(" .:-=+*#%@|")
        assert "Gerat.wav" in lines[0]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (
            "question_mark",
            ("left h Move the", "< Move back by 10", "n down Select the next", "up down scroll"),
        ),
        ("t", ("up down move",)),
        (
            "left_square_bracket",
            ("Holding the begin of r001: left right move it", "left right Move"),
        ),
    ],
)
async def test_in_letters_an_arrow_key_has_a_name_that_no_other_key_has(tmp_path, key, words):
    wear(canvas_for("ascii", {}, ""), "night")
    lines, *_ = await lines_of(tmp_path, key)
    text = " ".join(" ".join(lines).split())
    assert [each for each in words if each not in text] == []


@pytest.mark.parametrize(("drawing", "n_shades"), [("256", 16), ("16", 4), ("truecolor", 24)])
async def test_the_spectrogram_keeps_to_the_shades(tmp_path, drawing, n_shades):
    wear(canvas_for(drawing, {}, ""), "night")
    _, _, strip, _ = await lines_of(tmp_path)
    assert isinstance(strip, PixelStrip)
    assert strip._upper.max() <= n_shades
    assert strip._palette.size == n_shades + 1


async def test_every_theme_that_is_offered_draws_pictures_in_its_own_colours(tmp_path):
    wear(canvas_for("truecolor", {}, ""), "night")
    app = annotator(write_clip(tmp_path / "clip.wav"), "rs")
    async with app.run_test(size=(120, 40)) as pilot:
        await sound_is_read(app, pilot)
        for name in app.available_themes:
            app.theme = name
            await pilot.pause()
            for picture in app.screen.query(TimePicture):
                assert picture.style_of("ground") == picture.rich_style
                gutter = picture.get_component_rich_style("time-picture--gutter")
                assert picture.style_of("time-picture--gutter") == gutter
    app.close()


@pytest.mark.parametrize("theme", [theme.name.removeprefix("asmr-") for theme in THEMES])
async def test_every_theme_can_be_worn(tmp_path, theme):
    wear(canvas_for("truecolor", {}, ""), theme)
    app = annotator(write_clip(tmp_path / "clip.wav"), "rs")
    async with app.run_test(size=(80, 24)) as pilot:
        await sound_is_read(app, pilot)
        await pilot.press("i", "right", "o")
        assert app.theme == f"asmr-{theme}"
    app.close()


def test_on_a_light_ground_lightness_falls():
    def luminance(colour):
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        return 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2

    values = [luminance(colour) for colour in shades(24, is_light=True)]
    assert np.all(np.diff(values) < 0)
    assert values[0] > 0.9
    assert values[-1] < 0.05
