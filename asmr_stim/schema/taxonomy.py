"""The taxonomy: every word that a stimulus is coded with, and the questions one can ask of it.

Three axes (source, act, channel) hold flat ids that are unique over all of them; a term's place is
its ``parent``, so ``object/impact/tapping`` is derived and a term can move without touching a
study. Records of other modules write ``SourceTerm``, ``ActTerm`` or ``ChannelTerm`` and are
validated with ``context={"taxonomy": taxonomy}``.
"""

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from functools import cached_property
from typing import Annotated, Self

from pydantic import AfterValidator, ValidationInfo, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from asmr_stim.errors import MissingInputError
from asmr_stim.schema.knowledge import inconsistent
from asmr_stim.schema.problems import Rename
from asmr_stim.schema.spelling import certain_word
from asmr_stim.schema.taxonomy_integrity import contradictions
from asmr_stim.schema.terms import AXES, Axis, ModeratorGroup, Term, WordList, folded

__all__ = [
    "AXES",
    "AXIS_MARK",
    "ActTerm",
    "Axis",
    "ChannelTerm",
    "SourceTerm",
    "Taxonomy",
    "Term",
    "folded",
]

CLOSENESS = 0.72  # difflib ratio: 'taping' finds 'tapping', 'wisper' 'whisper'; 'table' finds none


class Taxonomy(WordList):
    """Every term, facet, role, contrast type, moderator group and coding rule, of one version.

    Building one checks what holds between the entries: ids unique over all axes, words with one
    meaning, parents that exist in the same axis without a cycle, groups and rules that name terms.
    """

    @model_validator(mode="after")
    def _is_free_of_contradictions(self) -> Self:
        found = list(contradictions(self))
        if found:
            raise inconsistent(found)
        return self

    @cached_property
    def _terms(self) -> dict[str, Term]:
        return {term.id: term for term in self.terms}

    @cached_property
    def _axes(self) -> dict[str, Axis]:
        return {term.id: axis for axis in AXES for term in getattr(self.terms, axis)}

    @cached_property
    def _words(self) -> dict[str, Term]:
        return {folded(word): term for term in self._terms.values() for word in term.words}

    @cached_property
    def _children(self) -> dict[str | None, list[Term]]:
        children: dict[str | None, list[Term]] = {}
        for term in self._terms.values():
            children.setdefault(term.parent, []).append(term)
        return children

    def __len__(self) -> int:
        """Return the number of terms on all axes."""
        return len(self._terms)

    def term(self, term_id: str) -> Term:
        """Return the term with this id.

        Raises
        ------
        MissingInputError
            If there is none; the message names the nearest.
        """
        if term_id not in self._terms:
            hint = self._hint(term_id, None)
            raise MissingInputError(f"'{term_id}' is not in the taxonomy{hint}")
        return self._terms[term_id]

    def axis_of(self, term_id: str) -> Axis:
        """Return the one axis that the term stands on."""
        return self._axes[self.term(term_id).id]

    def terms_of(self, axis: Axis) -> tuple[Term, ...]:
        """Return the terms of an axis in tree order: each parent before its children."""
        return tuple(term for root in self.roots(axis) for term in self._subtree(root))

    def roots(self, axis: Axis) -> tuple[Term, ...]:
        """Return the uppermost terms of an axis."""
        return tuple(term for term in self._children[None] if self._axes[term.id] == axis)

    def children(self, term_id: str) -> tuple[Term, ...]:
        """Return the terms directly below a term."""
        return tuple(self._children.get(self.term(term_id).id, ()))

    def subtree(self, term_id: str) -> tuple[Term, ...]:
        """Return the term and everything below it, in tree order."""
        return tuple(self._subtree(self.term(term_id)))

    def _subtree(self, term: Term) -> Iterator[Term]:
        yield term
        for child in self._children.get(term.id, ()):
            yield from self._subtree(child)

    def ancestors(self, term_id: str) -> tuple[Term, ...]:
        """Return the terms above a term, the nearest first."""
        above, term = [], self.term(term_id)
        while term.parent is not None:
            term = self._terms[term.parent]
            above.append(term)
        return tuple(above)

    def path(self, term_id: str) -> str:
        """Return the ids from the root to the term, as in ``object/impact/tapping``."""
        return "/".join([*(term.id for term in reversed(self.ancestors(term_id))), term_id])

    def is_a(self, term_id: str, ancestor_id: str) -> bool:
        """Return whether a term is another term or stands below it."""
        ancestor = self.term(ancestor_id)
        return ancestor in (self.term(term_id), *self.ancestors(term_id))

    def resolve(self, word: str, axis: Axis | None = None) -> Term | None:
        """Return the one term that an id, label or alias means, or None.

        Case, spaces, hyphens and underscores do not matter.
        """
        term = self._words.get(folded(word))
        if term is None or axis not in (None, self._axes[term.id]):
            return None
        return term

    def suggestion(self, word: str, axis: Axis | None = None) -> str | None:
        """Return the id of the term whose id, label or alias is spelt most like the word."""
        candidates = [known for known, term in self._words.items() if self._is_on(term, axis)]
        close = get_close_matches(folded(word), candidates, n=1, cutoff=CLOSENESS)
        return self._words[close[0]].id if close else None

    def correction(self, word: str, axis: Axis) -> str | None:
        """Return the id of this axis that a word certainly means, or None where there is doubt.

        A label or alias means its term. A misspelt word means a term if no other is spelt nearly
        as much alike.
        """
        meant = self.resolve(word, axis)
        if meant is not None:
            return meant.id
        ids = {known: term.id for known, term in self._words.items() if self._axes[term.id] == axis}
        return certain_word(folded(word), ids)

    def _is_on(self, term: Term, axis: Axis | None) -> bool:
        return axis in (None, self._axes[term.id])

    def group(self, group_id: str) -> ModeratorGroup:
        """Return a moderator group.

        Raises
        ------
        MissingInputError
            If there is none of this name; the message lists those there are.
        """
        for group in self.moderator_groups:
            if group.id == group_id:
                return group
        known = ", ".join(group.id for group in self.moderator_groups)
        raise MissingInputError(f"'{group_id}' is no moderator group; there are {known}")

    def level(self, group_id: str, term_ids: Iterable[str]) -> str | None:
        """Return the level of a moderator group that a stimulus belongs to, or None.

        Parameters
        ----------
        group_id : str
        term_ids : iterable of str
            The terms of the stimulus, of any axis.

        Returns
        -------
        str or None
            Where several levels match, the first in the order of the group if its rule says so,
            else None: the stimulus is mixed. None as well where no level matches.

        Raises
        ------
        MissingInputError
            If the group or a term is not in the taxonomy.
        """
        group = self.group(group_id)
        held = {term.id for word in term_ids for term in (self.term(word), *self.ancestors(word))}
        matching = [level for level, terms in group.levels.items() if held.intersection(terms)]
        if not matching or (len(matching) > 1 and not group.first_match):
            return None
        return matching[0]

    def refusal(self, word: str, axis: Axis) -> str | None:
        """Return why a word is no id of this axis, or None if it is one."""
        if self._axes.get(word) == axis:
            return None
        return f"{word!r} is not {_WITH_ARTICLE[axis]} term of the taxonomy{self._hint(word, axis)}"

    def _hint(self, word: str, axis: Axis | None) -> str:
        """Return what to write instead, beginning with '; ', or nothing."""
        meant = self.resolve(word, axis)
        if meant is not None:
            return f"; write its id '{meant.id}'"
        elsewhere = self.resolve(word)
        if elsewhere is not None:
            return f"; it is {_WITH_ARTICLE[self._axes[elsewhere.id]]} term"
        for facet in self.facets:
            for value in facet.values:
                if folded(word) in map(folded, (value.id, *value.aliases)):
                    return f"; it is the value '{value.id}' of the facet '{facet.id}'"
        near = self.suggestion(word, axis)
        return f"; did you mean '{near}'?" if near is not None else ""


