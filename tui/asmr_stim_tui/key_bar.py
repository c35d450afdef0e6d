"""The keys that suit the moment, and the line that says what to do next; both can be clicked."""

from textual.content import Content
from textual.style import Style

from asmr_stim_tui.actions import BY_ID, Keymap, shown_key
from asmr_stim_tui.shown import Shown

_SHARED = {
    "cursor_left": ("cursor_right", " ", "Move"),
    "intensity_1": ("intensity_5", "-", "Intensity"),
    "recent_1": ("recent_8", "-", "Recent labels"),
}
"""Keys that belong together are shown once: the last of them, what stands between, the word."""

_MEMBERS = {"cursor_right"}


class KeyBar(Shown):
    """As many keys as there is room for, the most wanted first; help and quit always."""

    DEFAULT_CSS = """
    KeyBar { height: 2; background: $panel; padding: 0 1; link-style: none; }
    """

    def show(self, action_ids: tuple[str, ...], keys: Keymap) -> None:
        """Draw keys.

        Parameters
        ----------
        action_ids : tuple of str
            The most wanted first; the last three are always shown.
        keys : dict from action id to tuple of keys
            What the keys are bound to now, in Textual's words.
        """
        if self.is_shown(action_ids, keys, self.size.width):
            return
        entries = [_entry(name, keys) for name in action_ids if name not in _MEMBERS]
        self.draw(_laid_out(entries[:-3], entries[-3:], self.size.width - 2))


def _laid_out(wanted: list[Content], always: list[Content], width: int) -> Content:
    """Return two lines of entries, the second ending with those that are always shown."""
    reserved = sum(len(entry) + 2 for entry in always)
    lines: list[list[Content]] = [[], []]
    rooms = [width, width - reserved]
    for entry in wanted:
        line = 0 if rooms[0] >= len(entry) else 1
        if rooms[line] < len(entry):
            break
        lines[line].append(entry)
        rooms[line] -= len(entry) + 2
        if line == 1:
            rooms[0] = 0
    lines[1] += always
    return Content("\n").join(Content("  ").join(line) for line in lines)


def _entry(action_id: str, keys: Keymap) -> Content:
    """Return one key with its word; a click does the same as the key."""
    action = BY_ID[action_id]
    key, label = shown_key(keys[action_id][0]), action.label
    if action_id in _SHARED:
        last, between, label = _SHARED[action_id]
        key = f"{key}{between}{shown_key(keys[last][0])}"
    click = Style.from_meta({"@click": f"screen.{action.method}"})
    return Content.assemble((key, Style(bold=True) + click), (f" {label}", click))
