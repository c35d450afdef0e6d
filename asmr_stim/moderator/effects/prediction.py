"""What a model says of a mean, and of the true effect in a new study.

Offers: ``predict``, ``predict_mean``, ``Prediction``, ``PredictionDf``.

References
----------
Higgins JPT, Thompson SG, Spiegelhalter DJ (2009). J R Stat Soc A 172:137, section 3.5.
Riley RD, Higgins JPT, Deeks JJ (2011). BMJ 342:d549.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import norm
from scipy.stats import t as t_distribution

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.estimates import Vector
from asmr_stim.moderator.effects.regression import Regression

PredictionDf = Literal["model", "residual", "residual_minus_one"]
"""Which t distribution a prediction interval uses.

``model``: normal after a Wald test, else t with k - p df (metafor's default); ``residual``: t with
k - p df whatever the test (k - 1 for a mean: the default of R's meta); ``residual_minus_one``: t
with k - p - 1 df (k - 2 for a mean: Higgins, Thompson and Spiegelhalter).
"""


@dataclass(frozen=True)
class Prediction:
    """A predicted mean with its interval (``ci``), and the interval of a new true effect (``pi``).

    ``pi_low`` and ``pi_high`` are None where the chosen rule leaves no degrees of freedom.
    """

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    pi_low: float | None
    pi_high: float | None
    pi_df: float | None
    rule: PredictionDf


def predict_mean(model: Regression, rule: PredictionDf = "model") -> Prediction:
    """Return the prediction of a model that has no moderators."""
    return predict(model, np.ones(1), rule)


def predict(model: Regression, at: Vector, rule: PredictionDf = "model") -> Prediction:
    """Return the predicted mean and true effect at one row of the design.

    Parameters
    ----------
    model : Regression
    at : array, shape (p,)
        Values of the design's columns, the intercept among them.
    rule : PredictionDf
    """
    row = np.asarray(at, dtype=np.float64)
    if row.shape != (model.p,):
        raise InputError(
            f"a prediction needs {model.p} values ({', '.join(model.design.names)}); "
            f"found {row.size}"
        )
    estimate = float(row @ model.estimates)
    variance = float(row @ model.covariance @ row)
    tail = (1.0 - model.settings.level) / 2.0
    width = _quantile(tail, model.df) * np.sqrt(variance)
    df = _rule_df(model, rule)
    low: float | None = None
    high: float | None = None
    if df is None or df > 0:
        reach = _quantile(tail, df) * np.sqrt(variance + model.tau2)
        low, high = float(estimate - reach), float(estimate + reach)
    return Prediction(
        estimate, float(np.sqrt(variance)), float(estimate - width), float(estimate + width),
        low, high, df, rule,
    )  # fmt: skip


def _rule_df(model: Regression, rule: PredictionDf) -> float | None:
    residual = float(model.k - model.p)
    return {"model": model.df, "residual": residual, "residual_minus_one": residual - 1}[rule]


def _quantile(tail: float, df: float | None) -> float:
    return float(norm.isf(tail) if df is None else t_distribution.isf(tail, df))
