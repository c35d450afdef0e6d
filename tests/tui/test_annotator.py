import re

import numpy as np
import pytest
import soundfile
from annotation_builders import TAXONOMY, sound_is_read, write_clip

from asmr_stim.errors import InputError, MissingInputError, OutputError
from asmr_stim.io.annotations import read_annotation
from asmr_stim_tui.actions import ACTIONS
from asmr_stim_tui.annotator import annotator, default_rater
from asmr_stim_tui.help_screen import HelpScreen
from asmr_stim_tui.label_picker import LabelPicker

SIZE = (80, 24)


@pytest.fixture
def clip(tmp_path):
    return write_clip(tmp_path / "clip.wav")


class Running:
    """An annotator at work: keys go in, the session and the screen's text come out."""

    def __init__(self, app, pilot):
        self.app, self.pilot = app, pilot

    async def keys(self, *keys):
        await self.pilot.press(*keys)
        await self.pilot.pause()

    @property
    def regions(self):
        return self.app.annotate_screen.session.regions

    @property
    def scene(self):
        return self.app.annotate_screen.scene

    def text(self):
        screen = self.app.screen
        return "\n".join(
            "".join(segment.text for segment in strip)
            for strip in screen._compositor.render_strips()
        )

    async def region(self, n_columns=4):
        await self.keys("i", *["right"] * n_columns, "o")


@pytest.fixture
def start(clip):
    def opened(path=clip, size=SIZE, **options):
        app = annotator(path, **{"rater": "rs"} | options)
        return _Context(app, size)

    return opened


class _Context:
    def __init__(self, app, size):
        self.app, self.test = app, app.run_test(size=size)

    async def __aenter__(self):
        pilot = await self.test.__aenter__()
        await sound_is_read(self.app, pilot)
        return Running(self.app, pilot)

    async def __aexit__(self, *details):
        await self.test.__aexit__(*details)
        self.app.close()


async def test_in_arrows_out_make_a_region_that_is_counted_and_saved(start):
    async with start() as run:
        assert "0 regions" in run.text()
        await run.keys("right", "right")
        onset = run.scene.cursor
        await run.region(4)
        assert [(r.onset_sample, r.offset_sample) for r in run.regions] == [
            (onset, run.scene.cursor)
        ]
        assert "1 region " in run.text()
        assert "✓ saved" in run.text()
        assert "no label yet: press t" in run.text()


async def test_out_before_in_makes_the_same_region(start):
    async with start() as run:
        await run.keys("right", "right", "right", "o", "left", "left", "i")
        assert run.regions[0].onset_sample < run.regions[0].offset_sample


async def test_a_region_without_length_is_not_made_and_the_in_mark_stays(start):
    async with start() as run:
        await run.keys("i", "o")
        assert run.regions == ()
        assert "needs some length" in run.text()
        await run.keys("right", "o")
        assert len(run.regions) == 1


async def test_escape_forgets_a_mark(start):
    async with start() as run:
        await run.keys("i", "right")
        assert run.scene.pending is not None
        await run.keys("escape")
        assert run.scene.pending is None


async def test_the_picker_labels_by_a_few_letters_and_shows_the_definition(start):
    async with start(size=(120, 36)) as run:
        await run.region()
        await run.keys("t", *"tapp")
        assert isinstance(run.app.screen, LabelPicker)
        assert "Fingers, nails or a" in run.text()
        await run.keys("enter")
        assert run.regions[0].source == "tapping"
        assert "tapping" in run.text()


async def test_the_picker_breaks_lines_between_terms_and_shows_no_marks(start):
    async with start() as run:
        await run.region()
        await run.keys("t", *"unint")
        text = re.sub(r"\n.*│.*│", " ", run.text())
        assert "voice / whisper /" in run.text()
        assert "unintelligible_whisper" in run.text()
        assert "`" not in text


async def test_letters_that_match_nothing_say_so(start):
    async with start() as run:
        await run.region()
        for key in ("t", "a"):
            await run.keys(key, *"qqqx")
            await run.pilot.pause(0.1)
            assert "Nothing matches 'qqqx'" in run.text()
            await run.keys("enter")
            assert "Nothing matches" in run.text()
            await run.keys("escape")


