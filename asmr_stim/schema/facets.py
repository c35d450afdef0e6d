"""Whether a record may have a value of a facet of the taxonomy."""

from collections.abc import Mapping
from difflib import get_close_matches

from asmr_stim.schema.problems import Finding, Rename
from asmr_stim.schema.spelling import certain_word
from asmr_stim.schema.taxonomy import Taxonomy
from asmr_stim.schema.terms import Facet

FACETS_MARK = "asmr-stim-facets"
"""The key by which a JSON Schema says that a mapping's keys are the facets of the taxonomy; its
value lists those for which the record has a field of its own."""


def facet_finding(
    taxonomy: Taxonomy, name: str, value: str | float | None, own_fields: Mapping[str, str]
) -> Finding | None:
    """Return why a record cannot have this value of this facet, or None if it can.

    Parameters
    ----------
    taxonomy : Taxonomy
    name : str
        Id of the facet.
    value : str, float or None
        None where it is not known.
    own_fields : mapping of str to str
        Facets that the record has a field for, and the name of that field.
    """
    if name in own_fields:
        sentence = f"'{name}' has a field of its own: write {own_fields[name]}"
        return Finding("E013", (name,), sentence)
    known = {facet.id: facet for facet in taxonomy.facets}
    if name in known:
        return None if value is None else _value_finding(known[name], value)
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(sorted(known))}"
    meant = certain_word(name, {each: each for each in known if each not in own_fields})
    rename = Rename("key", name, meant) if meant is not None else None
    return Finding("E013", (name,), f"'{name}' is no facet of the taxonomy; {hint}", rename)


def _value_finding(facet: Facet, value: str | float) -> Finding | None:
    """Return why a facet cannot have a value: a choice, a number in its unit, or free words."""
    choices = [choice.id for choice in facet.values]
    if isinstance(value, str) and (value in choices or facet.free_text):
        return None
    if isinstance(value, float) and facet.unit is not None:
        return None
    allowed = [*choices, *([f"a number in {facet.unit}"] if facet.unit else [])]
    near = get_close_matches(str(value), choices, n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    words = {word: each.id for each in facet.values for word in (each.id, *each.aliases)}
    meant = certain_word(str(value), words)
    return Finding(
        "E013",
        (facet.id, "value"),
        f"'{value}' is no value of the facet '{facet.id}', which is: {', '.join(allowed)}{hint}",
        Rename("value", str(value), meant) if meant is not None else None,
    )
