"""What enters an ALE: experiments from a file or a catalogue, and which of them are left out.

Only whole-brain results of one contrast type and direction enter an ALE together. A catalogue says
all of that of itself; a table of experiments may say it in the columns ``coverage`` (whole_brain,
roi, svc), ``direction`` and ``contrast_type``.

Offers: ``Entered``, ``entered``, ``Membership``, ``memberships``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from asmr_stim.errors import InputError
from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.io.foci import read_foci
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.moderator.ale.spaces import to_mni
from asmr_stim.moderator.eligibility import NO_MRI, EligibleExperiment, eligibility
from asmr_stim.moderator.subgroups import Membership, membership, moderator_cells
from asmr_stim.schema.foci import Experiment, FociSet
from asmr_stim.schema.study import Study
from asmr_stim.schema.taxonomy import Taxonomy

if TYPE_CHECKING:
    from asmr_stim.workflows.ale import AleRequest

NOT_WHOLE_BRAIN = {"roi": "a region of interest", "svc": "a small volume"}


@dataclass(frozen=True)
class Entered:
    """Experiments that may enter, and those that may not.

    Attributes
    ----------
    foci : FociSet
    left_out : tuple of (Experiment, str)
        With the reason.
    refused : tuple of (str, str)
        Studies of a catalogue that bring no experiment, with the reason.
    converted : tuple of str
        Experiments that were moved to MNI space, because others were there already.
    """

    foci: FociSet
    left_out: tuple[tuple[Experiment, str], ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    converted: tuple[str, ...] = ()


def entered(request: "AleRequest") -> Entered:
    """Return what the files of a request hold, without what may not enter.

    Raises
    ------
    InputError, MissingInputError, UnreadableFileError
        If something cannot be used, or experiments of several directions are left.
    """
    if request.foci.is_dir():
        found = _from_catalogue(request)
    else:
        found = Entered(read_foci(request.foci, request.experiments, request.space))
    found = _without(found, _covers_a_part)
    for column, wanted in (("direction", request.direction), ("contrast_type", request.type)):
        if wanted is not None:
            found = _without(found, _other_than(column, wanted))
    _refuse_several_directions(found.foci)
    return found


def _covers_a_part(experiment: Experiment) -> str | None:
    part = NOT_WHOLE_BRAIN.get(experiment.columns.get("coverage", ""))
    return None if part is None else f"it covers {part}, not the whole brain"


def _other_than(column: str, wanted: str) -> Callable[[Experiment], str | None]:
    def reason(experiment: Experiment) -> str | None:
        value = experiment.group(column)
        if value == wanted:
            return None
        return f"its {column.replace('_', ' ')} is {value or 'not known'}, not {wanted}"

    return reason


def _without(found: Entered, reason_of: Callable[[Experiment], str | None]) -> Entered:
    """Return what is left without the experiments that there is a reason against."""
    reasons = {each.name: reason_of(each) for each in found.foci.experiments}
    kept = tuple(each for each in found.foci.experiments if reasons[each.name] is None)
    out = tuple((e, why) for e in found.foci.experiments if (why := reasons[e.name]) is not None)
    if not kept:
        raise InputError(
            f"no experiment is left: {len(out)} were left out, the first ('{out[0][0].name}') "
            f"because {out[0][1]}"
        )
    foci = FociSet(space=found.foci.space, experiments=kept)
    return replace(found, foci=foci, left_out=found.left_out + out)


def _refuse_several_directions(foci: FociSet) -> None:
    found = sorted({value for e in foci.experiments if (value := e.group("direction"))})
    if len(found) > 1:
        raise InputError(
            f"the experiments go in {len(found)} directions ({', '.join(found)}), which never "
            "enter an ALE together; choose one with --direction"
        )


def _from_catalogue(request: "AleRequest") -> Entered:
    """Return the experiments of a catalogue, each with a cell for every moderator."""
    if request.experiments is not None or request.space is not None:
        raise InputError(
            f"{request.foci} is a catalogue, which has experiments and spaces of its own; leave "
            "out --experiments and --space"
        )
    taxonomy = load_taxonomy()
    studies = load_catalogue(request.foci, taxonomy).studies
    brought = {study.id: eligibility(study) for study in studies}
    refused = tuple((name, why) for name, each in brought.items() for why in each.reasons)
    experiments = [
        (_with_cells(study, each, taxonomy), each.kind.space)
        for study in studies
        for each in brought[study.id].experiments
    ]
    if not experiments:
        listing = "\n".join(f"{name}: {why}" for name, why in refused if why != NO_MRI)
        raise InputError(
            f"{request.foci}: not estimable, no study brings an experiment that may enter an ALE"
            f"{':' if listing else ''}\n{listing}".rstrip()
        )
    return replace(_in_one_space(request.foci, experiments, request), refused=refused)


def _with_cells(study: Study, each: EligibleExperiment, taxonomy: Taxonomy) -> Experiment:
    table = each.experiment.name.removeprefix(f"{study.id}.")
    of_table = next(one.contrast for one in study.coordinates if one.id == table)
    contrast = next(one for one in study.contrasts if one.id == of_table)
    cells = moderator_cells(study, contrast, taxonomy) | {"direction": each.kind.direction}
    return each.experiment.model_copy(update={"columns": cells})


def _in_one_space(
    folder: Path, experiments: Iterable[tuple[Experiment, str]], request: "AleRequest"
) -> Entered:
    in_space: dict[str, list[Experiment]] = {"MNI": [], "Talairach": []}
    for experiment, space in experiments:
        in_space[space].append(experiment)
    mni, talairach = tuple(in_space["MNI"]), tuple(in_space["Talairach"])
    if not talairach:
        return Entered(FociSet(space="MNI", experiments=mni))
    others = FociSet(space="Talairach", experiments=talairach)
    if not mni:
        return Entered(others)
    if not request.settings.convert_talairach:
        raise InputError(
            f"{folder}: {len(mni)} experiments are in MNI and {len(talairach)} in Talairach space "
            f"('{talairach[0].name}'); they are moved to MNI only when that is asked for "
            "(--convert-talairach)"
        )
    moved = to_mni(others).experiments
    names = tuple(each.name for each in moved)
    return Entered(FociSet(space="MNI", experiments=mni + moved), converted=names)


def memberships(foci: FociSet, by: str, clip_share: float) -> dict[str, Membership]:
    """Return the group of each experiment by name, or why it has none."""
    return {each.name: membership(each.group(by), clip_share) for each in foci.experiments}