async def test_nothing_is_chosen_from_a_list_that_is_not_seen(start):
    async with start() as run:
        await run.region()
        await run.keys("t", *"tap")
        await run.pilot.resize_terminal(25, 6)
        await run.keys("enter")
        await run.pilot.resize_terminal(80, 24)
        assert run.regions[0].source is None
        await run.keys("enter")
        assert run.regions[0].source == "tapping"


async def test_the_picker_shows_the_id_where_the_label_is_another_word(start):
    async with start(size=(120, 36)) as run:
        await run.region()
        await run.keys("t", *"humming")
        assert "Humming and soft singing singing" in run.text()
        await run.keys("escape", "t", *"rain")
        assert "Rain rain" not in run.text()


async def test_the_picker_sets_each_axis_and_further_sources(start):
    async with start() as run:
        await run.region()
        await run.keys("t", *"haircut", "enter")
        await run.keys("t", *"scissors", "enter")
        await run.keys("t", *"rain", "ctrl+a")
        await run.keys("t", *"audio only", "enter")
        region = run.regions[0]
        assert (region.act, region.source, region.channel) == ("haircut", "scissors", "audio")
        assert region.secondary_sources == ("rain",)
        await run.keys("t", *"rain", "enter")
        assert run.regions[0].sources == ("rain",)


async def test_the_last_label_is_offered_first(start):
    async with start() as run:
        await run.region()
        await run.keys("t", *"whisper", "enter")
        await run.region()
        await run.keys("t", "enter")
        assert [r.source for r in run.regions] == ["whisper", "whisper"]


async def test_function_keys_give_recent_labels_and_keep_their_numbers(start):
    async with start() as run:
        await run.region()
        await run.keys("f1")
        assert "0 labels used so far" in run.text()
        for word in ("whisper", "rain", "whisper"):
            await run.keys("t", *word, "enter")
        await run.keys("f2")
        assert run.regions[0].source == "rain"
        await run.region()
        await run.keys("f1")
        assert run.regions[1].source == "whisper"
        await run.keys("t")
        assert "F2" in run.text()
        await run.keys("f2")
        assert run.regions[1].source == "rain"


async def test_clearing_takes_the_label_away(start):
    async with start() as run:
        await run.region()
        await run.keys("t", *"whisper", "enter", "t")
        options = run.app.screen.query_one("#entries")
        options.highlighted = options.option_count - 1
        await run.keys("enter")
        assert run.regions[0].source is None


async def test_the_picker_goes_through_the_axes_and_back_out(start):
    async with start() as run:
        await run.region()
        await run.keys("t", "tab", "tab")
        listed = run.app.screen.query_one("#entries")
        assert {TAXONOMY.axis_of(o.id) for o in listed.options} == {"act"}
        await run.keys("shift+tab", "pagedown", "down", "pageup", "up", *"zzzzqqq")
        assert "Nothing matches" in run.text()
        await run.keys("enter", "escape")
        assert run.regions[0].source is None
        assert len(run.app.screen_stack) == 2


@pytest.mark.parametrize("intensity", [1, 2, 3, 4, 5])
async def test_digits_set_the_intensity(start, intensity):
    async with start() as run:
        await run.region()
        await run.keys(str(intensity))
        assert run.regions[0].intensity == intensity


async def test_ear_and_pace_go_round(start):
    async with start() as run:
        await run.region()
        ears, paces = [], []
        for _ in range(3):
            await run.keys("e")
            ears.append(run.regions[0].ear)
        for _ in range(4):
            await run.keys("p")
            paces.append(run.regions[0].pace)
        assert ears == ["left", "right", "both"]
        assert paces == ["slow", "medium", "fast", None]


async def test_a_facet_is_found_by_a_few_letters_explained_and_taken_back(start):
    async with start(size=(120, 36)) as run:
        await run.region()
        await run.keys("a", *"moving")
        assert "It moves." in run.text()
        await run.keys("enter")
        await run.keys("a", *"absent", "enter")
        assert run.regions[0].facets == {"motion": "moving", "speech_present": "absent"}
        assert "motion: moving" in run.text()
        await run.keys("a")
        assert "say nothing of motion (now moving)" in run.text()
        assert "✗ takes it away" in run.text()
        assert "enter takes away what was" in run.text()
        await run.keys("enter", "z", "z")
        assert run.regions[0].facets == {"motion": "moving"}


