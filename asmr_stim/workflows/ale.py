"""An ALE from files to files: read, choose groups, estimate each, write all or nothing.

Offers: ``AleRequest``, ``Labour``, ``Group``, ``AleRun``, ``run_ale``, ``analyse``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from asmr_stim.errors import InputError
from asmr_stim.io.atlases import Atlas, AtlasFiles, read_atlas
from asmr_stim.io.foci import read_foci
from asmr_stim.io.images import MASK_FILE, read_mask
from asmr_stim.moderator.ale.estimation import estimate
from asmr_stim.moderator.ale.familywise import Progress, correct
from asmr_stim.moderator.ale.grid import BrainMask
from asmr_stim.moderator.ale.result import AleResult, AleSettings, MonteCarlo, NotEstimable
from asmr_stim.schema.foci import CoordinateSpace, Experiment, FociSet
from asmr_stim.workflows.ale_output import Draw, write_run


@dataclass(frozen=True)
class AleRequest:
    """What to analyse.

    Attributes
    ----------
    foci : Path
        Sleuth text, TSV or CSV.
    experiments : Path or None
        Table of experiments to join.
    space : "MNI", "Talairach" or None
        Only for a table of foci that does not say it.
    by : str or None
        Group column: one ALE for each of its values.
    groups : tuple of str
        The values to analyse; empty for all.
    mask : Path or None
        NIfTI image in MNI space; None for the mask that comes with the program.
    settings : AleSettings
    monte_carlo : MonteCarlo or None
        None for a result without correction.
    atlas : tuple of AtlasFiles
        Atlases that name the peaks, from ``io.atlases.asked_atlas``; empty for no names.
    """

    foci: Path
    experiments: Path | None = None
    space: CoordinateSpace | None = None
    by: str | None = None
    groups: tuple[str, ...] = ()
    mask: Path | None = None
    settings: AleSettings = field(default_factory=AleSettings)
    monte_carlo: MonteCarlo | None = None
    atlas: tuple[AtlasFiles, ...] = ()

    @property
    def inputs(self) -> dict[str, Path]:
        """The files that the result depends on."""
        named = {"foci": self.foci, "experiments": self.experiments}
        given = {name: path for name, path in named.items() if path is not None}
        images = {f"{each.column}_atlas": each.image for each in self.atlas}
        names = {f"{each.column}_names": each.labels for each in self.atlas}
        return given | {"mask": self.mask or MASK_FILE} | images | names


@dataclass(frozen=True)
class Group:
    """One ALE of a run; ``name`` is None where the experiments were not split."""

    name: str | None
    foci: FociSet
    result: AleResult | NotEstimable


@dataclass(frozen=True)
class AleRun:
    """What a run found.

    Attributes
    ----------
    request : AleRequest
    groups : tuple of Group
    left_out : tuple of (Experiment, str)
        Experiments in no group, with the reason.
    atlases : tuple of Atlas
        What names the peaks.
    """

    request: AleRequest
    groups: tuple[Group, ...]
    left_out: tuple[tuple[Experiment, str], ...]
    atlases: tuple[Atlas, ...] = ()


@dataclass(frozen=True)
class Labour:
    """How the work is done; it changes nothing in the result.

    Attributes
    ----------
    n_threads : int
    progress : callable or None
        Is told of arrangements done, group after group.
    draw : callable or None
        Puts pictures of a result into a folder.
    """

    n_threads: int = 1
    progress: Progress | None = None
    draw: Draw | None = None


def run_ale(request: AleRequest, out: Path, labour: Labour | None = None) -> AleRun:
    """Estimate what was asked for and write it into a folder.

    Parameters
    ----------
    request : AleRequest
    out : Path
        A new or empty folder, or one with an earlier result of this program, which is replaced.
    labour : Labour, optional

    Raises
    ------
    InputError, MissingInputError, UnreadableFileError
        If something cannot be used; then nothing is written.
    OutputError
        If the folder holds something else or cannot be written.
    """
    run = analyse(request, labour)
    write_run(run, out, labour.draw if labour is not None else None)
    return run


def analyse(request: AleRequest, labour: Labour | None = None) -> AleRun:
    """Return what ``run_ale`` writes, without writing it."""
    if request.groups and request.by is None:
        raise InputError("groups were named without the column they are values of; give --by too")
    foci = read_foci(request.foci, request.experiments, request.space)
    mask = read_mask(request.mask or MASK_FILE)
    atlases = tuple(map(read_atlas, request.atlas))
    if request.by is None:
        groups = [Group(None, foci, estimate(foci, mask, request.settings))]
        left_out: list[tuple[Experiment, str]] = []
    else:
        names = _group_names(foci, request.by, request.groups)
        groups = [_group(foci, request.by, name, mask, request.settings) for name in names]
        left_out = _left_out(foci, request.by, names)
    _refuse_nothing_estimable(groups)
    if request.monte_carlo is not None:
        groups = [_corrected(group, request.monte_carlo, labour or Labour()) for group in groups]
    return AleRun(request, tuple(groups), tuple(left_out), atlases)


def _corrected(group: Group, settings: MonteCarlo, labour: Labour) -> Group:
    if isinstance(group.result, NotEstimable):
        return group
    result = correct(group.result, settings, labour.n_threads, labour.progress)
    return replace(group, result=result)


def _group_names(foci: FociSet, by: str, wanted: Sequence[str]) -> list[str]:
    """Return the values of the column that are to be analysed, in the order asked for."""
    found = sorted({value for e in foci.experiments if (value := e.group(by)) is not None})
    if not found:
        columns = sorted({name for e in foci.experiments for name in e.columns})
        raise InputError(
            f"no experiment has a value in the column '{by}'; the group columns are: "
            f"{', '.join(columns) or 'none (give a table of experiments)'}"
        )
    if unknown := [name for name in wanted if name not in found]:
        raise InputError(
            f"the column '{by}' has no value '{unknown[0]}'; it has: {', '.join(found)}"
        )
    return list(dict.fromkeys(wanted)) if wanted else found


def _group(foci: FociSet, by: str, name: str, mask: BrainMask, settings: AleSettings) -> Group:
    members = tuple(e for e in foci.experiments if e.group(by) == name)
    chosen = FociSet(space=foci.space, experiments=members)
    return Group(name, chosen, estimate(chosen, mask, settings))


def _left_out(foci: FociSet, by: str, names: Sequence[str]) -> list[tuple[Experiment, str]]:
    without = [
        (e, f"no value in the column '{by}'") for e in foci.experiments if e.group(by) is None
    ]
    others = [
        (e, f"'{value}' was not among the groups asked for")
        for e in foci.experiments
        if (value := e.group(by)) is not None and value not in names
    ]
    return without + others


def _refuse_nothing_estimable(groups: Sequence[Group]) -> None:
    reasons = [
        g.result.reason if g.name is None else f"{g.name} is {g.result.reason}"
        for g in groups
        if isinstance(g.result, NotEstimable)
    ]
    if len(reasons) == len(groups):
        raise InputError("; ".join(reasons))
