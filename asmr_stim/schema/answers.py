"""Questions to a study's authors, and the form in which their answers come back.

The questions are exactly the gaps of the reporting checklist. An answer becomes a value whose
source is of the kind ``author``; ``filled`` turns the words of a person into those of the records
(``yes`` into true, an alias into its term), and refuses what it cannot place.

Offers: ``Question``, ``questions``, ``AnswerForm``, ``Answer``, ``filled``, ``UnclearAnswerError``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from asmr_stim.errors import InputError
from asmr_stim.schema.base import Id, Many, Record, SemanticVersion, Text
from asmr_stim.schema.checklist import Checklist, Item, ItemState, checked
from asmr_stim.schema.identity import Day
from asmr_stim.schema.shape import FieldShape, shapes
from asmr_stim.schema.stimulus import Stimulus
from asmr_stim.schema.study import Contrast, Sample, Study, StudyId
from asmr_stim.schema.taxonomy import Axis, Taxonomy
from asmr_stim.schema.terms import Facet, folded

FORM_VERSION = "1.0.0"
RECORDS: dict[str, type[Record]] = {"stimuli": Stimulus, "samples": Sample, "contrasts": Contrast}
AXIS_OF: dict[str, Axis] = {"sources": "source", "acts": "act", "channel": "channel"}
YES_AND_NO = {"yes": True, "no": False, "true": True, "false": False}


class UnclearAnswerError(InputError):
    """An answer cannot be turned into what its field holds."""


class Answer(Record):
    """One question of the form with its answer; empty where the authors do not know."""

    item: Id
    about: Many[Text]
    question: Text
    places: Many[Text]
    answer: Any = None


class AnswerForm(Record):
    """What a study's authors answered, who, and on which day."""

    form_version: SemanticVersion
    study: StudyId
    answered_by: Text | None = None
    answered_on: Day | None = None
    answers: Many[Answer]


@dataclass(frozen=True)
class Question:
    """An item that is missing, and for which records of the study.

    ``places`` are the fields that an answer goes into, such as ``stimuli.asmr_video.title``; none
    where the catalogue has no such record yet. ``is_read`` says that the full text was read.
    """

    item: Item
    about: tuple[str, ...]
    places: tuple[str, ...]
    states: tuple[ItemState, ...]

    @property
    def is_read(self) -> bool:
        """Whether somebody read the full text and did not find the answer."""
        return all(state == "not reported" for state in self.states)


def questions(study: Study, checklist: Checklist) -> tuple[Question, ...]:
    """Return a question for each item of the checklist that a study leaves open."""
    return tuple(
        Question(
            item=result.item,
            about=tuple(gap.label for gap in result.gaps if gap.path),
            places=tuple(
                ".".join((*gap.path, result.item.fields[0])) for gap in result.gaps if gap.path
            ),
            states=tuple(gap.state for gap in result.gaps),
        )
        for result in checked(study, checklist).items
        if result.gaps
    )


def field_of_place(place: str) -> tuple[type[Record], FieldShape]:
    """Return the record and the field at a place, such as ``stimuli.asmr_video.identity.licence``.

    Raises
    ------
    UnclearAnswerError
        If the records have no such field.
    """
    top, _, rest = place.partition(".")
    record: type[Record] | None = RECORDS.get(top)
    for name in rest.split(".")[1:]:
        shape = shapes(record).get(name) if record is not None else None
        if record is None or shape is None:
            break
        if shape.known is not None or name == "facets":
            return record, shape
        record = shape.record
    raise UnclearAnswerError(f"'{place}' is no field that an answer can go into")


