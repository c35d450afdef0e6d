"""Everything the annotator can do: one table for keys, key bar, help, palette and documentation."""

from dataclasses import dataclass

from asmr_stim_tui.recents import N_RECENT

GROUPS = ("Move", "View", "Listen", "Region", "Describe", "History", "Program")


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do, with its keys.

    Parameters
    ----------
    id : str
        Stable name, by which keys are rebound.
    keys : tuple of str
        In Textual's words; the first is the one that is shown.
    label : str
        One or two words for the key bar.
    does : str
        What it does, for help and palette.
    group : str
    call : str
        The screen's action, if it is not the id.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    does: str
    group: str
    call: str = ""

    @property
    def method(self) -> str:
        """The action string that a binding runs."""
        return self.call or self.id


ACTIONS = (
    Action(
        "cursor_left",
        ("left", "h"),
        "Back",
        "Move the cursor back by one column",
        "Move",
        "go('cursor_left')",
    ),
    Action(
        "cursor_right",
        ("right", "l"),
        "On",
        "Move the cursor on by one column",
        "Move",
        "go('cursor_right')",
    ),
    Action(
        "page_left",
        ("shift+left", "H"),
        "Page back",
        "Move back by one page",
        "Move",
        "go('page_left')",
    ),
    Action(
        "page_right",
        ("shift+right", "L"),
        "Page on",
        "Move on by one page",
        "Move",
        "go('page_right')",
    ),
    Action("back_1_ms", ("comma",), "-1 ms", "Move back by 1 ms", "Move", "go('back_1_ms')"),
    Action("on_1_ms", ("full_stop",), "+1 ms", "Move on by 1 ms", "Move", "go('on_1_ms')"),
    Action(
        "back_10_ms",
        ("less_than_sign",),
        "-10 ms",
        "Move back by 10 ms",
        "Move",
        "go('back_10_ms')",
    ),
    Action(
        "on_10_ms", ("greater_than_sign",), "+10 ms", "Move on by 10 ms", "Move", "go('on_10_ms')"
    ),
    Action(
        "clip_start",
        ("home",),
        "Start",
        "Move to the start of the clip",
        "Move",
        "go('clip_start')",
    ),
    Action("clip_end", ("end",), "End", "Move to the end of the clip", "Move", "go('clip_end')"),
    Action("higher", ("shift+up",), "Higher", "Read a higher frequency", "Move", "go('higher')"),
    Action("lower", ("shift+down",), "Lower", "Read a lower frequency", "Move", "go('lower')"),
    Action("next_region", ("n", "down"), "Next", "Select the next region", "Move", "step(1)"),
    Action(
        "previous_region", ("N", "up"), "Previous", "Select the previous region", "Move", "step(-1)"
    ),
    Action(
        "next_difference",
        ("d",),
        "Differ",
        "Go to the next place where raters differ",
        "Move",
        "differ(1)",
    ),
    Action(
        "previous_difference",
        ("D",),
        "Differ back",
        "Go back to where raters differ",
        "Move",
        "differ(-1)",
    ),
    Action(
        "zoom_in",
        ("plus", "equals_sign"),
        "Closer",
        "Zoom in around the cursor",
        "View",
        "go('zoom_in')",
    ),
    Action("zoom_out", ("minus",), "Wider", "Zoom out around the cursor", "View", "go('zoom_out')"),
    Action("whole_file", ("f",), "Whole", "Show the whole clip", "View", "go('whole_file')"),
    Action("fit_region", ("F",), "Fit", "Show the selected region", "View"),
    Action("taller", ("g",), "Taller", "Draw quiet sound larger (6 dB a step)", "View", "gain(1)"),
    Action(
        "flatter", ("G",), "Flatter", "Draw the sound smaller (6 dB a step)", "View", "gain(-1)"
    ),
    Action("brightness", ("b",), "Lock", "Lock or free the brightness of the spectrogram", "View"),
    Action("play", ("space",), "Play", "Play from the cursor, or pause there", "Listen"),
    Action("play_region", ("r",), "Hear", "Play the selected region", "Listen"),
    Action("loop_region", ("R",), "Loop", "Play the region again and again", "Listen"),
    Action("slower", ("left_parenthesis",), "Slower", "Play slower", "Listen", "speed(-1)"),
    Action("faster", ("right_parenthesis",), "Faster", "Play faster", "Listen", "speed(1)"),
    Action("edge_sound", ("E",), "Edges", "Hear edges when they are moved, or not", "Listen"),
    Action("sound_page", ("u",), "Browser", "Listen in your browser", "Listen"),
    Action("picture", ("P",), "Picture", "Show or hide the picture of a video", "View"),
    Action("mark_in", ("i",), "In", "Begin a region at the cursor", "Region"),
    Action("mark_out", ("o",), "Out", "End the region at the cursor", "Region"),
    Action("label", ("t",), "Label", "Say what is heard in the region", "Region"),
    *(
        Action(f"recent_{n}", (f"f{n}",), f"Recent {n}", f"Give recent label {n}", "Region", call)
        for n, call in ((n, f"recent({n})") for n in range(1, N_RECENT + 1))
    ),
    Action(
        "grab_onset",
        ("left_square_bracket",),
        "Begin",
        "Move the region's begin with the cursor",
        "Region",
        "grab('onset')",
    ),
    Action(
        "grab_offset",
        ("right_square_bracket",),
        "End",
        "Move the region's end with the cursor",
        "Region",
        "grab('offset')",
    ),
    Action("snap", ("s",), "Snap", "Jump to where the sound suddenly changes nearby", "Region"),
    Action("copy", ("y",), "Copy", "Repeat the region right after itself", "Region"),
    Action("split", ("k",), "Cut", "Cut the region in two at the cursor", "Region"),
    Action("join", ("j",), "Join", "Join the region with the next one", "Region"),
    Action("delete", ("x", "delete"), "Delete", "Delete the region", "Region"),
    Action(
        "cancel", ("escape", "enter"), "Let go", "Let go of an edge, a mark or the region", "Region"
    ),
    Action("intensity_1", ("1",), "Faint", "Intensity 1, faint", "Describe", "intensity(1)"),
    Action("intensity_2", ("2",), "Weak", "Intensity 2", "Describe", "intensity(2)"),
    Action("intensity_3", ("3",), "Middling", "Intensity 3", "Describe", "intensity(3)"),
    Action("intensity_4", ("4",), "Clear", "Intensity 4", "Describe", "intensity(4)"),
    Action("intensity_5", ("5",), "Strong", "Intensity 5, strong", "Describe", "intensity(5)"),
    Action("ear", ("e",), "Ear", "Change the ear: both, left, right", "Describe"),
    Action("pace", ("p",), "Pace", "Change the pace: slow, medium, fast, none", "Describe"),
    Action("facet", ("a",), "Facet", "Say what else is true: speech, motion, material", "Describe"),
    Action("confidence", ("c",), "Sure", "Say how sure you are, 0 to 1", "Describe"),
    Action("notes", ("m",), "Note", "Write a note", "Describe"),
    Action("undo", ("z", "ctrl+z"), "Undo", "Undo the last edit", "History"),
    Action("redo", ("Z", "ctrl+y"), "Redo", "Do the undone edit again", "History"),
    Action("save", ("ctrl+s",), "Save", "Write the annotation file now", "Program"),
    Action(
        "export",
        ("X",),
        "Export",
        "Write events and shares of time as tables, for other programs",
        "Program",
    ),
    Action("elsewhere", ("W",), "Elsewhere", "Write the annotation to another folder", "Program"),
    Action("help", ("question_mark",), "Keys", "Show or hide every key", "Program"),
    Action("palette", ("ctrl+p",), "Find", "Find an action by its name", "Program"),
    Action("quit", ("q",), "Quit", "Save and leave", "Program"),
)

