"""Lines to write in: what is typed is seen, and what is pasted is taken whole."""

import pytest
from annotation_builders import sound_is_read, write_clip
from textual import events

from asmr_stim_tui.annotator import annotator


@pytest.fixture
async def asked(tmp_path):
    """Return an annotator with one region, its app and pilot."""
    app = annotator(write_clip(tmp_path / "clip.wav"), "rs")
    async with app.run_test(size=(80, 24)) as pilot:
        await sound_is_read(app, pilot)
        await pilot.press("i", "right", "right", "o")
        yield app, pilot
    app.close()


def text_of(app):
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


@pytest.mark.parametrize(("key", "typed"), [("m", "soft_brush"), ("c", "0.75"), ("W", "/nowhere")])
async def test_what_is_typed_is_seen(asked, key, typed):
    app, pilot = asked
    await pilot.press(key, *typed)
    assert typed in text_of(app)


async def test_a_note_is_written_on_and_a_number_is_replaced(asked):
    app, pilot = asked
    for answer in ("0.25", "0.5"):
        await pilot.press("c", *answer, "enter")
    for words in ("soft", "_brush"):
        await pilot.press("m", *words, "enter")
    region = app.annotate_screen.session.regions[0]
    assert (region.confidence, region.notes) == (0.5, "soft_brush")


async def test_a_term_can_be_pasted(asked):
    app, pilot = asked
    await pilot.press("t")
    app.screen.post_message(events.Paste("tapping\n"))
    await pilot.pause()
    await pilot.press("enter")
    assert app.annotate_screen.session.regions[0].source == "tapping"


async def test_what_is_pasted_over_the_clip_presses_no_keys(asked):
    app, pilot = asked
    app.post_message(events.Paste("x q z"))
    await pilot.pause()
    assert len(app.annotate_screen.session.regions) == 1


async def test_a_question_is_read_whole_in_the_smallest_terminal(asked):
    app, pilot = asked
    await pilot.resize_terminal(60, 16)
    await pilot.press("c")
    assert "How sure of r001? 0 (a guess) to 1 (no doubt)" in text_of(app)


async def test_several_lines_that_are_pasted_become_one_note(asked):
    app, pilot = asked
    await pilot.press("m")
    app.screen.query_one("Input").post_message(events.Paste("soft brush\nthen straße\r\n日本"))
    await pilot.pause()
    await pilot.press("enter")
    assert app.annotate_screen.session.regions[0].notes == "soft brush then straße 日本"
