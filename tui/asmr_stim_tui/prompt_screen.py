"""Ask for one line of text."""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class Line(Input):
    """A line to write in that takes the whole of what is pasted."""

    def on_paste(self, event: events.Paste) -> None:
        """Set the lines of a paste side by side; an ``Input`` would take the first one alone."""
        event.text = " ".join(event.text.splitlines())


class PromptScreen(ModalScreen[str | None]):
    """A question with a line to write in; None if it is left with escape.

    Parameters
    ----------
    question : str
    value : str
        What stands in the line at first.
    refusal : function of str
        Returns why an answer cannot be, or None if it can.
    reason : str
        A sentence above the line; nothing if the question says enough.
    is_replaced : bool
        Whether the first letter replaces what stands in the line, or is written behind it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back")]
    DEFAULT_CSS = """
    PromptScreen { align: center middle; background: $background 60%; }
    PromptScreen #frame {
        width: 96%; max-width: 90; height: auto; border: round $accent;
        border-title-color: $accent; border-subtitle-color: $text-muted;
        background: $surface; padding: 0 1;
    }
    PromptScreen Input, PromptScreen Input:focus {
        border: none; height: 1; padding: 0; background: $panel;
    }
    PromptScreen #reason { height: auto; margin: 0 0 1 0; }
    PromptScreen #refusal { color: $error; height: auto; }
    """

    def __init__(
        self,
        question: str,
        value: str,
        refusal: Callable[[str], str | None],
        reason: str = "",
        *,
        is_replaced: bool = True,
    ) -> None:
        super().__init__()
        self._is_replaced = is_replaced
        self._reason = reason
        self._question = question
        self._value = value
        self._refusal = refusal

    def compose(self) -> ComposeResult:
        """Build the frame."""
        with Vertical(id="frame") as frame:
            frame.border_title = self._question
            frame.border_subtitle = "enter accept · esc back"
            if self._reason:
                yield Static(Content(self._reason), id="reason")
            yield Line(self._value, select_on_focus=self._is_replaced)
            yield Static(id="refusal")

    def on_mount(self) -> None:
        """Write at once."""
        self.query_one(Input).focus()

    def on_key(self, event: events.Key) -> None:
        """Take letters that are typed before the line has the focus."""
        line = self.query_one(Input)
        if event.is_printable and event.character is not None and not line.has_focus:
            event.stop()
            line.insert_text_at_cursor(event.character)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Accept the answer, or say why not."""
        refusal = self._refusal(event.value)
        if refusal is None:
            self.dismiss(event.value)
        else:
            self.query_one("#refusal", Static).update(Content(refusal))


def confidence_refusal(text: str) -> str | None:
    """Return why a text is no confidence, or None if it is one or empty."""
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        return f"'{text}' is no number; write 0 to 1, such as 0.8, or nothing"
    if not 0 <= value <= 1:
        return f"{text} is outside 0 to 1; write 0 for a guess, 1 if there is no doubt"
    return None
