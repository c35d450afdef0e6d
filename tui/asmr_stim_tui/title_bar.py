"""The first line: which clip, how it was recorded, whose annotation."""

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.widgets import Static

from asmr_stim.schema.annotation import Annotation
from asmr_stim_tui.clock import clock


class TitleBar(Static):
    """Name, length, rate and channels of the clip, and the rater."""

    can_focus = False
    DEFAULT_CSS = """
    TitleBar {
        height: 1; padding: 0 1; background: $primary-background;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """
    _annotation: Annotation | None = None

    def show(self, annotation: Annotation) -> None:
        """Draw the facts of a clip."""
        self._annotation = annotation
        self._draw()

    def on_resize(self) -> None:
        """Draw the facts anew: a long name gets the room that they leave."""
        self._draw()

    def _draw(self) -> None:
        if self._annotation is None:
            return
        clip, program = self._annotation.clip, "asmr-stim annotate  "
        facts = f"{clock(clip.duration_s)}  {clip.rate_hz / 1000:g} kHz {channels(clip.n_channels)}"
        rater = f"rater {self._annotation.rater}"
        room = self.size.width - 2 - len(f"  {facts}  {rater}")
        if room < len(program) + cell_len(clip.file):
            program = ""
        name = shortened(clip.file, room - len(program))
        self.update(
            Content.assemble(
                (program, "$text-muted"), (name, "bold"), f"  {facts}  ", (rater, "$accent")
            )
        )


def shortened(name: str, n_cells: int) -> str:
    """Return a name without its middle, if it is wider than a number of cells.

    Examples
    --------
    >>> shortened("a_very_long_name.wav", 11)
    'a_ver…e.wav'
    """
    if cell_len(name) <= n_cells:
        return name
    half = max(n_cells - 1, 2) // 2
    return f"{set_cell_size(name, half)}…{set_cell_size(name[::-1], half)[::-1]}"


def channels(n_channels: int) -> str:
    """Return ``mono``, ``stereo`` or ``8 channels``."""
    return {1: "mono", 2: "stereo"}.get(n_channels, f"{n_channels} channels")
