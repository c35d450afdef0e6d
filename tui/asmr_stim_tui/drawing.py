"""What a terminal can show: how many colours, how many shades, and whether more than ASCII."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal, TypeVar

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter

from asmr_stim_tui.actions import name_arrows
from asmr_stim_tui.themes import THEMES, ThemeName

Drawing = Literal["auto", "truecolor", "256", "16", "ascii"]
Result = TypeVar("Result")

_PLAIN_TERMINALS = {"dumb", "linux", ""}
_DOTS = " ..::--+=#"  # by how many of the eight dots of a braille character are set
_SIGNS = "▼◆▷▶▸◂╷▏▎▌│┃─━●○◐■◇□✓✗↺←→↑↓·…░▒▓♪"
_PLAIN = "v+>>><'|||||--*o%#oo+x~<>^v...:%~"
_ASCII = str.maketrans(
    {
        **{0x2500 + code: "+" for code in range(128)},  # lines of boxes
        **{0x2580 + code: "#" for code in range(32)},  # blocks
        **{0x2800 + code: _DOTS[code.bit_count()] for code in range(256)},  # braille
        **dict(zip(map(ord, _SIGNS), _PLAIN, strict=True)),
    }
)


@dataclass(frozen=True, slots=True)
class Canvas:
    """What is drawn on.

    Parameters
    ----------
    colours : ColorSystem or None
        None for what the terminal says that it has.
    n_shades : int
        Of the spectrum; fewer mean fewer codes to send.
    is_ascii : bool
        Only letters and signs that every terminal has.
    """

    colours: ColorSystem | None = None
    n_shades: int = 24
    is_ascii: bool = False


_CANVASES: dict[Drawing, Canvas] = {
    "truecolor": Canvas(ColorSystem.TRUECOLOR),
    "256": Canvas(ColorSystem.EIGHT_BIT, 16),
    "16": Canvas(ColorSystem.STANDARD, 4),
    "ascii": Canvas(ColorSystem.STANDARD, 10, is_ascii=True),
}


def canvas_for(drawing: Drawing, environment: Mapping[str, str], encoding: str) -> Canvas:
    """Return what to draw on.

    Parameters
    ----------
    drawing : {'auto', 'truecolor', '256', '16', 'ascii'}
        What somebody chose.
    environment : mapping of str to str
        Of the program: ``TERM`` and ``SSH_CONNECTION`` count.
    encoding : str
        In which text goes to the terminal.
    """
    if drawing != "auto":
        return _CANVASES[drawing]
    is_utf8 = encoding.lower().replace("-", "").replace("_", "") == "utf8"
    if not is_utf8 or environment.get("TERM", "") in _PLAIN_TERMINALS:
        return _CANVASES["ascii"]
    return _CANVASES["256"] if environment.get("SSH_CONNECTION") else Canvas()


@lru_cache(4096)
def ascii_text(text: str) -> str:
    """Return a text of the same width in ASCII.

    Examples
    --------
    >>> ascii_text("✓ saved │ Gerät 木")
    '+ saved | Gerat ??'
    """
    if text.isascii():
        return text
    return "".join(map(_ascii_letter, text.translate(_ASCII)))


def _ascii_letter(letter: str) -> str:
    if letter.isascii():
        return letter
    plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    width = cell_len(letter)
    return plain if len(plain) == width else "?" * width


class AsciiOnly(LineFilter):
    """Writes everything in ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with other letters."""
        del background
        return [Segment(ascii_text(text), style, control) for text, style, control in segments]


class DrawnApp(App[Result]):
    """An app that keeps to what the terminal of this process can show."""

    canvas: ClassVar[Canvas] = Canvas()
    theme_name: ClassVar[ThemeName] = "night"

    def dress(self) -> None:
        """Take on theme and colours; to be called when the app is mounted."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = f"asmr-{self.theme_name}"
        for name, theme in self.available_themes.items():
            if theme.ansi:  # pictures have shades, and blend colours, which a terminal only names
                self.unregister_theme(name)
        if self.canvas.colours is not None:
            self.console._color_system = self.canvas.colours  # noqa: SLF001 it is asked only once

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what every line goes through on its way to the terminal."""
        filters = super().get_line_filters()
        return [*filters, AsciiOnly()] if self.canvas.is_ascii else filters


def wear(canvas: Canvas, theme_name: ThemeName) -> None:
    """Let every app of this process draw for its terminal, in the colours that somebody chose."""
    DrawnApp.canvas, DrawnApp.theme_name = canvas, theme_name
    name_arrows(in_letters=canvas.is_ascii)