def filled(place: str, answer: Any, taxonomy: Taxonomy) -> tuple[Any, str]:
    """Return an answer as its field holds it, and its basis.

    Parameters
    ----------
    place : str
        Where it goes, such as ``stimuli.asmr_video.sources``.
    answer : text, number, bool, list or mapping
        What the authors wrote.
    taxonomy : Taxonomy
        Where their words for sounds, acts and facets are looked up.

    Returns
    -------
    value, basis
        ``coded`` where a word of the taxonomy stands for theirs, else ``stated``.

    Raises
    ------
    UnclearAnswerError
        If the answer is no word of the taxonomy, no choice of the field, or of another kind.
    """
    _, shape = field_of_place(place)
    name = place.rpartition(".")[2]
    if shape.name == "facets":
        facet = _facet(name, taxonomy)
        value = _facet_value(facet, answer)
        is_choice = value in {choice.id for choice in facet.values}
        return value, "coded" if is_choice else "stated"
    if name in AXIS_OF:
        ids = [_term(word, AXIS_OF[name], taxonomy) for word in _listed(answer)]
        return (ids if shape.is_list else ids[0]), "coded"
    if name == "composition":
        return _shares(answer, taxonomy), "stated"
    if shape.is_list:
        return [_plain(shape, each) for each in _listed(answer)], "stated"
    return _plain(shape, answer), "coded" if shape.words else "stated"


def _listed(answer: Any) -> list[Any]:
    if isinstance(answer, str):
        return [word.strip() for word in answer.split(",") if word.strip()]
    return list(answer) if isinstance(answer, list | tuple) else [answer]


def _plain(shape: FieldShape, answer: Any) -> Any:
    if shape.words:
        return _choice(answer, shape.words)
    if shape.types == (bool,) and isinstance(answer, str):
        if answer.strip().casefold() not in YES_AND_NO:
            raise UnclearAnswerError(f"'{answer}' is neither yes nor no; write one of the two")
        return YES_AND_NO[answer.strip().casefold()]
    if shape.types == (str,) and isinstance(answer, int | float):
        return str(answer)
    return answer


def _choice(answer: Any, words: Iterable[str]) -> str:
    known = {folded(word): word for word in words}
    if isinstance(answer, bool):
        answer = "yes" if answer else "no"
    found = known.get(folded(str(answer)))
    if found is None:
        raise UnclearAnswerError(f"'{answer}' is not one of: {', '.join(known.values())}")
    return found


def _term(word: Any, axis: Axis, taxonomy: Taxonomy) -> str:
    term = taxonomy.resolve(str(word), axis)
    if term is None:
        raise UnclearAnswerError(
            f"'{word}' is no {axis} of the taxonomy; look for the nearest with "
            f"'asmr-stim taxonomy tree --axis {axis}' and write its id"
        )
    return term.id


def _facet(name: str, taxonomy: Taxonomy) -> Facet:
    found = {facet.id: facet for facet in taxonomy.facets}.get(name)
    if found is None:
        raise UnclearAnswerError(f"'{name}' is no facet of the taxonomy")
    return found


def _facet_value(facet: Facet, answer: Any) -> str | float:
    if isinstance(answer, int | float) and not isinstance(answer, bool) and facet.unit is not None:
        return float(answer)
    words = {folded(word): each.id for each in facet.values for word in (each.id, *each.aliases)}
    if set(words.values()) == {"present", "absent"}:
        words |= {"yes": "present", "true": "present", "no": "absent", "false": "absent"}
    found = words.get(folded(str(answer)))
    if found is not None:
        return found
    if facet.free_text:
        return str(answer)
    allowed = [each.id for each in facet.values]
    allowed += [f"a number in {facet.unit}"] if facet.unit else []
    raise UnclearAnswerError(f"'{answer}' is not one of: {', '.join(allowed)}")


def _shares(answer: Any, taxonomy: Taxonomy) -> list[dict[str, Any]]:
    if not isinstance(answer, dict):
        raise UnclearAnswerError(
            "shares of time are written as {tapping: 0.6, whisper: 0.3}, each from 0 to 1"
        )
    return [
        {"term": _term(word, "source", taxonomy), "share": share} for word, share in answer.items()
    ]


def allowed_words(place: str, taxonomy: Taxonomy) -> tuple[str, ...]:
    """Return the words that a field allows, for the form; none where it is open."""
    _, shape = field_of_place(place)
    if shape.name == "facets":
        facet = _facet(place.rpartition(".")[2], taxonomy)
        words = tuple(each.id for each in facet.values)
        return (*words, *((f"a number in {facet.unit}",) if facet.unit else ()))
    if place.endswith(".channel"):
        return tuple(term.id for term in taxonomy.roots("channel"))
    return ("yes", "no") if shape.types == (bool,) else shape.words
