"""Choose one of many: type a few letters, read what it means, press enter."""

from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from typing import ClassVar, TypeVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.errors import NoWidget
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from asmr_stim_tui.actions import up_and_down

Chosen = TypeVar("Chosen")


class Picker(ModalScreen[Chosen | None]):
    """A list, narrowed by typing, with an explanation of the entry that is marked.

    Parameters
    ----------
    question : str
        What is to be chosen.
    """

    KEYS: ClassVar[str] = "[b]enter[/] choose  [b]{up_and_down}[/] move  [b]esc[/] back"
    EXAMPLE: ClassVar[str] = "type a few letters"

    DEFAULT_CSS = """
    Picker { align: center middle; background: $background 60%; }
    Picker #frame {
        width: 90%; max-width: 110; height: 90%; max-height: 34;
        border: round $accent; border-title-color: $accent; background: $surface; padding: 0 1;
    }
    Picker #query { height: 1; background: $panel; }
    Picker #scopes { height: auto; color: $text-muted; }
    Picker #entries {
        width: 1fr; height: 1fr; border: none; background: $surface; padding: 0;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    Picker #about { width: 40%; padding: 0 0 0 2; }
    Picker #keys { height: 1; color: $text-muted; }
    """

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question
        self._query = ""
        self._is_done = False
        self._moves: dict[str, Callable[[], None]] = {
            "escape": lambda: self._done(None),
            "enter": self._choose,
            "down": partial(self._move, "cursor_down"),
            "up": partial(self._move, "cursor_up"),
            "pagedown": partial(self._move, "page_down"),
            "pageup": partial(self._move, "page_up"),
        }

    @abstractmethod
    def _options(self) -> list[Option]:
        """Return the entries that match what is typed, each with an id."""

    @abstractmethod
    def _about(self, option_id: str) -> Text:
        """Return what an entry means."""

    @abstractmethod
    def _pick(self, option_id: str) -> None:
        """Close with what an entry stands for."""

    def _scopes(self) -> Text:
        """Return a line above the list; empty if there is nothing to say."""
        return Text("")

    def compose(self) -> ComposeResult:
        """Build the frame: question, list and explanation."""
        with Vertical(id="frame") as frame:
            frame.border_title = self._question
            yield Static(id="query")
            yield Static(id="scopes")
            with Horizontal():
                yield OptionList(id="entries")
                with VerticalScroll(id="about", can_focus=False):
                    yield Static(id="definition")
            yield Static(self.KEYS.format(up_and_down=up_and_down()), id="keys")

    def on_mount(self) -> None:
        """Show every entry."""
        self.query_one(OptionList).can_focus = False
        self._fill()

    def on_key(self, event: events.Key) -> None:
        """Take every key in the order in which it was typed, however fast.

        A field with the focus would miss the letters that come before it has it. Keys typed after
        the choice are meant for the screen below.
        """
        event.stop()
        if self._is_done:
            self.app.call_later(self.app.simulate_key, event.key)
        elif event.key in self._moves:
            self._moves[event.key]()
        elif event.key == "backspace":
            self._type(self._query[:-1])
        elif event.is_printable and event.character is not None:
            self._type(self._query + event.character)

    def on_paste(self, event: events.Paste) -> None:
        """Take what is pasted as if it were typed."""
        event.stop()
        self._type(self._query + " ".join(event.text.split()))

    def _type(self, query: str) -> None:
        """Narrow the list to a query."""
        self._query = query
        self._fill()

    def _done(self, choice: Chosen | None) -> None:
        """Close with a choice."""
        self._is_done = True
        self.dismiss(choice)

    def on_option_list_option_highlighted(self) -> None:
        """Explain the marked entry, which may be another one by now, or none."""
        if self._marked is None:
            return
        self.query_one("#definition", Static).update(self._about(self._marked))
        self.query_one("#about", VerticalScroll).scroll_home(animate=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose with the mouse."""
        self._pick(event.option.id or "")

    @property
    def _marked(self) -> str | None:
        """The id of the marked entry."""
        entries = self.query_one(OptionList)
        if entries.highlighted is None:
            return None
        return entries.get_option_at_index(entries.highlighted).id or ""

    def _move(self, how: str) -> None:
        """Move the mark in the list."""
        getattr(self.query_one(OptionList), f"action_{how}")()

    def _choose(self) -> None:
        """Choose the marked entry, unless the terminal has shrunk too far to show any."""
        if self._marked is not None and self._is_list_seen:
            self._pick(self._marked)

    @property
    def _is_list_seen(self) -> bool:
        try:
            return self.find_widget(self.query_one(OptionList)).visible_region.height > 0
        except NoWidget:
            return False

    def _fill(self) -> None:
        """List what matches."""
        self.query_one("#query", Static).update(_typed(self._query, self.EXAMPLE))
        options = self._options()
        entries = self.query_one(OptionList)
        entries.clear_options()
        entries.add_options(options)
        entries.highlighted = 0 if options else None
        if not options:
            self.query_one("#definition", Static).update(
                Text(f"Nothing matches '{self._query}'. Try another word, or fewer letters.")
            )
        self.query_one("#scopes", Static).update(self._scopes())


def with_names(text: str, style: str = "") -> Text:
    """Return a text of the taxonomy, names of terms in bold instead of between backticks."""
    parts = enumerate(text.split("`"))
    return Text.assemble(*((part, f"{style} bold" if n % 2 else style) for n, part in parts))


def _typed(query: str, example: str) -> Text:
    """Return what has been typed, with a cursor; nothing shows what to do."""
    if query:
        return Text.assemble(query, ("█", "blink"))
    return Text(example, "dim italic")