async def test_facets_of_the_whole_recording_are_not_offered_for_a_region(start):
    async with start() as run:
        await run.region()
        await run.keys("a", *"headphones")
        assert "Nothing matches" in run.text()
        await run.keys("escape")
        screen = run.app.annotate_screen
        said = {"intent": "incidental"}
        screen._edit(lambda: screen.session.set_field("r001", "facets", said))
        await run.keys("a", *"generated", "enter")
        assert run.regions[0].facets == {"intent": "generated"}


async def test_undo_says_what_changes_back_and_selects_the_region(start):
    async with start() as run:
        await run.region()
        await run.keys("t", *"rain", "enter")
        await run.region()
        await run.keys("3", "a", *"moving", "enter", "z")
        assert "Undo: facets of r002." in run.text()
        await run.keys("z")
        assert "Undo: intensity of r002." in run.text()
        await run.keys("N", "z")
        assert "Undo: add r002." in run.text()
        assert run.scene.selected == "r001"
        await run.keys("escape", "z")
        assert "Undo: label of r001." in run.text()
        assert (run.scene.selected, run.scene.cursor) == ("r001", 0)
        await run.keys("left_square_bracket", "right", "z")
        assert "Undo: begin of r001." in run.text()


async def test_the_facet_picker_leaves_everything_as_it_is_on_escape(start):
    async with start() as run:
        await run.region()
        await run.keys("a", *"nosuchword")
        assert "Nothing matches" in run.text()
        await run.keys("escape")
        assert run.regions[0].facets == {}


async def test_confidence_is_asked_for_and_checked(start):
    async with start() as run:
        await run.region()
        await run.keys("c", *"2", "enter")
        assert "outside 0 to 1" in run.text()
        await run.keys("backspace", *"x", "enter")
        assert "is no number" in run.text()
        await run.keys("backspace", *"0.75", "enter")
        assert run.regions[0].confidence == 0.75
        await run.keys("c", *["backspace"] * 4, "enter")
        assert run.regions[0].confidence is None


async def test_a_note_is_written_and_left(start):
    async with start() as run:
        await run.region()
        await run.keys("m", *"soft", "enter")
        assert run.regions[0].notes == "soft"
        await run.keys("m", *"er", "escape")
        assert run.regions[0].notes == "soft"


async def test_delete_undo_redo(start):
    async with start() as run:
        await run.region()
        before = run.regions
        await run.keys("x")
        assert run.regions == ()
        assert "z brings it back" in run.text()
        await run.keys("z")
        assert run.regions == before
        await run.keys("Z")
        assert run.regions == ()
        await run.keys("ctrl+z", "ctrl+z")
        await run.keys("z")
        assert "nothing to undo" in run.text()
        await run.keys("ctrl+y", "ctrl+y", "ctrl+y")
        assert "nothing to redo" in run.text()


async def test_next_and_previous_select_regions_and_move_the_cursor(start):
    async with start() as run:
        for _ in range(3):
            await run.region()
        onsets = [r.onset_sample for r in run.regions]
        await run.keys("N", "N")
        assert (run.scene.selected, run.scene.cursor) == ("r001", onsets[0])
        await run.keys("up")
        assert "first region" in run.text()
        await run.keys("n", "down", "n")
        assert run.scene.selected == "r003"
        assert "last region" in run.text()
        await run.keys("escape")
        assert run.scene.region is None
        await run.keys("x")
        assert "No region is selected" in run.text()
        await run.keys("end", "n")
        assert run.scene.selected == "r003"
        await run.keys("escape", "home", "N")
        assert run.scene.selected == "r001"


async def test_without_regions_region_keys_say_what_to_do(start):
    async with start() as run:
        for key in ("x", "t", "1", "e", "p", "c", "m", "n", "N", "F"):
            await run.keys(key)
            assert "no region yet" in run.text(), key
        assert run.app.annotate_screen.session.undoable is None


async def test_the_cursor_moves_by_column_time_page_and_end(start):
    async with start() as run:
        rate = run.scene.clip.rate_hz
        for key, samples in (("full_stop", rate / 1000), ("greater_than_sign", rate / 100)):
            before = run.scene.cursor
            await run.keys(key)
            assert run.scene.cursor - before == samples
        await run.keys("comma", "less_than_sign")
        assert run.scene.cursor == 0
        await run.keys("l", "h", "left")
        assert run.scene.cursor == 0
        await run.keys("end")
        assert run.scene.cursor == run.scene.clip.n_samples
        assert "▼" in run.text()
        await run.keys("home", "plus", "plus", "plus", "L")
        assert run.scene.viewport.start > 0
        await run.keys("shift+left")
        assert run.scene.viewport.start == 0


