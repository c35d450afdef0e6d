"""What to write where a word stands and a number or a truth value is wanted.

YAML 1.1, which many tools still read, takes ``no`` for false, ``12:30`` for 750 and ``1_000`` for
1000; here they are words. Whoever wrote one of them meant something, and is told how to say it.
"""

import re
from collections.abc import Callable

_TRUTH = {
    **dict.fromkeys(("yes", "y", "on", "true", "t"), "true"),
    **dict.fromkeys(("no", "n", "off", "false", "f"), "false"),
}
_NUMBERS = frozenset({"int_type", "float_type", "int_from_float"})


def meant_value(kind: str, found: object) -> str | None:
    """Return what to write instead of a word, or None if nothing can be told from it.

    Parameters
    ----------
    kind : str
        Pydantic's name of what is wrong, such as ``float_type``.
    found : object
        What stands in the file.

    Examples
    --------
    >>> meant_value("float_type", "1_000"), meant_value("bool_type", "no")
    ('1000', 'false')
    """
    if kind == "bool_type":
        return _truth(found)
    return _number(found.strip()) if kind in _NUMBERS and isinstance(found, str) else None


def _truth(found: object) -> str | None:
    if isinstance(found, str):
        return _TRUTH.get(found.strip().casefold())
    return {0: "false", 1: "true"}.get(found) if isinstance(found, int) else None


def _clock(hours: str | None, minutes: str, seconds: str) -> str:
    total = 3600 * int(hours or 0) + 60 * int(minutes) + int(seconds)
    units = "hours, minutes and seconds" if hours is not None else "minutes and seconds"
    return f"{total} if these are {units}"


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (
        re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE),
        lambda m: f"{m[0]} without quotes",
    ),
    (re.compile(r"[-+]?\d+(_\d+)+(\.\d+)?"), lambda m: m[0].replace("_", "")),
    (re.compile(r"([-+]?\d+),(\d+)"), lambda m: f"{m[1]}.{m[2]} with a point"),
    (re.compile(r"(?:(\d+):)?(\d+):([0-5]\d)"), lambda m: _clock(m[1], m[2], m[3])),
    (
        re.compile(r"([-+]?\d+(?:\.\d+)?)\s*(?:%|°|dB ?SPL|[a-z]{1,8})", re.IGNORECASE),
        lambda m: f"{m[1]}, since the unit belongs to the key",
    ),
)


def _number(text: str) -> str | None:
    for form, advice in _FORMS:
        match = form.fullmatch(text)
        if match:
            return advice(match)
    return None
