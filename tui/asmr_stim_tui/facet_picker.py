"""Choose what else is true of a region: a value of a facet of the taxonomy."""

from dataclasses import dataclass

from rich.text import Text
from textual.widgets.option_list import Option

from asmr_stim.schema.annotation import OWN_FIELDS, Region
from asmr_stim.schema.taxonomy import Taxonomy
from asmr_stim.schema.terms import Facet, FacetValue, folded
from asmr_stim_tui.picker import Picker, with_names

_NONE = ""
OF_THE_WHOLE = frozenset(
    {"presentation", "intent", "spatial", "transducer", "trigger_load", "level"}
)
"""Facets of a recording, its playback or a whole stimulus, which do not change with the region.

They are not offered for one; where an annotation says such a thing all the same, it can be changed.
"""


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """What somebody chose.

    Parameters
    ----------
    facet : str
        Id of the facet.
    value : str or None
        Id of its value; None takes away what was said.
    """

    facet: str
    value: str | None


class FacetPicker(Picker[FacetChoice]):
    """The facets of the taxonomy with their values.

    Parameters
    ----------
    taxonomy : Taxonomy
    region : Region
        What is being described.
    """

    EXAMPLE = "type a few letters, such as speech or moving"

    def __init__(self, taxonomy: Taxonomy, region: Region) -> None:
        super().__init__(f"What else is true of {region.id}?")
        self._said = region.facets
        self._facets = {
            facet.id: facet
            for facet in taxonomy.facets
            if facet.values and facet.id not in OWN_FIELDS
            if facet.id not in OF_THE_WHOLE or facet.id in region.facets
        }

    def _options(self) -> list[Option]:
        """Return a row for each value, and one for each facet that can be taken back."""
        wanted = [folded(word) for word in self._query.split()]
        rows = [
            Option(self._row(facet, value), id=f"{facet.id}:{value.id}")
            for facet in self._facets.values()
            for value in facet.values
            if _matches(wanted, (facet.label, value.id, *value.aliases))
        ]
        taken = [] if wanted else [each for each in self._said if each in self._facets]
        return [*(self._clear_row(facet_id) for facet_id in taken), *rows]

    def _scopes(self) -> Text:
        """Return how something that was said is taken back, where there is such a thing."""
        return Text("● said already   ✗ takes it away" if self._said else "")

    def _row(self, facet: Facet, value: FacetValue) -> Text:
        """Return facet and value; the dot stands at the one that is said already."""
        mark = "● " if self._said.get(facet.id) == value.id else "○ "
        name = value.id.replace("_", " ")
        return Text.assemble((mark, "dim"), f"{facet.label}: ", (name, "bold"))

    def _clear_row(self, facet_id: str) -> Option:
        facet = self._facets[facet_id]
        words = f"✗ say nothing of {facet.label.lower()} (now {self._said[facet_id]})"
        return Option(Text(words, "italic"), id=f"{facet_id}:{_NONE}")

    def _about(self, option_id: str) -> Text:
        """Return what facet and value mean."""
        facet_id, _, value_id = option_id.partition(":")
        facet = self._facets[facet_id]
        about = Text.assemble((facet.label, "bold"), "\n", with_names(facet.definition))
        if value_id == _NONE:
            about.append("\n\nenter takes away what was said.", "bold")
        for value in facet.values:
            if value.id == value_id:
                about.append(f"\n\n{value.id.replace('_', ' ')}", "bold")
                about.append("\n").append_text(with_names(value.definition))
                if value.aliases:
                    about.append(f"\n\nalso called {', '.join(value.aliases)}", "dim")
        return about

    def _pick(self, option_id: str) -> None:
        facet_id, _, value_id = option_id.partition(":")
        self._done(FacetChoice(facet_id, value_id or None))


def _matches(wanted: list[str], names: tuple[str, ...]) -> bool:
    """Return whether each word that was typed is a part of one of the names."""
    text = folded(" ".join(names))
    return all(word in text for word in wanted)
