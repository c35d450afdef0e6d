"""The table of keys in docs/annotate.md is the table of actions; run this file to write it anew."""

from pathlib import Path

from builders import REPOSITORY

from asmr_stim_tui.actions import ACTIONS, GROUPS, shown_key

PAGE = REPOSITORY / "docs" / "annotate.md"
BEGIN = "<!-- keys: written by tests/tui/test_documentation.py -->\n"
END = "<!-- end of keys -->"


def table():
    rows = ["", "| key | does |", "|---|---|"]
    for group in GROUPS:
        rows.append(f"| **{group}** | |")
        for action in ACTIONS:
            if action.group == group:
                keys = " ".join(f"`{shown_key(key)}`" for key in action.keys)
                rows.append(f"| {keys} | {action.does} |")
    return "\n".join([*rows, "", ""])


def page():
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    return before + BEGIN + table() + end + after


def test_the_documented_keys_are_the_bound_keys():
    assert PAGE.read_text() == page()


def test_no_key_does_two_things_and_every_action_is_in_a_group():
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(set(keys)) == len(keys)
    assert {action.group for action in ACTIONS} <= set(GROUPS)
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


if __name__ == "__main__":
    Path(PAGE).write_text(page())
