"""Names of files in a figure: whatever letters they have, whole, and inside it."""

import re
from functools import cache

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

# Free fonts, and those of the large systems, that have letters which DejaVu Sans lacks.
WIDE_FONTS = (
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Noto Sans JP",
    "Noto Sans SC",
    "Noto Sans KR",
    "Source Han Sans",
    "Hiragino Sans",
    "PingFang SC",
    "Apple SD Gothic Neo",
    "Yu Gothic",
    "Microsoft YaHei",
    "Malgun Gothic",
    "IPAexGothic",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Arial Unicode MS",
)
_BASE = "DejaVu Sans"
_LETTER = re.compile(r"<U\+[0-9A-F]+>|.", re.DOTALL)
_SIZE = 100.0  # at which widths are taken


def families() -> list[str]:
    """Return the fonts to be tried one after the other for each letter."""
    there = {entry.name for entry in font_manager.fontManager.ttflist}
    return [_BASE, *(name for name in WIDE_FONTS if name in there)]


def drawable(text: str) -> str:
    r"""Return a text in which every letter can be drawn.

    A letter that none of the fonts has, or that is no printable one, is written by its code point,
    so that a name stays one that can be looked up rather than a row of boxes.

    Examples
    --------
    >>> drawable("rain\n01.wav")
    'rain<U+000A>01.wav'
    """
    return "".join(
        letter if letter == " " or _has_glyph(letter) else f"<U+{ord(letter):04X}>"
        for letter in text
    )


@cache
def _has_glyph(letter: str) -> bool:
    if not letter.isprintable():
        return False
    return any(font.get_char_index(ord(letter)) for font in _fonts())


@cache
def _fonts() -> tuple[FT2Font, ...]:
    """Return the fonts in bold, which is the widest that a name is drawn in."""
    wanted = [font_manager.FontProperties(family=[name], weight="bold") for name in families()]
    paths = [font_manager.findfont(each, fallback_to_default=False) for each in wanted]
    return tuple(font_manager.get_font(path) for path in paths)


@cache
def _width_em(letter: str) -> float:
    """Return how far a letter takes the pen, in sizes of the font."""
    for font in _fonts():
        if font.get_char_index(ord(letter)):
            font.set_size(_SIZE, 72)
            return float(font.load_char(ord(letter)).linearHoriAdvance) / 65536 / _SIZE
    return 1.0


def in_lines(text: str, width_em: float, most_lines: int) -> list[str]:
    """Return a text in lines that fit; its middle is left out if there would be too many.

    File names have few spaces, hence lines break anywhere.

    Parameters
    ----------
    text : str
        Letters that can be drawn.
    width_em : float
        Room in a line, in sizes of the font.
    most_lines : int
        Lines at most.
    """
    letters = _LETTER.findall(text)
    lines, kept = _broken(letters, width_em), len(letters)
    while len(lines) > most_lines:
        kept -= 1
        half = kept // 2
        ends = [*letters[:half], "…", *letters[len(letters) - (kept - half) :]]
        lines = _broken(ends, width_em)
    return lines


def _broken(letters: list[str], width_em: float) -> list[str]:
    """Return letters in lines; a code point written out is one letter."""
    lines, used_em = [""], 0.0
    for letter in letters:
        step = sum(map(_width_em, letter))
        if used_em + step > width_em and lines[-1]:
            lines.append("")
            used_em = 0.0
        lines[-1] += letter
        used_em += step
    return lines
