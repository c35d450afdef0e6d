"""Choose what is heard: type a few letters, read the definition, press enter."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from asmr_stim.schema.annotation import Region
from asmr_stim.schema.taxonomy import AXES, Axis, Taxonomy
from asmr_stim.schema.terms import Term
from asmr_stim_tui.term_colours import TermColours
from asmr_stim_tui.term_search import found_terms

_QUESTIONS = {
    None: "all terms",
    "source": "what makes the sound",
    "act": "what is done for the viewer",
    "channel": "what reaches the viewer",
}
_SCOPES: tuple[Axis | None, ...] = (None, *AXES)
_CLEAR = "clear:"


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose.

    Parameters
    ----------
    axis : {'source', 'act', 'channel'}
    term : str or None
        Id of the term; None takes the axis' term away.
    is_secondary : bool
        A further source rather than the main one.
    """

    axis: Axis
    term: str | None
    is_secondary: bool = False


class LabelPicker(ModalScreen[Choice | None]):
    """A list of terms, narrowed by typing, with the definition of the one that is marked.

    Parameters
    ----------
    taxonomy : Taxonomy
    colours : TermColours
    region : Region
        What is being labelled.
    recent : tuple of str
        Terms that were used last, offered first.
    """

    DEFAULT_CSS = """
    LabelPicker { align: center middle; background: $background 60%; }
    LabelPicker #frame {
        width: 90%; max-width: 110; height: 90%; max-height: 34;
        border: round $accent; border-title-color: $accent; background: $surface; padding: 0 1;
    }
    LabelPicker #query { height: 1; background: $panel; }
    LabelPicker #scopes { height: 1; color: $text-muted; }
    LabelPicker #terms {
        width: 1fr; height: 1fr; border: none; background: $surface; padding: 0;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    LabelPicker #about { width: 40%; padding: 0 0 0 2; }
    LabelPicker #keys { height: 1; color: $text-muted; }
    """

    def __init__(
        self, taxonomy: Taxonomy, colours: TermColours, region: Region, recent: tuple[str, ...]
    ) -> None:
        super().__init__()
        self._taxonomy = taxonomy
        self._colours = colours
        self._region = region
        self._recent = recent
        self._scope: Axis | None = None
        self._query = ""
        self._is_done = False
        self._moves: dict[str, Callable[[], None]] = {
            "escape": lambda: self._done(None),
            "enter": lambda: self._choose(is_secondary=False),
            "ctrl+a": lambda: self._choose(is_secondary=True),
            "tab": lambda: self._next_scope(1),
            "shift+tab": lambda: self._next_scope(-1),
            "down": partial(self._move, "cursor_down"),
            "up": partial(self._move, "cursor_up"),
            "pagedown": partial(self._move, "page_down"),
            "pageup": partial(self._move, "page_up"),
        }

    def compose(self) -> ComposeResult:
        """Build the frame: question, list and definition."""
        with Vertical(id="frame") as frame:
            frame.border_title = f"What is heard in {self._region.id}?"
            yield Static(id="query")
            yield Static(id="scopes")
            with Horizontal():
                yield OptionList(id="terms")
                with VerticalScroll(id="about", can_focus=False):
                    yield Static(id="definition")
            yield Static(
                "[b]enter[/] choose  [b]ctrl+a[/] also heard  [b]tab[/] axis  [b]↑ ↓[/] move  "
                "[b]esc[/] back",
                id="keys",
            )

    def on_mount(self) -> None:
        """Show every term."""
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

    def _type(self, query: str) -> None:
        """Narrow the list to a query."""
        self._query = query
        self._fill()

    def _done(self, choice: Choice | None) -> None:
        """Close with a choice."""
        self._is_done = True
        self.dismiss(choice)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the definition of the marked term."""
        about = self._about(event.option.id or "")
        self.query_one("#definition", Static).update(about)
        self.query_one("#about", VerticalScroll).scroll_home(animate=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose with the mouse."""
        self._dismiss_with(event.option.id or "", is_secondary=False)

    @property
    def _list(self) -> OptionList:
        return self.query_one(OptionList)

    def _move(self, how: str) -> None:
        """Move the mark in the list."""
        getattr(self._list, f"action_{how}")()

    def _next_scope(self, step: int) -> None:
        """Look at the next axis alone, or at all."""
        place = (_SCOPES.index(self._scope) + step) % len(_SCOPES)
        self._scope = _SCOPES[place]
        self._fill()

    def _choose(self, *, is_secondary: bool) -> None:
        """Choose the marked term."""
        if self._list.highlighted is not None:
            chosen = self._list.get_option_at_index(self._list.highlighted).id or ""
            self._dismiss_with(chosen, is_secondary=is_secondary)

    def _dismiss_with(self, chosen: str, *, is_secondary: bool) -> None:
        if chosen.startswith(_CLEAR):
            axis = next(each for each in AXES if chosen == _CLEAR + each)
            self._done(Choice(axis, None))
            return
        term = chosen.rpartition(":")[2]
        axis = self._taxonomy.axis_of(term)
        self._done(Choice(axis, term, is_secondary=is_secondary and axis == "source"))

    def _fill(self) -> None:
        """List the terms that match, with the ones used last on top while nothing is typed."""
        query = self._query
        self.query_one("#query", Static).update(_typed(query))
        matching = found_terms(self._taxonomy, query, self._scope)
        options = [self._option(term, is_tree=not query.strip()) for term in matching]
        if not query.strip():
            options = [*self._recent_options(), *options, *self._clear_options()]
        terms = self.query_one(OptionList)
        terms.clear_options()
        terms.add_options(options)
        terms.highlighted = 0 if options else None
        if not options:
            self.query_one("#definition", Static).update(
                f"No term matches '{query}'. Try another word for it, or fewer letters."
            )
        self.query_one("#scopes", Static).update(self._scopes())

    def _recent_options(self) -> list[Option]:
        """Return the terms used last, marked as such."""
        terms = [self._taxonomy.term(term_id) for term_id in self._recent]
        shown = [t for t in terms if self._scope in (None, self._taxonomy.axis_of(t.id))]
        return [
            Option(Text.assemble(("↺ ", "dim"), self._term_name(term)), id=f"recent:{term.id}")
            for term in shown
        ]

    def _clear_options(self) -> list[Option]:
        """Return an entry for each axis that has a term, to take it away."""
        return [
            Option(Text(f"✗ no {axis} (now {term})", "italic"), id=_CLEAR + axis)
            for axis in AXES
            if self._scope in (None, axis) and (term := getattr(self._region, axis)) is not None
        ]

    def _option(self, term: Term, *, is_tree: bool) -> Option:
        depth = len(self._taxonomy.ancestors(term.id))
        name = self._term_name(term)
        if is_tree:
            return Option(Text.assemble("  " * depth, name), id=term.id)
        above = [each.label.lower() for each in reversed(self._taxonomy.ancestors(term.id))]
        place = " / ".join([self._taxonomy.axis_of(term.id), *above])
        return Option(Text.assemble(name, (f"  {place}", "dim")), id=term.id)

    def _term_name(self, term: Term) -> Text:
        is_source = self._taxonomy.axis_of(term.id) == "source"
        colour = self._colours[term.id] if is_source else ""
        return Text.assemble(("■ " if is_source else "◇ ", colour), term.label)

    def _scopes(self) -> Text:
        """Return the line that says which axis is listed."""
        parts = []
        for scope in _SCOPES:
            name = "all" if scope is None else scope
            parts.append((f" {name} ", "reverse bold" if scope == self._scope else ""))
        return Text.assemble(*parts, (f"  {_QUESTIONS[self._scope]}", "italic"))

    def _about(self, option_id: str) -> Text:
        """Return what the taxonomy says of a term, and how it is told from its neighbours."""
        if option_id.startswith(_CLEAR):
            return Text("Take this term away from the region.")
        term = self._taxonomy.term(option_id.rpartition(":")[2])
        about = Text.assemble((term.label, "bold"), "\n", (self._taxonomy.path(term.id), "dim"))
        about.append(f"\n\n{term.definition}")
        if term.scope_note is not None:
            about.append(f"\n\n{term.scope_note}", "italic")
        for rule in self._taxonomy.coding_rules:
            if term.id in rule.terms:
                about.append(f"\n\n{rule.rule}")
        if term.aliases:
            about.append(f"\n\nalso called {', '.join(term.aliases)}", "dim")
        return about


def _typed(query: str) -> Text:
    """Return what has been typed, with a cursor; nothing shows what to do."""
    if query:
        return Text.assemble(query, ("█", "blink"))
    return Text("type a few letters, such as tap or whisper", "dim italic")
