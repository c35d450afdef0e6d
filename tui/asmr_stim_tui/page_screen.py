"""Where to listen in a browser: the address, and the line for a browser on another machine."""

import os
import sys
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from asmr_stim_tui.loopback.door import Door
from asmr_stim_tui.sound.choice import is_far_away


class PageScreen(ModalScreen[None]):
    """The address of the page.

    Parameters
    ----------
    door : Door
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,u", "dismiss(None)", "Back", priority=True),
        Binding("o", "open", "Open", priority=True),
    ]
    DEFAULT_CSS = """
    PageScreen { align: center middle; background: $background 60%; }
    PageScreen #frame {
        width: 96%; max-width: 110; height: auto; border: round $accent;
        border-title-color: $accent; border-subtitle-color: $text-muted;
        background: $surface; padding: 0 1;
    }
    PageScreen .line { color: $accent; text-style: bold; margin: 0 0 1 0; }
    """

    def __init__(self, door: Door) -> None:
        super().__init__()
        self._door = door

    def compose(self) -> ComposeResult:
        """Build the frame."""
        with Vertical(id="frame") as frame:
            frame.border_title = "Listen in your browser"
            frame.border_subtitle = "o open it here · esc back"
            yield Static("Open this address in a browser on this machine:")
            yield Static(Content(self._door.address), classes="line")
            yield Static(
                "If the browser is on another machine, type this there first, leave it running, "
                "and open the same address:"
            )
            yield Static(Content(self._door.ssh_line()), classes="line")
            yield Static(
                "The address holds a secret word: whoever has it can hear the clip. The page is "
                "served on this machine only and ends with the annotator."
            )

    def action_open(self) -> None:
        """Open the page with the browser of this machine, or the one that shows this program."""
        if self.app.is_web or has_windows():
            self.app.open_url(self._door.address)
        else:
            self.query_one("#frame").border_subtitle = "no browser can be opened here · esc back"


def has_windows() -> bool:
    """Return whether a browser would open in a window: in a terminal it would take the screen."""
    if is_far_away():
        return False
    return sys.platform != "linux" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