async def test_a_region_can_reach_to_the_very_end(start):
    async with start() as run:
        await run.keys("end", "left", "i", "right", "right", "o")
        assert run.regions[0].offset_sample == run.scene.clip.n_samples


async def test_zoom_reaches_single_milliseconds_and_back_to_the_whole_clip(start):
    async with start() as run:
        await run.keys(*["plus"] * 12)
        assert run.scene.seconds(run.scene.viewport.per_column) < 0.001
        await run.keys("minus", "f")
        assert run.scene.viewport.is_whole
        await run.region(8)
        await run.keys("F")
        assert not run.scene.viewport.is_whole
        region = run.regions[0]
        first, last = run.scene.viewport.columns(region.onset_sample, region.offset_sample)
        assert last - first > run.scene.viewport.n_columns / 2


async def test_quiet_sound_can_be_drawn_larger(start):
    async with start() as run:
        before = run.text()
        await run.keys("g", "g")
        assert "-12dB" in run.text() or "-18dB" in run.text()
        await run.keys("G", "G", "G")
        assert run.text() == before


async def test_save_writes_the_file_and_says_so(start, clip):
    async with start() as run:
        await run.region()
        await run.keys("ctrl+s")
        assert "Wrote 1 region to clip.rs.asmr.yaml" in run.text()
        written = read_annotation(clip.with_name("clip.rs.asmr.yaml"), TAXONOMY)
        assert written.regions == run.regions


async def test_quitting_saves_and_reopening_shows_it(start, clip):
    async with start() as run:
        await run.region()
        await run.keys("t", *"rain", "enter", "q")
    assert (
        read_annotation(clip.with_name("clip.rs.asmr.yaml"), TAXONOMY).regions[0].source == "rain"
    )
    async with start() as run:
        assert "1 region " in run.text()
        assert "rain" in run.text()
        await run.keys("z", "z")
        assert run.regions == ()


async def test_looking_leaves_no_file(start, clip):
    async with start() as run:
        await run.keys("right", "plus", "question_mark", "escape", "q")
    assert sorted(p.name for p in clip.parent.iterdir()) == ["clip.wav"]


async def test_edits_of_a_session_that_was_killed_come_back_with_a_notice(start):
    first = annotator_session(start)
    async with first as run:
        await run.region()
    async with start() as run:
        assert len(run.regions) == 1
        assert "Recovered 1 edit" in run.text()


def annotator_session(start):
    """Return a run whose file is never written, as after kill -9."""
    context = start()
    context.app._save = lambda: False
    return context


async def test_a_second_session_only_looks(start, clip):
    async with start() as run:
        await run.region()
        await run.keys("ctrl+s")
        async with start() as second:
            assert "READ ONLY" in second.text()
            assert "1 region " in second.text()
            assert "is annotating this clip" in second.text()
            for key in ("1", "x", "z"):
                await second.keys("n", key)
                assert second.regions == run.regions
                assert "Read only" in second.text()
            await second.keys("right")
            assert "Only looking: n goes on" in second.text()
            assert not {"i In", "z Undo", "x Delete"} & set(re.findall(r"\w \w+", second.text()))
            await second.keys("ctrl+s", "q")
        await run.region()
        await run.keys("q")
    assert len(read_annotation(clip.with_name("clip.rs.asmr.yaml"), TAXONOMY).regions) == 2
    async with start() as run:
        assert "READ ONLY" not in run.text()


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_a_long_name_leaves_room_for_the_facts(start, tmp_path, width):
    path = write_clip(tmp_path / f"{'とても長い' * 8}_and_longer_still.wav")
    async with start(path, size=(width, 24)) as run:
        first = run.text().partition("\n")[0]
        assert first.rstrip().endswith("l.wav  0:01.000  8 kHz stereo  rater rs")
        assert "とて" in first


async def test_a_narrow_screen_tells_the_shares_of_time_where_nothing_is_selected(start):
    async with start() as run:
        await run.keys("i", "end", "o", "t", *"rain", "enter", "escape")
        assert "share of time: rain 100%" in run.text()


