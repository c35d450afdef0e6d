"""Saying what a region is: its label, how strong it is, its ear, pace, facets, and a note."""

from collections.abc import Callable

from asmr_stim.annotation.session import AnnotationSession
from asmr_stim.io.session_lock import Holder
from asmr_stim.schema.annotation import EARS, PACES, Annotation, Region
from asmr_stim.schema.taxonomy import Taxonomy
from asmr_stim_tui.actions import Keymap
from asmr_stim_tui.clock import counted
from asmr_stim_tui.editing_screen import EditingScreen
from asmr_stim_tui.facet_picker import FacetChoice, FacetPicker
from asmr_stim_tui.label_picker import Choice, LabelPicker
from asmr_stim_tui.prompt_screen import PromptScreen, confidence_refusal
from asmr_stim_tui.recents import Recents


class DescribingScreen(EditingScreen):
    """The keys and pickers that describe the selected region; parameters as ``EditingScreen``."""

    def __init__(
        self,
        session: AnnotationSession,
        taxonomy: Taxonomy,
        keys: Keymap,
        holder: Holder | None = None,
        others: tuple[Annotation, ...] = (),
    ) -> None:
        super().__init__(session, taxonomy, keys, holder, others)
        self._taxonomy = taxonomy
        self._recents = Recents(r.source for r in session.regions if r.source is not None)

    def action_label(self) -> None:
        """Open the label picker for the selected region."""
        self._with_region(self._pick_label)

    def action_recent(self, number: int) -> None:
        """Give the selected region a source that was used before."""
        self._with_region(lambda region: self._label_again(region, number))

    def _label_again(self, region: Region, number: int) -> None:
        sources = self._recents.numbered
        if number <= len(sources):
            self._label(region, Choice("source", sources[number - 1]))
            return
        finds = f"{self._key('label')} finds any"
        self._say(f"{counted(len(sources), 'label')} used so far, so no recent {number}; {finds}.")

    def _pick_label(self, region: Region) -> None:
        picker = LabelPicker(self._taxonomy, self._colours, region, self._recents)
        self.app.push_screen(picker, lambda choice: self._label(region, choice))

    def _label(self, region: Region, choice: Choice | None) -> None:
        """Give the region the term that was picked."""
        if choice is None:
            return
        if choice.term is not None and choice.axis == "source":
            self._recents.use(choice.term)
        terms = _terms_after(region, choice)
        self._edit(lambda: self.session.relabel(region.id, **terms))

    def action_intensity(self, intensity: int) -> None:
        """Set the intensity of the selected region."""
        self._set("intensity", lambda _: intensity)

    def action_ear(self) -> None:
        """Change the ear of the selected region."""
        self._set("ear", lambda region: _after(region.ear, EARS[-1:] + EARS[:-1]))

    def action_pace(self) -> None:
        """Change the pace of the selected region."""
        self._set("pace", lambda region: _after(region.pace, (None, *PACES)))

    def _set(self, field: str, value: Callable[[Region], object]) -> None:
        self._with_region(
            lambda region: self._edit(
                lambda: self.session.set_field(region.id, field, value(region))
            )
        )

    def action_facet(self) -> None:
        """Open the picker of facets for the selected region."""
        self._with_region(self._pick_facet)

    def _pick_facet(self, region: Region) -> None:
        picker = FacetPicker(self._taxonomy, region)
        self.app.push_screen(picker, lambda choice: self._describe(region, choice))

    def _describe(self, region: Region, choice: FacetChoice | None) -> None:
        """Give the region the value of a facet that was picked, or take it away."""
        if choice is None:
            return
        said = {name: value for name, value in region.facets.items() if name != choice.facet}
        if choice.value is not None:
            said[choice.facet] = choice.value
        self._edit(lambda: self.session.set_field(region.id, "facets", said))

    def action_confidence(self) -> None:
        """Ask how sure the rater is."""
        self._with_region(
            lambda region: self._ask(
                region,
                f"How sure of {region.id}? 0 (a guess) to 1 (no doubt)",
                "confidence",
            )
        )

    def action_notes(self) -> None:
        """Ask for a note."""
        self._with_region(lambda region: self._ask(region, f"A note on {region.id}", "notes"))

    def _ask(self, region: Region, question: str, field: str) -> None:
        """Ask for the value of a field and set it."""
        is_number = field == "confidence"
        before = getattr(region, field)

        def take(answer: str | None) -> None:
            if answer is None:
                return
            value = answer.strip() if not is_number else float(answer) if answer.strip() else None
            self._edit(lambda: self.session.set_field(region.id, field, value))

        refusal = confidence_refusal if is_number else lambda _: None
        text = "" if before is None else str(before)
        prompt = PromptScreen(question, text, refusal, is_replaced=is_number)
        self.app.push_screen(prompt, take)


def _after(value: object, cycle: tuple[object, ...]) -> object:
    """Return what comes after a value in a cycle."""
    return cycle[(cycle.index(value) + 1) % len(cycle)]


def _terms_after(region: Region, choice: Choice) -> dict[str, object]:
    """Return which terms of a region change by a choice in the label picker.

    A further source that is there already is taken away; one that becomes the main source stops
    being a further one.
    """
    further = [term for term in region.secondary_sources if term != choice.term]
    if choice.axis != "source":
        return {choice.axis: choice.term}
    if not choice.is_secondary or region.source in (None, choice.term):
        return {"source": choice.term, "secondary_sources": tuple(further)}
    if choice.term is not None and choice.term not in region.secondary_sources:
        further.append(choice.term)
    return {"secondary_sources": tuple(further)}
