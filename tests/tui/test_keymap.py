import pytest
from annotation_builders import write_clip
from builders import REPOSITORY

from asmr_stim.errors import InputError, MissingInputError
from asmr_stim_tui.actions import DEFAULT_KEYS
from asmr_stim_tui.annotator import annotator
from asmr_stim_tui.help_screen import HelpScreen
from asmr_stim_tui.keymap import read_keymap, textual_key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("a", "a"),
        ("A", "A"),
        ("[", "left_square_bracket"),
        ("ctrl+a", "ctrl+a"),
        ("+", "plus"),
        ("ctrl++", "ctrl+plus"),
        ("f5", "f5"),
        ("shift+left", "shift+left"),
    ],
)
def test_keys_are_written_as_people_write_them(written, key):
    assert textual_key(written) == key


def keymap_of(tmp_path, text):
    path = tmp_path / "keys.yaml"
    path.write_text(text)
    return read_keymap(path)


def test_what_is_not_named_keeps_its_keys(tmp_path):
    keys = keymap_of(tmp_path, "mark_in: A\nmark_out: [v, ctrl+o]\nintensity_1: 6\n")
    assert keys["mark_in"] == ("A",)
    assert keys["mark_out"] == ("v", "ctrl+o")
    assert keys["intensity_1"] == ("6",)
    assert keys["undo"] == DEFAULT_KEYS["undo"]


def test_two_actions_may_change_places(tmp_path):
    keys = keymap_of(tmp_path, "mark_in: o\nmark_out: i\n")
    assert (keys["mark_in"], keys["mark_out"]) == (("o",), ("i",))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mark_in: x\n", r":1:1: E008 the key x is that of 'delete' already"),
        ("mark_in: A\nmark_out: A\n", r":2:1: E008 the key A is that of 'mark_in' already"),
        ("mark_inn: A\n", r":1:1: E002 'mark_inn' is no action"),
        ("mark_in: []\n", r":1:1: E004 'mark_in' must be a key"),
        ("mark_in: {a: b}\n", r":1:1: E004"),
        ("- a\n", r":1:1: E004 the file must map"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        keymap_of(tmp_path, text)


def test_the_documented_example_is_a_keymap(tmp_path):
    page = (REPOSITORY / "docs" / "annotate.md").read_text()
    example = page.partition("```yaml\n")[2].partition("```")[0]
    assert keymap_of(tmp_path, example)["mark_in"] == ("A",)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingInputError):
        read_keymap(tmp_path / "gone.yaml")


def test_help_joins_keys_that_follow_on_one_another_unless_they_are_bound_anew(tmp_path):
    rows = dict(HelpScreen(DEFAULT_KEYS)._rows("Describe"))
    assert rows["1-5"] == "Intensity, 1 (faint) to 5 (strong)"
    rows = dict(HelpScreen(keymap_of(tmp_path, "intensity_3: 6\n"))._rows("Describe"))
    assert [keys for keys in rows if keys.isdigit()] == ["1", "2", "6", "4", "5"]


async def test_the_new_keys_work_and_are_shown(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "asmr-stim").mkdir()
    (tmp_path / "asmr-stim" / "keys.yaml").write_text("mark_in: A\nlabel: w\n")
    app = annotator(write_clip(tmp_path / "clip.wav"), "rs")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("i", "right", "right", "o")
        assert app.annotate_screen.session.regions == ()
        await pilot.press("escape", "A", "right", "right", "o")
        await pilot.pause()
        assert len(app.annotate_screen.session.regions) == 1
        strips = app.screen._compositor.render_strips()
        text = "\n".join("".join(s.text for s in strip) for strip in strips)
        assert "press w and say what is heard" in text
        assert "A In" in text
    app.close()
