"""Talairach to MNI by the Lancaster transform, only when it is asked for.

References
----------
Lancaster et al. 2007, Human Brain Mapping 28:1194, doi 10.1002/hbm.20345: the affine
``icbm2tal`` pooled over templates ("other"), published as MNI (ICBM-152) to Talairach.

Offers: ``MNI_TO_TALAIRACH``, ``to_mni``, ``to_talairach_mm``, ``to_mni_mm``.
"""

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from asmr_stim.errors import InputError
from asmr_stim.schema.foci import Experiment, FociSet

MNI_TO_TALAIRACH = np.array(
    [
        [0.9357, 0.0029, -0.0072, -1.0423],
        [-0.0065, 0.9396, -0.0726, -1.3940],
        [0.0103, 0.0752, 0.8967, 3.6475],
        [0.0, 0.0, 0.0, 1.0],
    ]
)
"""Lancaster 2007, icbm2tal pooled ("other") matrix; mm to mm."""


def to_talairach_mm(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return MNI points, shape (n, 3), mm, in Talairach space."""
    return np.asarray(points @ MNI_TO_TALAIRACH[:3, :3].T + MNI_TO_TALAIRACH[:3, 3])


def to_mni_mm(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Talairach points, shape (n, 3), mm, in MNI space: the inverse of the above."""
    inverse = np.linalg.inv(MNI_TO_TALAIRACH)
    return np.asarray(points @ inverse[:3, :3].T + inverse[:3, 3])


def to_mni(foci: FociSet) -> FociSet:
    """Return the experiments with their foci in MNI space; a set in MNI comes back as it is.

    Raises
    ------
    InputError
        If a converted focus lies outside the head.
    """
    if foci.space == "MNI":
        return foci
    moved = tuple(_moved(experiment) for experiment in foci.experiments)
    return FociSet(space="MNI", experiments=moved)


def _moved(experiment: Experiment) -> Experiment:
    points = to_mni_mm(np.array(experiment.foci))
    values = dict(experiment) | {"foci": tuple(tuple(map(float, point)) for point in points)}
    try:
        return Experiment(**values)
    except ValidationError as error:
        raise InputError(
            f"a focus of '{experiment.name}' lies outside the head once it is moved to MNI space "
            f"({error.errors()[0]['msg']})"
        ) from None
