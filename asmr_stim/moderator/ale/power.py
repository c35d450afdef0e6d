"""How likely an ALE of these sizes finds a place where some of its experiments converge.

Simulated sets have as many experiments, people and foci as those at hand. In a given share of them
one focus lies around a true place, as far off as the kernel of that many people says; all other
foci lie anywhere in the mask. The place is found if a cluster that is significant by its size comes
within 5 mm of it. The critical size is that of random arrangements of the same foci.

Offers: ``power_at``, ``PowerSettings``, ``Power``, ``smallest_share``.
"""

import math
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.activation import Placement, content_order
from asmr_stim.moderator.ale.clusters import cluster_members
from asmr_stim.moderator.ale.estimation import model_of
from asmr_stim.moderator.ale.familywise import critical, null_maxima
from asmr_stim.moderator.ale.grid import BrainMask
from asmr_stim.moderator.ale.kernel import FWHM_PER_SIGMA, fwhm_mm
from asmr_stim.moderator.ale.result import AleResult, AleSettings, MonteCarlo

FOUND_WITHIN_MM = 5.0


@dataclass(frozen=True)
class PowerSettings:
    """How power is simulated.

    Attributes
    ----------
    n_simulations : int, at least 1
        Sets for each share.
    monte_carlo : MonteCarlo
        Of the critical cluster size; its seed is that of the sets too.

    Raises
    ------
    InputError
        If there are no simulations.
    """

    n_simulations: int = 200
    monte_carlo: MonteCarlo = field(default_factory=MonteCarlo)

    def __post_init__(self) -> None:
        if self.n_simulations < 1:
            raise InputError(f"{self.n_simulations} simulations show nothing; give at least one")


@dataclass(frozen=True)
class Power:
    """The power for one share.

    Attributes
    ----------
    share : float
        Of the experiments that converge, as asked for.
    n_converging : int
        That share as a number of experiments.
    power : float
        Share of simulated sets in which the place was found.
    standard_error : float
        Binomial.
    """

    share: float
    n_converging: int
    power: float
    standard_error: float


def power_at(
    result: AleResult,
    shares: Sequence[float],
    settings: PowerSettings | None = None,
    executor: Executor | None = None,
) -> tuple[Power, ...]:
    """Return the power for each share of converging experiments.

    Parameters
    ----------
    result : AleResult
        Gives the mask, the cluster-forming p and the numbers of experiments, people and foci.
    shares : sequence of float, within (0, 1]
    settings : PowerSettings, optional
    executor : Executor, optional
        Works on the simulated sets at once.

    Raises
    ------
    InputError
        If a share is not within (0, 1].
    """
    settings = settings or PowerSettings()
    for share in shares:
        if not 0.0 < share <= 1.0:
            raise InputError(
                f"the share of converging experiments is {share:g}; give one in (0, 1]"
            )
    maxima = null_maxima(result.model, settings.monte_carlo)
    size = critical(maxima.size, settings.monte_carlo.alpha).value
    seed, n = settings.monte_carlo.seed, settings.n_simulations
    given = result.model.placement
    like = _Like(given.ordered(content_order(given)), result.model.mask, result.settings)
    found = []
    for share in shares:
        converging = max(1, round(share * len(result.model.placement.names)))
        work = partial(_is_found, like, converging, size, seed)
        hits = sum(map(work, range(n)) if executor is None else executor.map(work, range(n)))
        power = hits / n
        error = math.sqrt(power * (1.0 - power) / n)
        found.append(Power(share, converging, power, error))
    return tuple(found)


def smallest_share(powers: Sequence[Power], wanted: float = 0.8) -> Power | None:
    """Return the smallest share with at least the wanted power, or None if none has it."""
    enough = [one for one in powers if one.power >= wanted]
    return min(enough, key=lambda one: one.share, default=None)


@dataclass(frozen=True)
class _Like:
    """What simulated sets are like; small enough to be sent to another process."""

    placement: Placement
    mask: BrainMask
    settings: AleSettings


def _is_found(like: _Like, converging: int, critical_size: float, seed: int, number: int) -> bool:
    """Return whether one simulated set finds its place."""
    rng = np.random.default_rng([seed, converging, number])
    placement, place = _simulated(like, converging, rng)
    model = model_of(placement, like.mask, like.settings)
    members = cluster_members(model.maps.total(), model.threshold, model.mask)
    indices = model.mask.indices()
    return any(
        np.linalg.norm(model.mask.millimetres(indices[inside]) - place, axis=1).min()
        <= FOUND_WITHIN_MM
        for inside in members
        if len(inside) > critical_size
    )


def _simulated(
    like: _Like, converging: int, rng: np.random.Generator
) -> tuple[Placement, np.ndarray]:
    """Return foci anywhere but for one in each converging experiment, and the true place in mm."""
    given, mask = like.placement, like.mask
    seats = mask.indices()
    voxels = seats[rng.integers(0, len(seats), len(given.voxels))]
    seat = seats[rng.integers(0, len(seats))]
    for experiment in rng.permutation(len(given.names))[:converging]:
        sigma_mm = fwhm_mm(int(given.n[experiment])) / FWHM_PER_SIGMA
        off = rng.normal(0.0, sigma_mm, 3) / mask.voxel_sizes_mm
        voxels[given.offsets[experiment]] = np.rint(seat + off).astype(np.int64)
    placement = Placement(voxels, given.offsets, given.n, given.names, 0, ())
    return placement, mask.millimetres(seat)