async def test_an_act_is_a_label(start):
    async with start(size=(120, 36)) as run:
        await run.region()
        assert "no label yet" in run.text()
        await run.keys("t", *"unbox", "enter")
        assert "no label yet" not in run.text()


async def test_brackets_in_a_name_are_shown(start, tmp_path):
    async with start(write_clip(tmp_path / "clip [bold] [-x].wav")) as run:
        await run.region()
        await run.keys("ctrl+s")
        assert "Wrote 1 region to clip [bold] [-x].rs.asmr.yaml." in run.text()


async def test_facts_that_have_no_room_are_left_out_whole(start):
    async with start() as run:
        await run.keys("i")
        assert "│ marked 0 ms │ whole clip " in run.text()
        await run.keys("right")
        assert re.search(r"│ marked \d\d\.\d+ ms +\n", run.text())


async def test_a_folder_that_cannot_be_written_is_said_at_once(start, clip, monkeypatch):
    def refused(path):
        raise OutputError(f"{path} cannot be written (Read-only file system)")

    monkeypatch.setattr("asmr_stim_tui.annotator.acquire", refused)
    async with start() as run:
        text = " ".join(run.text().split())
        assert "Read-only file system): edits will be kept in memory only" in text


async def test_a_full_disk_is_said_at_once_and_edits_are_kept(start, clip, monkeypatch):
    async with start() as run:
        await run.region()

        def full(*_):
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as broken:
            broken.setattr("asmr_stim.io.journals._write_at", full)
            await run.region()
            assert "NOT SAVED" in run.text()
            assert "No space left on device" in run.text().replace("\n", " ")
            assert len(run.regions) == 2
            assert "Another folder to write it to" in run.text()
            await run.keys("escape", "q")
            assert run.app.is_running
        await run.keys("ctrl+s")
        assert "✓ saved" in run.text()
    assert len(read_annotation(clip.with_name("clip.rs.asmr.yaml"), TAXONOMY).regions) == 2


async def test_help_lists_every_action_and_question_mark_closes_it(start):
    async with start(size=(128, 76)) as run:
        await run.keys("question_mark")
        assert isinstance(run.app.screen, HelpScreen)
        text = run.text()
        joined = [a for a in ACTIONS if a.id.startswith(("recent_", "intensity_"))]
        single = [a for a in ACTIONS if a not in joined]
        assert [a.does for a in single if a.does[:30] not in text] == []
        words = " ".join(text.split())
        assert "f1-f8 Give recent label 1 to 8" in words
        assert "1-5 Intensity, 1 (faint) to 5 (strong)" in words
        assert "IoU Shared time" in words
        await run.keys("question_mark")
        assert not isinstance(run.app.screen, HelpScreen)


async def test_every_action_is_in_the_palette_with_its_key(start):
    async with start() as run:
        titles = [command.title for command in run.app.get_system_commands(run.app.screen)]
        missing = [a.does for a in ACTIONS if not any(t.startswith(a.does) for t in titles)]
        assert missing == ["Find an action by its name"]


async def test_the_palette_runs_an_action(start):
    async with start() as run:
        await run.region()
        await run.keys("ctrl+p")
        await run.keys(*"delete the region")
        await run.pilot.pause(0.5)
        await run.keys("enter")
        await run.pilot.pause(0.2)
        assert run.regions == ()


async def test_dragging_makes_a_region_and_clicks_select(start):
    async with start() as run:
        await run.pilot.mouse_down("Waveform", offset=(20, 2))
        await run.pilot.hover("Waveform", offset=(30, 2))
        await run.pilot.mouse_up("Waveform", offset=(30, 2))
        await run.pilot.pause()
        assert len(run.regions) == 1
        await run.keys("escape")
        await run.pilot.click("Lanes", offset=(25, 0))
        assert run.scene.selected == "r001"
        await run.keys("escape")
        await run.pilot.click("RegionTable", offset=(5, 1))
        assert run.scene.selected == "r001"
        await run.pilot.click("Ruler", offset=(50, 0))
        assert run.scene.cursor_column == 44


async def test_a_key_in_the_bar_can_be_clicked(start):
    async with start() as run:
        bar = run.app.screen.query_one("KeyBar")
        line = run.text().splitlines()[bar.region.y]
        await run.pilot.click("KeyBar", offset=(line.index("i In"), 0))
        assert run.scene.mark_in == 0


