"""Experiments on the same people are not independent: they become one.

Two contrasts of one sample that both report a place would count as two findings there. Merging
joins their foci into one experiment, of which each voxel keeps the largest value (Turkeltaub et al.
2012, Human Brain Mapping 33:1). Where the reported n differs the smaller one is taken: its kernel
is wider and lower.

Offers: ``Dependence``, ``Merging``, ``merge_samples``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from asmr_stim.schema.foci import Experiment

Dependence = Literal["merge", "keep"]
"""What is done with experiments that share a ``sample_id``."""


@dataclass(frozen=True)
class Merging:
    """Experiments after merging, and what became of them.

    Attributes
    ----------
    experiments : tuple of Experiment
    merged : tuple of tuples of str
        The names that became one, for each sample that had more than one experiment.
    n_without_sample : int
        Experiments whose sample nobody named; their dependence could not be checked.
    """

    experiments: tuple[Experiment, ...]
    merged: tuple[tuple[str, ...], ...]
    n_without_sample: int


def merge_samples(experiments: Sequence[Experiment]) -> Merging:
    """Return the experiments with those of one ``sample_id`` joined, in order of first occurrence.

    Parameters
    ----------
    experiments : sequence of Experiment
        Without a ``sample_id`` an experiment stands for itself.
    """
    by_sample: dict[tuple[str, str], list[Experiment]] = {}
    for experiment in experiments:
        own = experiment.sample_id is None
        key = ("name", experiment.name) if own else ("sample", str(experiment.sample_id))
        by_sample.setdefault(key, []).append(experiment)
    groups = list(by_sample.values())
    return Merging(
        experiments=tuple(group[0] if len(group) == 1 else _joined(group) for group in groups),
        merged=tuple(tuple(sorted(e.name for e in group)) for group in groups if len(group) > 1),
        n_without_sample=sum(experiment.sample_id is None for experiment in experiments),
    )


def _joined(group: list[Experiment]) -> Experiment:
    """Return one experiment with the foci of all and the columns on which all agree."""
    ordered = sorted(group, key=lambda experiment: experiment.name)
    first = ordered[0]
    types = {experiment.contrast_type for experiment in ordered}
    return Experiment(
        name=" + ".join(experiment.name for experiment in ordered),
        n=min(experiment.n for experiment in ordered),
        foci=tuple(focus for experiment in ordered for focus in experiment.foci),
        sample_id=first.sample_id,
        contrast_type=first.contrast_type if len(types) == 1 else None,
        columns={
            name: value
            for name, value in first.columns.items()
            if all(experiment.columns.get(name) == value for experiment in ordered)
        },
    )
