"""Compiled loops that also work where nothing can be written.

numba keeps compiled code beside a module, or in the user's cache if that place is read-only, and
refuses to compile at all if neither can be written. Here the code is then compiled anew in each
process: slower to start, and the same numbers.
"""

from collections.abc import Callable
from typing import Any

import numba

Function = Callable[..., Any]


def njit(**options: Any) -> Callable[[Function], Any]:
    """Return a decorator that compiles a function, as ``numba.njit``.

    Parameters
    ----------
    options : dict
        What ``numba.njit`` takes. ``cache=True`` is given up where there is no place for a cache.

    Examples
    --------
    >>> @njit(cache=True)
    ... def doubled(value):
    ...     return 2 * value
    >>> doubled(3)
    6
    """

    def compiled(function: Function) -> Any:
        try:
            return numba.njit(**options)(function)
        except RuntimeError as error:
            if not options.get("cache") or "cannot cache" not in str(error):
                raise
            return numba.njit(**{**options, "cache": False})(function)

    return compiled
