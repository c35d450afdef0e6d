"""Makers of experiments, masks and the reference case for the tests of the ALE."""

from functools import cache

import numpy as np
from builders import shared_folder
from hypothesis import strategies as st

from asmr_stim.io.foci import read_foci
from asmr_stim.moderator.ale.grid import BrainMask
from asmr_stim.schema.foci import Experiment, FociSet


def an_experiment(name="a", n=20, foci=((0.0, 0.0, 0.0),), **more):
    """Return an experiment."""
    return Experiment(name=name, n=n, foci=foci, **more)


def a_set(*experiments):
    """Return a set of experiments in MNI space."""
    return FociSet(space="MNI", experiments=experiments)


@cache
def ball_mask(size_mm=4.0, radius_mm=40.0):
    """Return a ball around the origin, symmetric in every axis."""
    half = int(radius_mm // size_mm) + 1
    affine = np.diag([size_mm, size_mm, size_mm, 1.0])
    affine[:3, 3] = -half * size_mm
    steps = np.arange(-half, half + 1) * size_mm
    x, y, z = np.meshgrid(steps, steps, steps, indexing="ij")
    return BrainMask(x**2 + y**2 + z**2 <= radius_mm**2, affine)


@cache
def reference_mask():
    """Return the 228,483-voxel mask that the stored numbers came from."""
    stored = np.load(shared_folder("oracles", "ale") / "mask_ale2mm_packed.npz")
    shape = tuple(stored["shape"])
    volume = np.unpackbits(stored["mask"])[: np.prod(shape)].reshape(shape).astype(bool)
    return BrainMask(volume, stored["aff"])


@cache
def reference_foci(process):
    """Return the children's experiments on knowledge or relatedness."""
    return read_foci(shared_folder("oracles", "ale", f"semantic_{process}_children.txt"))


@cache
def reference_numbers(process):
    """Return what NiMARE 0.22.1 computed for them."""
    with np.load(shared_folder("oracles", "ale") / f"{process}_nimare0221.npz") as stored:
        return {name: stored[name] for name in stored.files}


COORDINATE = st.integers(-36, 36).map(float)
FOCI = st.lists(st.tuples(COORDINATE, COORDINATE, COORDINATE), min_size=1, max_size=5).map(tuple)


@st.composite
def foci_sets(draw, min_size=2, max_size=6):
    """Draw sets of small experiments in and around the ball."""
    size = draw(st.integers(min_size, max_size))
    return a_set(
        *(an_experiment(f"e{i}", draw(st.integers(2, 60)), draw(FOCI)) for i in range(size))
    )
