"""Choose what is heard: type a few letters, read the definition, press enter."""

from dataclasses import dataclass
from functools import partial

from rich.text import Text
from textual.widgets.option_list import Option

from asmr_stim.schema.annotation import Region
from asmr_stim.schema.taxonomy import AXES, Axis, Taxonomy
from asmr_stim.schema.terms import Term, folded
from asmr_stim_tui.picker import Picker, with_names
from asmr_stim_tui.recents import Recents
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


class LabelPicker(Picker[Choice]):
    """A list of terms, narrowed by typing, with the definition of the one that is marked.

    Parameters
    ----------
    taxonomy : Taxonomy
    colours : TermColours
    region : Region
        What is being labelled.
    recents : Recents
        Sources that were used last, offered first.
    """

    KEYS = (
        "[b]enter[/] choose  [b]ctrl+a[/] also heard  [b]tab[/] axis  [b]{up_and_down}[/] move  "
        "[b]esc[/] back"
    )
    EXAMPLE = "type a few letters, such as tap or whisper"

    def __init__(
        self, taxonomy: Taxonomy, colours: TermColours, region: Region, recents: Recents
    ) -> None:
        super().__init__(f"What is heard in {region.id}?")
        self._taxonomy = taxonomy
        self._colours = colours
        self._region = region
        self._recents = recents
        self._scope: Axis | None = None
        self._moves |= {
            "ctrl+a": self._choose_also,
            "tab": lambda: self._next_scope(1),
            "shift+tab": lambda: self._next_scope(-1),
        }
        for number, source in enumerate(recents.numbered, start=1):
            self._moves[f"f{number}"] = partial(self._pick, source)

    def _next_scope(self, step: int) -> None:
        """Look at the next axis alone, or at all."""
        place = (_SCOPES.index(self._scope) + step) % len(_SCOPES)
        self._scope = _SCOPES[place]
        self._fill()

    def _choose_also(self) -> None:
        """Choose the marked term as a further source."""
        if self._marked is not None:
            self._pick(self._marked, is_secondary=True)

    def _pick(self, option_id: str, *, is_secondary: bool = False) -> None:
        """Close with a term, or with an axis that loses its term."""
        if option_id.startswith(_CLEAR):
            axis = next(each for each in AXES if option_id == _CLEAR + each)
            self._done(Choice(axis, None))
            return
        term = option_id.rpartition(":")[2]
        axis = self._taxonomy.axis_of(term)
        self._done(Choice(axis, term, is_secondary=is_secondary and axis == "source"))

    def _options(self) -> list[Option]:
        """Return the terms that match, with the ones used last on top while nothing is typed."""
        is_all = not self._query.strip()
        matching = found_terms(self._taxonomy, self._query, self._scope)
        options = [self._option(term, is_tree=is_all) for term in matching]
        if not is_all:
            return options
        return [*self._recent_options(), *options, *self._clear_options()]

    def _recent_options(self) -> list[Option]:
        """Return the terms used last, marked as such."""
        numbers = {source: n for n, source in enumerate(self._recents.numbered, start=1)}
        if self._scope not in (None, "source"):
            return []
        return [
            Option(
                Text.assemble((f"F{numbers[source]} ", "bold"), self._term_name(term)),
                id=f"recent:{source}",
            )
            for source in self._recents.latest
            for term in (self._taxonomy.term(source),)
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
        name = Text.assemble(("■ " if is_source else "◇ ", colour), term.label)
        if folded(term.label) != folded(term.id):  # the table and the file have the id
            name.append(f" {term.id}", "dim italic")
        return name

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
        path = self._taxonomy.path(term.id).replace("/", " / ")  # lines break between the terms
        about = Text.assemble((term.label, "bold"), "\n", (path, "dim"))
        about.append("\n\n").append_text(with_names(term.definition))
        if term.scope_note is not None:
            about.append("\n\n").append_text(with_names(term.scope_note, "italic"))
        for rule in self._taxonomy.coding_rules:
            if term.id in rule.terms:
                about.append("\n\n").append_text(with_names(rule.rule))
        if term.aliases:
            about.append(f"\n\nalso called {', '.join(term.aliases)}", "dim")
        return about