@pytest.mark.parametrize("size", [(40, 10), (59, 24), (80, 15)])
async def test_a_small_terminal_says_what_it_needs_and_can_be_enlarged(start, size):
    async with start(size=size) as run:
        assert "needs 60x16" in " ".join(run.text().split())
        await run.pilot.resize_terminal(80, 24)
        await run.pilot.pause()
        assert "0 regions" in run.text()


async def test_in_a_small_terminal_no_key_acts_unseen_but_help_and_quit(start):
    async with start(size=(40, 12)) as run:
        await run.keys("i", "right", "o", "space", "X", "ctrl+p")
        assert run.regions == ()
        assert run.scene.cursor == 0
        assert len(run.app.screen_stack) == 2
        await run.keys("question_mark")
        assert isinstance(run.app.screen, HelpScreen)
        await run.keys("escape", "q")
        assert not run.app.is_running


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (100, 30), (200, 50), (300, 90)])
async def test_every_size_shows_hint_status_and_keys(start, size):
    async with start(size=size) as run:
        await run.region()
        text = run.text()
        for words in ("1 region ", "saved", "q Quit", "? Keys", "press t", "▸r001"):
            assert words in text, words


@pytest.mark.parametrize(
    ("seconds", "n_channels", "names"),
    [(1, 1, ["mono"]), (1, 2, [" L ", " R "]), (1, 8, ["ch 1", "ch 8"]), (0.01, 2, [" L "])],
)
async def test_any_clip_is_shown_and_annotated(start, tmp_path, seconds, n_channels, names):
    path = write_clip(tmp_path / "other.wav", seconds, n_channels)
    async with start(path, size=(120, 36)) as run:
        assert all(name in run.text() for name in names)
        await run.region()
        await run.keys(*["plus"] * 5)
        assert len(run.regions) == 1


async def test_one_sample_is_a_clip(start, tmp_path):
    path = write_clip(tmp_path / "one.wav", samples=np.full((1, 1), 0.5))
    async with start(path) as run:
        await run.keys("right", "plus", "home", "i", "end", "o")
        assert (run.regions[0].onset_sample, run.regions[0].offset_sample) == (0, 1)


async def test_a_sample_that_is_no_number_ends_the_program_with_a_sentence(start, tmp_path):
    samples = np.zeros((8000, 1))
    samples[4000] = np.nan
    path = write_clip(tmp_path / "nan.wav", samples=samples)
    async with start(path) as run:
        assert "0.500 s (frame 4000)" in str(run.app.trouble)
        assert not run.app.is_running or run.app._exit


def test_what_is_no_clip_is_refused_before_the_screen_opens(tmp_path):
    with pytest.raises(MissingInputError):
        annotator(tmp_path / "gone.wav", "rs")
    with pytest.raises(InputError, match="is not a folder"):
        annotator(write_clip(tmp_path / "clip.wav"), "rs", tmp_path / "gone")
    soundfile.write(tmp_path / "empty.wav", np.empty((0, 1)), 8000)
    with pytest.raises(InputError, match="no sample"):
        annotator(tmp_path / "empty.wav", "rs")


def test_the_default_rater_is_a_label(monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "ana.maria-3")
    assert default_rater() == "anamaria3"

    def nobody():
        raise OSError

    monkeypatch.setattr("getpass.getuser", nobody)
    assert default_rater() == "rater"


async def test_an_edge_is_held_and_moved_by_column_and_millisecond(start):
    async with start() as run:
        await run.keys("right", "right", "right", "right")
        await run.region(4)
        before = run.regions[0]
        await run.keys("left_square_bracket")
        assert run.scene.cursor == before.onset_sample
        assert "Holding the begin of r001" in run.text()
        assert "◆" in run.text()
        await run.keys("left", "full_stop", "full_stop")
        column = run.scene.viewport.sample(3)
        assert run.regions[0].onset_sample == column + 16
        await run.keys("right_square_bracket", "greater_than_sign", "enter", "right")
        assert run.regions[0].offset_sample == before.offset_sample + 80
        await run.keys("z", "z", "z", "z")
        assert run.regions == (before,)


async def test_the_edges_of_a_region_cannot_pass_each_other(start):
    async with start() as run:
        await run.region(2)
        await run.keys("left_square_bracket", "right", "right", "right")
        assert "cannot pass each other" in run.text()
        assert run.scene.cursor == run.regions[0].onset_sample < run.regions[0].offset_sample
        await run.keys("left_square_bracket")
        assert run.scene.grabbed is None


