"""Several raters: blind by default, side by side with ``--compare``; and tables for others."""

from contextlib import asynccontextmanager

import pytest
from annotation_builders import TAXONOMY, an_annotation, sound_is_read, write_clip

from asmr_stim.io.annotations import annotation_text, clip_of, read_annotation
from asmr_stim.io.tables import read_table
from asmr_stim_tui.annotator import annotator

RATE_HZ = 8000  # one second of sound, so a column of the 80 beside the panel is 12.5 ms


@pytest.fixture
def clip(tmp_path):
    """A clip in which kl heard tapping and then rain, and mn only rain."""
    audio = write_clip(tmp_path / "clip.wav")
    kept(audio, "kl", (40, 1040, "tapping"), (4000, 6000, "rain"))
    kept(audio, "mn", (4000, 6000, "rain"))
    return audio


def kept(audio, rater, *regions):
    fields = ((onset, offset, {"source": source}) for onset, offset, source in regions)
    annotation = an_annotation(*fields, clip=clip_of(audio), rater=rater)
    path = audio.with_name(f"{audio.stem}.{rater}.asmr.yaml")
    path.write_text(annotation_text(annotation), encoding="utf-8")


@asynccontextmanager
async def at_work(audio, *, compare=True, size=(120, 36)):
    app = annotator(audio, "rs", compare=compare)
    async with app.run_test(size=size) as pilot:
        await sound_is_read(app, pilot)
        yield app, pilot
    app.close()


def text(app):
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def press(pilot, *keys):
    await pilot.press(*keys)
    await pilot.pause()


async def test_raters_are_blind_to_each_other_unless_asked(clip):
    async with at_work(clip, compare=False) as (app, pilot):
        assert "kl" not in text(app)
        assert "rain" not in text(app)
        await press(pilot, "d")
        assert "blind" in text(app)
        await press(pilot, "i", "right", "o", "q")
    assert read_annotation(clip.with_name("clip.rs.asmr.yaml"), TAXONOMY).seen_raters == ()


async def test_the_others_lanes_and_numbers_are_shown(clip):
    async with at_work(clip) as (app, pilot):
        shown = text(app)
        assert "kl [tapping" in shown
        assert "mn" in shown
        assert "kl: 0 of 2 events agreed" in shown
        assert "IoU = shared time" in shown
        await press(pilot, "i", *["right"] * 10, "o", "t", *"tapp", "enter")
        onset = app.annotate_screen.scene.region.onset_sample
        assert onset == 0
        assert "kl: IoU 0.9" in text(app)
        assert "agreed" in text(app)
        assert "mn: heard nothing here" in text(app)


async def test_the_next_disagreement_is_a_key_away_and_back(clip):
    async with at_work(clip) as (app, pilot):
        await press(pilot, "d")
        assert app.annotate_screen.scene.cursor == 40
        assert "kl: tapping at 0:00.005, which you do not have" in text(app)
        await press(pilot, "d")
        assert app.annotate_screen.scene.cursor == 4000
        assert "kl: rain at 0:00.500, which you do not have" in text(app)
        await press(pilot, "d")
        assert "Nobody differs after this place." in text(app)
        await press(pilot, "D")
        assert app.annotate_screen.scene.cursor == 40


async def test_where_labels_differ_both_are_named(clip):
    async with at_work(clip) as (app, pilot):
        await press(pilot, "d", "d", "i", *["right"] * 27, "o", "t", *"tapp", "enter")
        assert "source rain, not tapping" in text(app)


async def test_where_labels_differ_the_act_stands_beside_the_source(tmp_path):
    clip = write_clip(tmp_path / "clip.wav")
    said = {"source": "scissors", "act": "haircut"}
    kl = an_annotation((0, 1000, said), clip=clip_of(clip), rater="kl")
    clip.with_name("clip.kl.asmr.yaml").write_text(annotation_text(kl), encoding="utf-8")
    async with at_work(clip) as (app, pilot):
        await press(pilot, "i", *["right"] * 10, "o", "t", *"tapp", "enter")
        assert "source scissors, not tapping, act haircut, not none" in text(app)
        await press(pilot, "x", "home")
        assert "kl: scissors, act haircut at 0:00.000" in text(app)


async def test_when_all_agree_that_is_said(tmp_path):
    audio = write_clip(tmp_path / "clip.wav")
    kept(audio, "kl")
    async with at_work(audio) as (app, pilot):
        await press(pilot, "d")
        assert "All raters agree." in text(app)
        assert "kl made no region" in text(app)


async def test_an_annotation_made_in_sight_of_others_says_so_for_good(clip):
    document = clip.with_name("clip.rs.asmr.yaml")
    async with at_work(clip) as (_, pilot):
        await press(pilot, "i", "right", "o", "q")
    assert read_annotation(document, TAXONOMY).seen_raters == ("kl", "mn")
    async with at_work(clip, compare=False) as (_, pilot):
        await press(pilot, "1", "n", "2", "q")
    assert read_annotation(document, TAXONOMY).seen_raters == ("kl", "mn")


async def test_without_other_raters_comparing_says_so(tmp_path):
    async with at_work(write_clip(tmp_path / "clip.wav")) as (app, _):
        assert "No other rater has annotated this clip yet." in text(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_every_size_has_room_for_three_other_raters(clip, size):
    kept(clip, "op", (40, 1040, "whisper"))
    async with at_work(clip, size=size) as (app, _):
        for word in ("kl: 0 of 2", "mn: 0 of 1", "op: 0 of 1", "0 regions", "Quit"):
            assert word in text(app)


async def test_export_writes_tables_and_names_them(clip):
    async with at_work(clip, compare=False) as (app, pilot):
        await press(pilot, "i", *["right"] * 10, "o", "t", *"rain", "enter", "X")
        assert "Wrote clip.rs.events.tsv and clip.rs.composition.tsv" in text(app)
        assert "without a label" not in text(app)
    (event,) = read_table(clip.with_name("clip.rs.events.tsv")).rows
    assert event["source"].text == "rain"
    (share,) = read_table(clip.with_name("clip.rs.composition.tsv")).rows
    assert share["n_samples"].text == event["offset_sample"].text


async def test_export_and_the_last_words_count_regions_without_a_label(clip, monkeypatch):
    monkeypatch.chdir(clip.parent)
    async with at_work(clip, compare=False) as (app, pilot):
        await press(pilot, "i", "right", "o", "i", "right", "o", "t", *"rain", "enter", "X")
        words = " ".join(text(app).split())
        assert "clip.rs.composition.tsv in this folder. 1 without a label." in words
        await press(pilot, "W")
        assert "It lies in this folder." in text(app)
        await press(pilot, "escape", "q")
        assert app.farewell.startswith("2 regions in ")
        assert app.farewell.endswith("clip.rs.asmr.yaml; 1 without a label")


async def test_without_regions_nothing_is_exported(clip):
    async with at_work(clip, compare=False) as (app, pilot):
        await press(pilot, "X")
        assert "nothing to export" in text(app)
    assert not list(clip.parent.glob("*.tsv"))
