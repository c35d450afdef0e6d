"""The first line: which clip, how it was recorded, whose annotation."""

from textual.content import Content
from textual.widgets import Static

from asmr_stim.schema.annotation import Annotation
from asmr_stim_tui.clock import clock


class TitleBar(Static):
    """Name, length, rate and channels of the clip, and the rater."""

    can_focus = False
    DEFAULT_CSS = """
    TitleBar { height: 1; padding: 0 1; background: $primary-background; }
    """

    def show(self, annotation: Annotation) -> None:
        """Draw the facts of a clip."""
        clip = annotation.clip
        facts = f"{clock(clip.duration_s)}  {clip.rate_hz / 1000:g} kHz {channels(clip.n_channels)}"
        self.update(
            Content.assemble(
                ("asmr-stim annotate  ", "$text-muted"),
                (clip.file, "bold"),
                f"  {facts}  ",
                (f"rater {annotation.rater}", "$accent"),
            )
        )


def channels(n_channels: int) -> str:
    """Return ``mono``, ``stereo`` or ``8 channels``."""
    return {1: "mono", 2: "stereo"}.get(n_channels, f"{n_channels} channels")