_WITH_ARTICLE: dict[Axis, str] = {"source": "a source", "act": "an act", "channel": "a channel"}


def taxonomy_of(info: ValidationInfo) -> Taxonomy:
    """Return the taxonomy that was handed in as validation context, or refuse to validate."""
    taxonomy = (info.context or {}).get("taxonomy")
    if not isinstance(taxonomy, Taxonomy):
        raise PydanticCustomError(
            "no_taxonomy",
            "records with terms are checked against a taxonomy: pass context={'taxonomy': ...}",
        )
    return taxonomy


def _term_check(axis: Axis) -> Callable[[str, ValidationInfo], str]:
    """Return a validator that knows the axis and asks the taxonomy of the validation context."""

    def check(word: str, info: ValidationInfo) -> str:
        refusal = taxonomy_of(info).refusal(word, axis)
        if refusal is not None:
            meant = taxonomy_of(info).correction(word, axis)
            rename = Rename("value", word, meant) if meant is not None else None
            context = {"refusal": refusal, "word": word, "axis": axis, "rename": rename}
            raise PydanticCustomError("unknown_term", "{refusal}", context)
        return word

    return check


def _marked(axis: Axis) -> WithJsonSchema:
    """Return what a term is in a JSON Schema: text, until a taxonomy gives the ids of its axis."""
    return WithJsonSchema({"type": "string", AXIS_MARK: axis})


AXIS_MARK = "asmr-stim-axis"
"""The key by which a JSON Schema says of a text that it is a term, and of which axis."""

SourceTerm = Annotated[str, AfterValidator(_term_check("source")), _marked("source")]
ActTerm = Annotated[str, AfterValidator(_term_check("act")), _marked("act")]
ChannelTerm = Annotated[str, AfterValidator(_term_check("channel")), _marked("channel")]