async def test_snap_goes_to_the_click_in_the_middle(start, clip):
    async with start() as run:
        await run.keys(*["right"] * 30, "s")
        assert abs(run.scene.cursor - 4000) <= 8 * 8
        await run.keys("home", "s")
        assert "changes nowhere suddenly" in run.text()


async def test_snap_moves_an_edge_that_is_held(start):
    async with start() as run:
        await run.keys(*["right"] * 30)
        await run.region(30)
        await run.keys("left_square_bracket", "s")
        assert abs(run.regions[0].onset_sample - 4000) <= 8 * 8


async def test_copy_cut_and_join(start):
    async with start() as run:
        await run.region(10)
        await run.keys("t", *"rain", "enter")
        whole = run.regions[0]
        await run.keys(*["left"] * 4, "k")
        assert [r.source for r in run.regions] == ["rain", "rain"]
        assert run.regions[0].offset_sample == run.regions[1].onset_sample == run.scene.cursor
        await run.keys("N", "j")
        assert run.regions == (whole,)
        for word in ("join", "cut"):
            await run.keys("z")
            assert f"Undo: {word} r001." in run.text()
        await run.keys("Z", "Z", "n", "j")
        assert "is the last region" in run.text()
        await run.keys("y")
        assert run.regions[1].onset_sample == whole.offset_sample == run.scene.cursor
        assert run.scene.selected == run.regions[1].id
        await run.keys("home", "k")
        assert "move the cursor between its edges" in run.text()


async def test_a_copy_at_the_end_of_the_clip_says_that_it_overlaps(start):
    async with start() as run:
        await run.keys("end", "i", "home", "o", "y")
        assert [r.onset_sample for r in run.regions] == [0, 0]
        assert "r002 overlaps it." in run.text()


async def test_the_spectrogram_is_drawn_with_its_axis_and_cursor(start):
    async with start(size=(120, 36)) as run:
        text = run.text()
        assert "▀" in text
        assert "  1k" in text
        before = run.text()
        await run.keys(*["right"] * 12)
        await run.pilot.pause(0.3)
        picture = run.app.screen.query_one("Spectrogram")
        assert picture._cursor == run.scene.cursor_column
        assert run.text() != before


async def test_the_cursor_reads_frequency_and_level(start, tmp_path):
    time_s = np.arange(48000) / 48000
    tone = (0.1 * np.sin(2 * np.pi * 2000 * time_s))[:, None]
    path = write_clip(tmp_path / "tone.wav", rate_hz=48000, samples=tone)
    async with start(path, size=(120, 36)) as run:
        await run.keys(*["right"] * 20)
        assert "2.0 kHz -20 dB" in run.text()  # the strongest, of a full-scale sine
        await run.keys("shift+up")
        assert "1.0 kHz " in run.text()
        assert "▸" in run.text()
        await run.keys(*["shift+up"] * 6)
        assert "2.0 kHz -20 dB" in run.text()
        await run.keys("shift+down")
        assert "1.8 kHz" in run.text()
        picture = run.app.screen.query_one("Spectrogram")
        await run.pilot.click("Spectrogram", offset=(40, 0))
        assert run.scene.frequency_hz > 10_000
        assert run.scene.cursor_column == 40
        await run.pilot.click("Spectrogram", offset=(40, picture.size.height - 1))
        assert run.scene.frequency_hz < 200
        await run.keys(*["shift+down"] * 20)
        assert run.scene.frequency_hz is None or run.scene.frequency_hz >= 50
        await run.keys("escape")
        assert run.scene.frequency_hz is None


async def test_the_brightness_can_be_locked_and_freed(start):
    async with start() as run:
        picture = run.app.screen.query_one("Spectrogram")
        await run.keys("b")
        assert "Brightness stays" in run.text()
        locked = picture._range_db
        await run.keys(*["plus"] * 6)
        assert picture._range_db == locked
        await run.keys("b")
        await run.keys("home")
        assert "Brightness follows" not in run.text()
        assert picture._range_db != locked


async def test_without_colours_the_spectrogram_is_drawn_by_the_ordinary_way(start, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with start() as run:
        assert run.app.no_color
        assert "0 regions" in run.text()
