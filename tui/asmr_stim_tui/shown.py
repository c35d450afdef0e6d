"""A line or panel that is drawn anew only when what it shows has changed."""

from textual.visual import VisualType
from textual.widgets import Static


class Shown(Static):
    """A ``Static`` that knows what it was drawn from; drawing costs milliseconds, comparing none.

    Its size never depends on what it shows, so nothing else has to be laid out again.
    """

    can_focus = False
    _source: object = None

    def is_shown(self, *source: object) -> bool:
        """Return whether this is what is shown already, and note it if not."""
        if source == self._source:
            return True
        self._source = source
        return False

    def draw(self, content: VisualType) -> None:
        """Show something else in the same place."""
        self.update(content, layout=False)
