"""Options that several commands share, as one argument: a frozen dataclass of them.

A command that takes ``choice: Choice`` and is decorated with ``with_option_groups`` shows the
fields of ``Choice`` as options of its own, each with its default and its help.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import Any, get_type_hints

KEYWORD = inspect.Parameter.KEYWORD_ONLY


def with_option_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with the fields of each dataclass that it takes in its place.

    Parameters
    ----------
    command : callable
        Its dataclasses stand among the arguments by keyword; every field has a default.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Size:
    ...     width: int = 2
    ...     height: int = 3
    >>> @with_option_groups
    ... def area(*, size: Size) -> None:
    ...     print(size.width * size.height)
    >>> area(width=4, height=5)
    20
    """
    hints = get_type_hints(command, include_extras=True)
    own = inspect.signature(command).parameters
    groups = {name: hints[name] for name in own if is_dataclass(hints[name])}

    @wraps(command)
    def expanded(**given: Any) -> None:
        for name, kind in groups.items():
            given[name] = kind(**{field.name: given.pop(field.name) for field in fields(kind)})
        command(**given)

    def parameters() -> Iterator[inspect.Parameter]:
        """Yield what the command takes, fields in place of their group."""
        for name, parameter in own.items():
            if name not in groups:
                yield parameter.replace(annotation=hints[name])
                continue
            of_field = get_type_hints(groups[name], include_extras=True)
            for field in fields(groups[name]):
                yield inspect.Parameter(
                    field.name, KEYWORD, default=field.default, annotation=of_field[field.name]
                )

    shown = list(parameters())
    expanded.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]  # read by inspect
    expanded.__annotations__ = {each.name: each.annotation for each in shown}
    del expanded.__wrapped__  # or its hints would be read instead
    return expanded
