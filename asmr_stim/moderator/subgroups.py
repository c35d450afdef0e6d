"""Which group of a moderator a study belongs to, when its stimuli are several clips.

A cell of a moderator column is a value, or the values of several clips with their numbers:
``tapping=3; whispering=1`` (a value without a number counts once). An experiment belongs to the
value that at least the stated share of its clips has; if none has, it is ``mixed`` and belongs to
no group. Stimuli that each participant chose belong to none either.

From a study of the catalogue the cells of every moderator group, axis and facet follow by the same
form: its stimuli with the role ``asmr`` count with their numbers of clips, once where that is not
known.

One clip is not a trigger: ``one_clip_warning`` says so where studies used one.

Offers: ``Membership``, ``membership``, ``moderator_cells``, ``one_clip_warning``.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from asmr_stim.errors import InputError
from asmr_stim.schema.foci import Experiment
from asmr_stim.schema.knowledge import value_of
from asmr_stim.schema.stimulus import Stimulus, primary_source
from asmr_stim.schema.study import Contrast, Study
from asmr_stim.schema.taxonomy import Taxonomy

MIXED = "mixed"
UNKNOWN = "not known"
OWN_CHOICE = "participant_dependent"
CLIPS = "n_clips"
"""Column with the number of clips of an experiment."""

_COUNTED = re.compile(r"(?P<value>.*\S)\s*=\s*(?P<count>\d{1,6})")


class Membership(NamedTuple):
    """The value of an experiment, or why it has none."""

    value: str | None
    reason: str | None = None


def membership(cell: str | None, clip_share: float = 1.0) -> Membership:
    """Return which value of a moderator an experiment has.

    Parameters
    ----------
    cell : str or None
        What stands in the column; None for nothing.
    clip_share : float, within (0.5, 1]
        Share of the clips that must have a value.

    Raises
    ------
    InputError
        If the share is out of range: of half the clips two values could boast.

    Examples
    --------
    >>> membership("tapping=3; whispering=1", 0.75)
    Membership(value='tapping', reason=None)
    >>> membership("tapping=3; whispering=1").value
    'mixed'
    """
    if not 0.5 < clip_share <= 1.0:
        raise InputError(f"the share of clips is {clip_share:g}; give one above 0.5 and up to 1")
    if cell is None:
        return Membership(None, UNKNOWN)
    counts = _counts(cell)
    if set(counts) == {UNKNOWN}:
        return Membership(None, UNKNOWN)
    if OWN_CHOICE in counts:
        return Membership(None, "its stimuli were chosen by each participant")
    value, most = counts.most_common(1)[0]
    every = counts.total()
    if value in {MIXED, UNKNOWN} or most < clip_share * every - 1e-9:
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        return Membership(
            MIXED, f"mixed: no value has {clip_share:.0%} of its {every} clips ({told})"
        )
    return Membership(value)


def _counts(cell: str) -> Counter[str]:
    """Return how many clips have each value."""
    counts: Counter[str] = Counter()
    for part in filter(None, map(str.strip, cell.split(";"))):
        counted = _COUNTED.fullmatch(part)
        value, count = (counted["value"], int(counted["count"])) if counted else (part, 1)
        counts[value] += count
    return +counts or Counter({UNKNOWN: 1})


def moderator_cells(study: Study, contrast: Contrast, taxonomy: Taxonomy) -> dict[str, str]:
    """Return the cell of every moderator group, axis and facet for a contrast of a study.

    Parameters
    ----------
    study : Study
    contrast : Contrast
        One of its contrasts.
    taxonomy : Taxonomy
    """
    roles = {each.stimulus for each in contrast.stimuli if each.role == "asmr"}
    stimuli = [stimulus for stimulus in study.stimuli if stimulus.id in roles]
    told = [(_values(stimulus, taxonomy), _clips(stimulus) or 1) for stimulus in stimuli]
    columns = dict.fromkeys(name for values, _ in told for name in values)
    cells = {
        name: "; ".join(f"{values.get(name, UNKNOWN)}={count}" for values, count in told)
        for name in columns
    }
    clips = [_clips(stimulus) for stimulus in stimuli]
    known = [count for count in clips if count is not None]
    if known and len(known) == len(clips):
        cells[CLIPS] = str(sum(known))
    return cells


def _clips(stimulus: Stimulus) -> int | None:
    count: int | None = value_of(stimulus.n_clips)
    return count


def _values(stimulus: Stimulus, taxonomy: Taxonomy) -> dict[str, str]:
    """Return what one stimulus is on every moderator group, axis and facet."""
    groups = [group.id for group in taxonomy.moderator_groups]
    if value_of(stimulus.participant_dependent):
        return dict.fromkeys([*groups, "source", "act", "channel", *stimulus.facets], OWN_CHOICE)
    channel = value_of(stimulus.channel)
    acts: tuple[str, ...] = value_of(stimulus.acts) or ()
    terms = [*(value_of(stimulus.sources) or ()), *acts, *([channel] if channel else [])]
    primary = primary_source(stimulus).term
    found: dict[str, str | None] = {
        group.id: _level(taxonomy, group.id, terms, primary) for group in taxonomy.moderator_groups
    }
    found |= {"source": primary, "channel": channel}
    found["act"] = acts[0] if len(acts) == 1 else (MIXED if acts else None)
    facets = {name: value_of(field) for name, field in stimulus.facets.items()}
    found |= {name: None if value is None else str(value) for name, value in facets.items()}
    return {name: _plain(value) for name, value in found.items()}


def _level(taxonomy: Taxonomy, group: str, terms: list[str], primary: str | None) -> str | None:
    """Return the level of a stimulus; by its primary source where its terms are of several."""
    level = taxonomy.level(group, terms)
    if level is not None or not terms:
        return level
    if primary is None or primary == MIXED:
        return MIXED if any(taxonomy.level(group, [term]) for term in terms) else None
    return taxonomy.level(group, [primary])


def _plain(value: str | None) -> str:
    """Return a value without the signs that a cell is written with."""
    return UNKNOWN if value is None else re.sub(r"[;=]", ",", value)


def one_clip_warning(experiments: Iterable[Experiment], by: Mapping[str, str]) -> str | None:
    """Return what must be said where experiments used a single clip, or None.

    Parameters
    ----------
    experiments : iterable of Experiment
    by : mapping
        The moderator column, if one was asked for, and the value of this group.
    """
    every = list(experiments)
    single = [each.name for each in every if _clip_count(each, by) == 1]
    if not single:
        return None
    kind = " and ".join(f"'{value}' ({column})" for column, value in by.items()) or "its kind"
    return (
        f"{len(single)} of {len(every)} experiments used one clip ({', '.join(single)}): what they "
        f"show is about this clip of each; that it holds for {kind} cannot be told from one clip."
    )


def _clip_count(experiment: Experiment, by: Mapping[str, str]) -> int | None:
    """Return the number of clips, from its own column or from counts in the moderator's."""
    given = experiment.columns.get(CLIPS)
    if given is not None:
        return int(given) if given.isdigit() else None
    cells = [experiment.group(column) or "" for column in by]
    counted = [cell for cell in cells if "=" in cell or ";" in cell]
    return _counts(counted[0]).total() if counted else None
