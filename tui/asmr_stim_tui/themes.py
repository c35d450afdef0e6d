"""Colours of the annotator: dark, light, safe for colour-blind eyes, and without colours."""

from typing import Literal

from textual.theme import Theme

ThemeName = Literal["night", "day", "contrast", "grey"]

THEMES = (
    Theme(
        name="asmr-night",
        primary="#59c2ff",
        secondary="#c3a6ff",
        accent="#ffb454",
        warning="#e6c85c",
        error="#ff6b6b",
        success="#7fd1b9",
        foreground="#d5dbe3",
        background="#0d1117",
        surface="#11161d",
        panel="#1a212b",
        dark=True,
    ),
    Theme(
        name="asmr-day",
        primary="#0a6ebd",
        secondary="#7a4fc2",
        accent="#b35000",
        warning="#8a6100",
        error="#b3261e",
        success="#0b6b54",
        foreground="#1c2430",
        background="#fbfbf8",
        surface="#f2f2ee",
        panel="#e4e5e0",
        dark=False,
        variables={"primary-background": "#d3dfec"},
    ),
    Theme(
        name="asmr-contrast",
        primary="#56b4e9",
        secondary="#cc79a7",
        accent="#f0e442",
        warning="#e69f00",
        error="#d55e00",
        success="#ffffff",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#1c1c1c",
        dark=True,
    ),
    Theme(
        name="asmr-grey",
        primary="#9a9a9a",
        secondary="#b8b8b8",
        accent="#ffffff",
        warning="#dddddd",
        error="#ffffff",
        success="#c8c8c8",
        foreground="#d0d0d0",
        background="#0c0c0c",
        surface="#111111",
        panel="#222222",
        dark=True,
    ),
)
"""``asmr-contrast`` takes its hues from Okabe and Ito, 'Color Universal Design' (2008)."""
