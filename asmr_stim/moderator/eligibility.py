"""Which coordinates of a study may enter an ALE, and for the others the reason why not.

An ALE asks where whole-brain activation peaks of one kind of contrast converge. Points fixed in
advance, connectivity, small volumes and resting-state differences answer other questions; mixing
them in would show the choice of the points, not the brain.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from asmr_stim.schema.coordinates import CoordinateTable
from asmr_stim.schema.foci import SMALLEST_N, CoordinateSpace, Experiment, FociSet
from asmr_stim.schema.knowledge import value_of
from asmr_stim.schema.outcome import Direction
from asmr_stim.schema.study import NEEDS_ASMR_STIMULUS, Contrast, ContrastType, Study

MRI = "fmri"
NO_MRI = "no magnetic resonance imaging"
ADD_TABLE = "its table of whole-brain activation peaks has not been extracted"
UNCHECKED = "it was extracted automatically and nobody has compared it with the paper"


class ExperimentKind(NamedTuple):
    """What experiments must have in common to be analysed together."""

    contrast_type: ContrastType
    direction: Direction
    space: CoordinateSpace


@dataclass(frozen=True)
class EligibleExperiment:
    """Peaks that may enter an ALE, and the kind of ALE they may enter."""

    study: str
    kind: ExperimentKind
    experiment: Experiment


@dataclass(frozen=True)
class Eligibility:
    """What one study brings to an ALE: experiments, or the reasons why there is none."""

    study: str
    experiments: tuple[EligibleExperiment, ...]
    reasons: tuple[str, ...]

    @property
    def is_eligible(self) -> bool:
        """Whether the study brings at least one experiment."""
        return bool(self.experiments)


def eligibility(study: Study) -> Eligibility:
    """Return the experiments of a study that may enter an ALE, and why others may not."""
    modalities = value_of(study.modalities)
    if modalities is not None and MRI not in modalities:
        return Eligibility(study.id, (), (NO_MRI,))
    experiments: list[EligibleExperiment] = []
    reasons: list[str] = []
    contrasts = {contrast.id: contrast for contrast in study.contrasts}
    for table in study.coordinates:
        contrast = contrasts.get(table.contrast or "")
        against = _reasons_against(study, table, contrast)
        if against or contrast is None:
            reasons.append(f"{table.label}: {', '.join(against)}")
        else:
            experiments.append(_experiment(study, table, contrast))
    if not experiments:
        reasons += _reasons_in_analyses(study)
    return Eligibility(study.id, tuple(experiments), tuple(dict.fromkeys(reasons)))


def reasons_against(study: Study, table: CoordinateTable) -> tuple[str, ...]:
    """Return why a table of a study may not enter an ALE; nothing where it may."""
    modalities = value_of(study.modalities)
    if modalities is not None and MRI not in modalities:
        return (NO_MRI,)
    contrasts = {contrast.id: contrast for contrast in study.contrasts}
    return tuple(_reasons_against(study, table, contrasts.get(table.contrast or "")))


def eligible_sets(eligibilities: Iterable[Eligibility]) -> dict[ExperimentKind, FociSet]:
    """Return the experiments that may be analysed together, by kind."""
    groups: dict[ExperimentKind, list[Experiment]] = defaultdict(list)
    for each in eligibilities:
        for eligible in each.experiments:
            groups[eligible.kind].append(eligible.experiment)
    return {
        kind: FociSet(space=kind.space, experiments=tuple(experiments))
        for kind, experiments in groups.items()
    }


def _reasons_against(study: Study, table: CoordinateTable, contrast: Contrast | None) -> list[str]:
    fixed = sorted({point.kind for point in table.points} - {"activation_peak"})
    if fixed:
        words = " and ".join(kind.replace("_", " ") for kind in fixed)
        return [f"its points were fixed in advance ({words}) and are no result"]
    reasons = [] if table.points else ["the table has no point"]
    if table.extraction == "automatically extracted":
        reasons.append(UNCHECKED)
    if value_of(table.effect) == "connectivity":
        reasons.append("it shows connectivity, not activation")
    if value_of(table.coverage) in {"roi", "svc"}:
        reasons.append("it covers a region of interest or a small volume, not the whole brain")
    named = ("space", "coverage", "effect", "direction")
    unknown = [name for name in named if value_of(getattr(table, name)) is None]
    reasons += [f"its {name} is not known" for name in unknown]
    if value_of(table.direction) in {"mixed", "no_change"}:
        reasons.append("its points do not all go the same way")
    return reasons + _reasons_in_contrast(study, contrast)


def _reasons_in_contrast(study: Study, contrast: Contrast | None) -> list[str]:
    if contrast is None:
        return ["its points result from no contrast"]
    kind = value_of(contrast.type)
    if kind is None:
        return ["its contrast type is not known"]
    if kind in {"trait_or_rest", "task_only"}:
        return [f"its contrast is of type '{kind.replace('_', ' ')}'"]
    n = participants(study, contrast)
    if n is None:
        return ["the number of its participants is not known"]
    if n < SMALLEST_N:
        return ["it is a single case"]
    return [*_reasons_in_imaging(contrast), *_reasons_in_stimuli(contrast)]


def _reasons_in_imaging(contrast: Contrast) -> list[str]:
    """Return what the contrast itself says against a table of whole-brain activation."""
    if contrast.imaging is None:
        return []
    reasons = []
    if value_of(contrast.imaging.coverage) in {"roi", "svc"}:
        reasons.append("its contrast covers a region of interest or a small volume")
    if value_of(contrast.imaging.analysis) not in {None, "activation"}:
        reasons.append("its contrast is no analysis of activation")
    return reasons


def _reasons_in_stimuli(contrast: Contrast) -> list[str]:
    """Return why a contrast of stimuli would show something other than ASMR."""
    roles = {each.role for each in contrast.stimuli}
    reasons = []
    if value_of(contrast.type) in NEEDS_ASMR_STIMULUS and "asmr" not in roles:
        reasons.append("no stimulus of its contrast has the role 'asmr'")
    if "adjunct" in roles:
        reasons.append("an adjunct plays beside the ASMR stimulus")
    if value_of(contrast.task) == "one_side":
        reasons.append("a task runs on one side of its contrast only")
    return reasons


def _reasons_in_analyses(study: Study) -> list[str]:
    """Return why a study without usable points has none, by what it analysed."""
    words = {
        "seed_connectivity": "seed-based connectivity, not activation",
        "ica_connectivity": "resting-state networks (ICA), not activation",
        "trait_covariate": "a trait related to resting networks, not activation",
        "intersubject_correlation": "inter-subject correlation in fixed regions, not activation",
    }
    reasons = []
    for contrast in study.contrasts:
        analysis = value_of(contrast.imaging.analysis) if contrast.imaging else None
        if analysis in words:
            reasons.append(words[analysis])
        elif contrast.imaging is not None:
            reasons.append(ADD_TABLE)
    return reasons or [ADD_TABLE]


def participants(study: Study, contrast: Contrast) -> int | None:
    """Return the number of people in a contrast, else in its sample, or None."""
    n: int | None = value_of(contrast.n)
    if n is None:
        of_sample = [value_of(each.n) for each in study.samples if each.id == contrast.sample]
        n = of_sample[0] if of_sample else None
    return n


def _experiment(study: Study, table: CoordinateTable, contrast: Contrast) -> EligibleExperiment:
    kind = ExperimentKind(value_of(contrast.type), value_of(table.direction), value_of(table.space))
    experiment = Experiment(
        name=f"{study.id}.{table.id}",
        n=participants(study, contrast) or 0,
        foci=tuple((point.x, point.y, point.z) for point in table.points),
        sample_id=contrast.sample,
        contrast_type=kind.contrast_type,
    )
    return EligibleExperiment(study.id, kind, experiment)
