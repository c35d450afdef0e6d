"""Coordinates that NeuroStore holds of a study, taken into its file as what they are.

They were extracted automatically, as a rule, so each table says so and enters no ALE until a
person has compared it with the paper. Of several versions none is chosen silently. Everything is
asked for before anything is written: where the service fails, the catalogue is as it was.

Offers: ``Pulled``, ``pull``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from asmr_stim.errors import InputError, MissingInputError
from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.io.imported import ImportedTable, tables_of_analysis
from asmr_stim.io.neurostore import BaseStudy, NeuroStore, Version
from asmr_stim.schema.knowledge import value_of
from asmr_stim.schema.study import Source, Study
from asmr_stim.workflows.intake import Intake, Origin, Said, intake, new_texts, save

REGISTRY = "NeuroStore"
MARK = "automatically extracted"


@dataclass(frozen=True)
class Pulled:
    """What became of one study.

    Attributes
    ----------
    study : str
    problem : str or None
        Why nothing was taken; None where that went well.
    intake : Intake or None
        What was taken.
    version : str or None
        The id of the version it was taken from.
    versions : tuple of Version
        Those to choose from, where there are several.
    """

    study: str
    problem: str | None = None
    intake: Intake | None = None
    version: str | None = None
    versions: tuple[Version, ...] = ()


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes
    ----------
    service : NeuroStore
    study : str or None
        One study; None for all that name a record of NeuroStore.
    version : str or None
        The version to take, for one study.
    today : date
        Written beside what is taken.
    """

    service: NeuroStore
    today: date
    study: str | None = None
    version: str | None = None


def pull(
    catalogue: Path, request: Request, *, write: bool = True, tell: Callable[[float], None]
) -> tuple[Pulled, ...]:
    """Take what NeuroStore holds into the study files of a catalogue.

    Parameters
    ----------
    catalogue : Path
        A catalogue without problems.
    request : Request
    write : bool
        Whether the files are written.
    tell : callable
        Is told the share done, 0 to 1.

    Raises
    ------
    MissingInputError
        If there is no such study, or no study names a record of NeuroStore.
    ServiceError
        If the service does not answer, or not as it should; then nothing is written.
    """
    studies = _studies(catalogue, request)
    pulled = []
    for done, study in enumerate(studies):
        tell(done / len(studies))
        pulled.append(_pulled(study, request))
    texts = new_texts(catalogue, [each.intake for each in pulled if each.intake is not None])
    if write:
        save(texts)
    return tuple(pulled)


def _studies(catalogue: Path, request: Request) -> Sequence[Study]:
    loaded = load_catalogue(catalogue)
    if request.study is not None:
        return [loaded.study(request.study)]
    if request.version is not None:
        raise InputError("a version belongs to one study; name it with --study")
    named = [study for study in loaded.studies if _record_of(study) is not None]
    if not named:
        raise MissingInputError(
            f"no study of {catalogue} names a record of {REGISTRY} under 'upstream'; "
            "name a study with --study to look for it by its PMID or DOI"
        )
    return named


def _record_of(study: Study) -> str | None:
    records = [each.record for each in study.upstream if each.registry == REGISTRY]
    return records[0] if records else None


def _pulled(study: Study, request: Request) -> Pulled:
    try:
        base = _base_study(study, request.service)
        _refuse_another_paper(study, base)
        version = _version(base, request.version)
    except MissingInputError as error:
        return Pulled(study.id, problem=str(error))
    if version is None:
        listed = tuple(base.versions or ())
        problem = f"{len(listed)} versions and none is chosen; say which with --study and --version"
        return Pulled(study.id, problem=problem, versions=listed)
    found = intake(
        study, _tables(base, version), _origin(base, version, request), Said(kind="activation_peak")
    )
    return Pulled(study.id, intake=found, version=version.id)


def _base_study(study: Study, service: NeuroStore) -> BaseStudy:
    """Return the paper by the record that the study names, else by its PMID or DOI."""
    record = _record_of(study)
    if record is not None:
        return service.base_study(record)
    for key in ("pmid", "doi"):
        value = value_of(getattr(study, key))
        found = service.find(key, value) if value is not None else ()
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            ids = ", ".join(each.id for each in found)
            raise MissingInputError(
                f"{REGISTRY} holds several papers of this {key} ({ids}); "
                "name one in the study under 'upstream'"
            )
    raise MissingInputError(f"{REGISTRY} holds no paper of this PMID or DOI")


def _refuse_another_paper(study: Study, base: BaseStudy) -> None:
    for key in ("pmid", "doi", "pmcid"):
        ours, theirs = value_of(getattr(study, key)), getattr(base, key)
        if ours is not None and theirs and ours.lower() != _bare(theirs):
            raise MissingInputError(
                f"record {base.id} is of another paper: its {key} is {theirs}, that of the study "
                f"{ours}; correct the one that is wrong"
            )


def _bare(identifier: str) -> str:
    """Return a PMID or DOI in lower case, without the address before it."""
    return identifier.strip().lower().removeprefix("https://doi.org/").removeprefix("doi:")


def _version(base: BaseStudy, wanted: str | None) -> Version | None:
    """Return the version asked for, or the only one; None where there is a choice to make."""
    versions = base.versions or []
    if wanted is not None:
        for version in versions:
            if version.id == wanted:
                return version
        ids = ", ".join(version.id for version in versions) or "none"
        raise MissingInputError(f"record {base.id} has no version {wanted}; there are: {ids}")
    if not versions:
        raise MissingInputError(f"record {base.id} has no version, so no coordinates")
    return versions[0] if len(versions) == 1 else None


def _tables(base: BaseStudy, version: Version) -> Iterator[ImportedTable]:
    for position, analysis in enumerate(version.analyses or (), start=1):
        name = (analysis.name or "").strip() or f"analysis {position}"
        locator = f"base study {base.id}, version {version.id}, analysis {analysis.id or position}"
        yield from tables_of_analysis(analysis, name, locator, "activation_peak")


def _origin(base: BaseStudy, version: Version, request: Request) -> Origin:
    maker = [f"source {version.source}"] if version.source else []
    maker += [f"user {version.username}"] if version.username else []
    made_by = f" ({', '.join(maker)})" if maker else ""
    source = Source(
        id="neurostore",
        kind="index",
        reference=f"{request.service.host.rstrip('/')}/studies/{version.id}",
        note=(
            f"{MARK}: version {version.id}{made_by} of NeuroStore's base study {base.id}, "
            f"retrieved {request.today.isoformat()}; compare with the paper before use"
        ),
    )
    return Origin(source, "secondary", "automatically extracted")
