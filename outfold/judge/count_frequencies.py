"""How often each count occurs, and how often the predicted means would have it occur."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.glm_fit import GlmFit
from outfold.metrics.deviance import floored
from outfold.metrics.metric import Floats, Ints
from outfold.metrics.null import null_means
from outfold.study.results import Predictions

MOST = 60
"""Most distinct counts; larger ones are put together in the last."""


@dataclass(frozen=True, slots=True, eq=False)
class CountFrequencies:
    """Observed and expected frequencies of a candidate's counts (Kleiber & Zeileis 2016).

    Attributes:
        candidate: Its name, or a GLM's formula.
        counts: The counts 0, 1, …; the last one stands for itself and all above where ``open``.
        observed: Predictions whose true count it is.
        expected: The sum over the predictions of its probability under ``law``.
        open: Whether the last count includes those above.
        dispersion: Mean of (y - mu)² / mu: 1 for Poisson counts, above 1 over-dispersed.
        n: Predictions.
        law: The distribution that is expected.
        out_of_fold: Whether the predictions are; a GLM's are of the rows that it was fitted on.
    """

    candidate: str
    counts: Ints
    observed: Floats
    expected: Floats
    open: bool
    dispersion: float
    n: int
    law: str = "Poisson"
    out_of_fold: bool = True

    def frame(self) -> pd.DataFrame:
        """One row per count: count, observed, expected."""
        return pd.DataFrame(
            {"count": self.counts, "observed": self.observed, "expected": self.expected}
        )


def count_frequencies(predictions: Predictions, most: int = MOST) -> CountFrequencies:
    """Compare the distribution of counts with what a Poisson law at the predictions implies.

    Args:
        predictions: A candidate's stored predictions of counts.
        most: Distinct counts at most.

    Raises:
        NotApplicableError: The task is not a count.
    """
    from scipy.special import gammaln, pdtrc

    if predictions.task != "count" or predictions.value is None:
        raise NotApplicableError("Frequencies of counts need a count as target.")
    y = np.asarray(predictions.truth, dtype=np.float64)
    mu = floored(predictions.value, np.asarray(null_means(predictions.scored())))
    top = int(min(y.max(), most - 1))
    counts = np.arange(top + 1)
    observed = np.bincount(np.minimum(np.rint(y), top).astype(np.intp), minlength=top + 1)
    log_mu = np.log(mu)
    expected = np.array([np.exp(k * log_mu - mu - gammaln(k + 1)).sum() for k in counts])
    # What a Poisson law puts above the last count belongs to it, so that both sum to n.
    expected[-1] += float(pdtrc(top, mu).sum())
    return CountFrequencies(
        predictions.candidate.name, counts, observed.astype(np.float64), expected,
        bool(y.max() > top), float(np.mean((y - mu) ** 2 / mu)), len(y),
    )  # fmt: skip


def glm_frequencies(fit: GlmFit, most: int = MOST) -> CountFrequencies | None:
    """The same for a fitted GLM of counts, in sample; None for other families and weighted rows.

    Args:
        fit: A Poisson or negative binomial fit.
        most: Distinct counts at most.
    """
    from scipy import stats

    y, mu = fit.rows.y, fit.mu
    whole = bool((y == np.round(y)).all() and (fit.rows.weights == 1).all() and (mu > 0).all())
    if fit.spec.family not in ("poisson", "negative_binomial") or not whole:
        return None
    top = int(min(y.max(), most - 1))
    counts = np.arange(top + 1)
    observed = np.bincount(np.minimum(y, top).astype(np.intp), minlength=top + 1)
    variance = mu
    if fit.spec.family == "poisson":
        law = stats.poisson(mu)
    else:
        theta = fit.theta or 1.0
        law = stats.nbinom(theta, theta / (theta + mu))
        variance = mu + mu**2 / theta
    expected = np.array([law.pmf(k).sum() for k in counts])
    expected[-1] += float(law.sf(top).sum())
    return CountFrequencies(
        "This model", counts, observed.astype(np.float64), expected,
        bool(y.max() > top), float(np.mean((y - mu) ** 2 / variance)), fit.n,
        fit.spec.family_spec.label, out_of_fold=False,
    )  # fmt: skip