Keymap = dict[str, tuple[str, ...]]
"""The keys of each action, by its id."""

DEFAULT_KEYS: Keymap = {action.id: action.keys for action in ACTIONS}
BY_ID = {action.id: action for action in ACTIONS}

_ARROWS = {"left": "←", "right": "→", "up": "↑", "down": "↓"}
_SHOWN = _ARROWS | {
    "comma": ",", "full_stop": ".", "less_than_sign": "<", "greater_than_sign": ">",
    "plus": "+", "minus": "-", "equals_sign": "=", "question_mark": "?",
    "left_square_bracket": "[", "right_square_bracket": "]",
    "left_parenthesis": "(", "right_parenthesis": ")",
    "slash": "/", "space": "space", "escape": "esc",
}  # fmt: skip


def shown_key(key: str) -> str:
    """Return a key as people write it: ``shift+left`` is ``shift+←``."""
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, _SHOWN.get(last, last)])


def name_arrows(*, in_letters: bool) -> None:
    """Show arrow keys by name from now on: in ASCII an arrow is ``<`` or ``v``, other keys."""
    _SHOWN.update({key: key for key in _ARROWS} if in_letters else _ARROWS)


def up_and_down() -> str:
    """Return the two keys that move through a list, as people write them."""
    return f"{shown_key('up')} {shown_key('down')}"


def shown_keys(action: Action) -> str:
    """Return the keys of an action, as in ``← h``."""
    return " ".join(shown_key(key) for key in action.keys)
