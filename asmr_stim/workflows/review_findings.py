"""What the report of a catalogue shows, before anything is drawn or written.

Offers: ``gather``, ``Findings``, ``Analysis``, ``EXAMPLE``, ``EXAMPLE_COLUMN``.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from asmr_stim.io.catalogue import Catalogue, load_catalogue
from asmr_stim.io.foci import load_example
from asmr_stim.io.images import default_mask
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.moderator.ale.estimation import estimate
from asmr_stim.moderator.ale.familywise import correct
from asmr_stim.moderator.ale.result import AleResult, MonteCarlo, NotEstimable
from asmr_stim.moderator.effects.direction import Ballots, count_directions
from asmr_stim.moderator.effects.magnitudes import Magnitudes, magnitudes
from asmr_stim.moderator.eligibility import Eligibility, eligibility, eligible_sets
from asmr_stim.schema.foci import FociSet
from asmr_stim.schema.taxonomy import Taxonomy

EXAMPLE = "semantic_cognition_children"
EXAMPLE_COLUMN = "process"


@dataclass(frozen=True)
class Analysis:
    """One ALE: its name in file names, its title, and what came of it."""

    name: str
    title: str
    result: AleResult | NotEstimable


@dataclass(frozen=True)
class Findings:
    """Everything the report shows, before anything is drawn or written."""

    catalogue: Catalogue
    taxonomy: Taxonomy
    ballots: Ballots
    magnitudes: Magnitudes
    eligibilities: tuple[Eligibility, ...]
    analyses: tuple[Analysis, ...]
    example: tuple[Analysis, ...]


def gather(catalogue_folder: Path, monte_carlo: MonteCarlo) -> Findings:
    """Load a catalogue and compute everything that its report shows."""
    taxonomy = load_taxonomy()
    catalogue = load_catalogue(catalogue_folder, taxonomy)
    eligibilities = tuple(eligibility(study) for study in catalogue.studies)
    return Findings(
        catalogue=catalogue,
        taxonomy=taxonomy,
        ballots=count_directions(catalogue.studies),
        magnitudes=magnitudes(catalogue.studies),
        eligibilities=eligibilities,
        analyses=tuple(_corrected(_analyses(eligibilities), monte_carlo)),
        example=tuple(_corrected(_example_analyses(), monte_carlo)),
    )


def _corrected(analyses: Iterable[Analysis], monte_carlo: MonteCarlo) -> Iterator[Analysis]:
    """Correct each ALE for the number of places looked at; the threads change no bit of it."""
    for analysis in analyses:
        if isinstance(analysis.result, AleResult):
            result = correct(analysis.result, monte_carlo, n_threads=os.cpu_count() or 1)
            yield replace(analysis, result=result)
        else:
            yield analysis


def _analyses(eligibilities: tuple[Eligibility, ...]) -> Iterator[Analysis]:
    """Run one ALE for each kind of experiment that studies bring."""
    mask = default_mask()
    for kind, foci in eligible_sets(eligibilities).items():
        name = f"asmr_{kind.contrast_type}_{kind.direction}_{kind.space.casefold()}"
        title = f"{kind.contrast_type.replace('_', ' ')}, {kind.direction}, {kind.space}"
        yield Analysis(name, title, estimate(foci, mask))


def _example_analyses() -> Iterator[Analysis]:
    mask = default_mask()
    foci = load_example(EXAMPLE)
    groups = sorted({str(each.group(EXAMPLE_COLUMN)) for each in foci.experiments})
    for group in groups:
        members = tuple(e for e in foci.experiments if e.group(EXAMPLE_COLUMN) == group)
        subset = FociSet(space=foci.space, experiments=members)
        yield Analysis(f"example_{group}", f"Example: {group}", estimate(subset, mask))
