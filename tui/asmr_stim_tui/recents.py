"""The sources used last, each on a key of its own that it keeps for as long as it is in use."""

from collections.abc import Iterable

N_RECENT = 8


class Recents:
    """Sources by the number of their key.

    A source keeps its number while it is among the last eight; a new one takes the number of the
    one that was used longest ago.

    Parameters
    ----------
    used : iterable of str
        Sources in the order in which they were used.

    Examples
    --------
    >>> recents = Recents(["rain", "tapping", "rain"])
    >>> recents.numbered, recents.latest
    (('rain', 'tapping'), ('rain', 'tapping'))
    """

    def __init__(self, used: Iterable[str] = ()) -> None:
        self._numbered: list[str] = []
        self._by_use: list[str] = []
        for source in used:
            self.use(source)

    @property
    def numbered(self) -> tuple[str, ...]:
        """The sources in the order of their keys."""
        return tuple(self._numbered)

    @property
    def latest(self) -> tuple[str, ...]:
        """The same sources, the one used last first."""
        return tuple(reversed(self._by_use))

    def use(self, source: str) -> None:
        """Note that a source was used."""
        if source in self._by_use:
            self._by_use.remove(source)
        elif len(self._numbered) < N_RECENT:
            self._numbered.append(source)
        else:
            self._numbered[self._numbered.index(self._by_use.pop(0))] = source
        self._by_use.append(source)
