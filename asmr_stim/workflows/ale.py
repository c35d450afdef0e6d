"""An ALE from files to files: read, choose groups, estimate each, write all or nothing.

Offers: ``AleRequest``, ``Labour``, ``Group``, ``AleRun``, ``run_ale``, ``analyse``.
"""

from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from asmr_stim.errors import InputError
from asmr_stim.io.atlases import Atlas, AtlasFiles, read_atlas
from asmr_stim.io.catalogue_files import catalogue_files
from asmr_stim.io.images import MASK_FILE, read_mask
from asmr_stim.io.results import check_result_folder, refuse_earlier_result
from asmr_stim.moderator.ale.estimation import estimate
from asmr_stim.moderator.ale.familywise import Progress, correct
from asmr_stim.moderator.ale.result import AleResult, AleSettings, MonteCarlo, NotEstimable
from asmr_stim.moderator.subgroups import MIXED, UNKNOWN, Membership, one_clip_warning
from asmr_stim.schema.foci import CoordinateSpace, Experiment, FociSet
from asmr_stim.workflows.ale_inputs import entered, memberships
from asmr_stim.workflows.ale_output import Draw, folder_names, write_run


@dataclass(frozen=True)
class AleRequest:
    """What to analyse.

    Attributes
    ----------
    foci : Path
        Sleuth text, TSV or CSV; or the folder of a catalogue.
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
    clip_share : float, within (0.5, 1]
        A study with several clips has a value of ``by`` if at least this share of its clips has
        it; else it is ``mixed``.
    direction, type : str or None
        Leave out experiments of another direction or contrast type.
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
    clip_share: float = 1.0
    direction: str | None = None
    type: str | None = None

    @property
    def inputs(self) -> dict[str, Path]:
        """The files that the result depends on."""
        named = {"foci": self.foci, "experiments": self.experiments}
        given = {name: path for name, path in named.items() if path is not None}
        if self.foci.is_dir():
            del given["foci"]
            given |= {path.stem: path for path in catalogue_files(self.foci)}
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
    refused : tuple of (str, str)
        Studies of a catalogue that bring no experiment, with the reason.
    converted : tuple of str
        Experiments of a catalogue that were moved to MNI space.
    """

    request: AleRequest
    groups: tuple[Group, ...]
    left_out: tuple[tuple[Experiment, str], ...]
    atlases: tuple[Atlas, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    converted: tuple[str, ...] = ()


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
    overwrite : bool
        Whether an earlier result may be replaced; if not it is refused before anything is done.
    executor : Executor or None
        Works on null experiments (fail-safe N) and simulated sets (power) at once; threads of
        this process if left out.
    """

    n_threads: int = 1
    progress: Progress | None = None
    draw: Draw | None = None
    overwrite: bool = True
    executor: Executor | None = None

    def pool(self) -> AbstractContextManager[Executor]:
        """Return the executor handed in, which stays open, or one of threads for a while."""
        if self.executor is not None:
            return nullcontext(self.executor)
        return ThreadPoolExecutor(self.n_threads)


def run_ale(request: AleRequest, out: Path, labour: Labour | None = None) -> AleRun:
    """Estimate what was asked for and write it into a folder.

    Parameters
    ----------
    request : AleRequest
    out : Path
        A new or empty folder, or one with an earlier result of this program, which is replaced
        if ``labour`` lets it.
    labour : Labour, optional

    Raises
    ------
    InputError, MissingInputError, UnreadableFileError
        If something cannot be used; then nothing is written.
    OutputError
        If the folder holds something else or cannot be written.
    """
    labour = labour or Labour()
    run = analyse(request, labour, out)
    write_run(run, out, labour.draw)
    return run


def analyse(request: AleRequest, labour: Labour | None = None, out: Path | None = None) -> AleRun:
    """Return what ``run_ale`` writes, without writing it.

    Parameters
    ----------
    request : AleRequest
    labour : Labour, optional
    out : Path, optional
        Where it shall be written: refused now if what stands there must not be replaced, or two
        groups would share a folder in it.
    """
    if out is not None:
        replaces = labour is None or labour.overwrite
        (check_result_folder if replaces else refuse_earlier_result)(out)
    if request.groups and request.by is None:
        raise InputError("groups were named without the column they are values of; give --by too")
    found = entered(request)
    mask = read_mask(request.mask or MASK_FILE)
    atlases = tuple(map(read_atlas, request.atlas))
    split, left_out = _split(found.foci, request)
    if out is not None:
        folder_names(split)
    groups = [
        Group(name, foci, estimate(foci, mask, request.settings)) for name, foci in split.items()
    ]
    _refuse_nothing_estimable(groups)
    groups = [_finished(group, request, labour or Labour()) for group in groups]
    return AleRun(
        request=request,
        groups=tuple(groups),
        left_out=(*found.left_out, *left_out),
        atlases=atlases,
        refused=found.refused,
        converted=found.converted,
    )


def _split(
    foci: FociSet, request: AleRequest
) -> tuple[dict[str | None, FociSet], list[tuple[Experiment, str]]]:
    """Return the experiments of each group, and those of none with the reason."""
    if request.by is None:
        return {None: foci}, []
    members = memberships(foci, request.by, request.clip_share)
    names = _group_names(foci, request, members)
    split: dict[str | None, FociSet] = {}
    for name in names:
        chosen = tuple(e for e in foci.experiments if members[e.name].value == name)
        split[name] = FociSet(space=foci.space, experiments=chosen)
    left_out = [
        (e, _reason(members[e.name], request.by))
        for e in foci.experiments
        if members[e.name].value not in names
    ]
    return split, left_out


def _reason(of: Membership, by: str) -> str:
    if of.reason == UNKNOWN:
        return f"no value in the column '{by}'"
    return of.reason or f"'{of.value}' was not among the groups asked for"


def _finished(group: Group, request: AleRequest, labour: Labour) -> Group:
    """Return a group corrected, if that was asked for, and with what its clips make one say."""
    if isinstance(group.result, NotEstimable):
        return group
    result = group.result
    if request.monte_carlo is not None:
        result = correct(result, request.monte_carlo, labour.n_threads, labour.progress)
    by = {} if request.by is None or group.name is None else {request.by: group.name}
    told = one_clip_warning(group.foci.experiments, by)
    if told is not None:
        result = replace(result, warnings=(*result.warnings, told))
    return replace(group, result=result)


def _group_names(foci: FociSet, request: AleRequest, members: dict[str, Membership]) -> list[str]:
    """Return the values of the column that are to be analysed, in the order asked for."""
    values = sorted({each.value for each in members.values() if each.value is not None})
    found = [value for value in values if value != MIXED]
    if not values:
        columns = sorted({name for e in foci.experiments for name in e.columns})
        raise InputError(
            f"no experiment has a value in the column '{request.by}'; the group columns are: "
            f"{', '.join(columns) or 'none (give a table of experiments)'}"
        )
    if unknown := [name for name in request.groups if name not in values]:
        raise InputError(
            f"the column '{request.by}' has no value '{unknown[0]}'; it has: {', '.join(values)}"
        )
    if not found and not request.groups:
        raise InputError(
            f"every experiment is mixed by '{request.by}'; a smaller --clip-share may help"
        )
    return list(dict.fromkeys(request.groups)) if request.groups else found


def _refuse_nothing_estimable(groups: Sequence[Group]) -> None:
    reasons = [
        g.result.reason if g.name is None else f"{g.name} is {g.result.reason}"
        for g in groups
        if isinstance(g.result, NotEstimable)
    ]
    if len(reasons) == len(groups):
        raise InputError("; ".join(reasons))
