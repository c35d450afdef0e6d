"""Hierarchical Event Descriptors (HED) of stimuli, from the taxonomy's crosswalk.

A tag is given only where it is true of everything the term covers: where the crosswalk calls it
``exact`` or ``broad``. A ``narrow`` tag would say more than is known, a ``related`` one something
else. Of ``exact`` and ``broad`` the first is enough, since HED tags imply those above them.

Offers: ``hed_tags``, ``hed_string``, ``SCHEME``.
"""

from collections.abc import Iterable

from asmr_stim.schema.taxonomy import Taxonomy
from asmr_stim.schema.terms import Match

SCHEME = "hed"
FIRST = "Sensory-event"
"""Every stimulus is one, and a HED string of an event begins with what kind of event it is."""


def hed_tags(taxonomy: Taxonomy, words: Iterable[str]) -> tuple[str, ...]:
    """Return the HED tags of terms and of values of facets, each once.

    Parameters
    ----------
    taxonomy : Taxonomy
    words : iterable of str
        Ids of terms, and values of facets as ``spatial.mono``.

    Returns
    -------
    tuple of str
        Short names of tags, in the order of the words; nothing for words without a tag.
    """
    scheme = next((each for each in taxonomy.crosswalk if each.id == SCHEME), None)
    if scheme is None:
        return ()
    matches = {**scheme.terms, **scheme.facets}
    return tuple(dict.fromkeys(tag for word in words for tag in _true_of(matches.get(word, ()))))


def hed_string(taxonomy: Taxonomy, words: Iterable[str]) -> str | None:
    """Return the HED string of a stimulus, or None if none of its words has a tag."""
    tags = hed_tags(taxonomy, words)
    return ", ".join([FIRST, *tags]) if tags else None


def _true_of(matches: Iterable[Match]) -> list[str]:
    names = {
        match.relation: [m.name for m in matches if m.relation == match.relation]
        for match in matches
    }
    return names.get("exact") or names.get("broad") or []
