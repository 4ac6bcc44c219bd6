"""Whether a fit has a likelihood, and so AIC and BIC; where it has none, why."""

from __future__ import annotations

import numpy as np

from outfold.judge.glm_families import Family
from outfold.judge.glm_rows import GlmRows
from outfold.metrics.metric import Floats


def impossible_means(family: Family, mu: Floats) -> int:
    """How many fitted means lie where the family can have none, such as below 0 for gamma.

    Links that do not keep to the family's range (inverse, identity) let the fit go there.
    """
    if family.low is None or family.key == "tweedie":  # whose range depends on its power
        return 0
    outside = mu <= 0 if family.low_open else mu < 0
    if family.high is not None:
        outside = outside | (mu > family.high)
    return int(np.count_nonzero(outside))


def without_likelihood(family: Family, rows: GlmRows, mu: Floats) -> str:
    """Why a fit has no likelihood, AIC or BIC, as a sentence; empty where it has them."""
    if family.likelihood is None:
        return f"The {family.label} family has no likelihood, so no AIC or BIC."
    if count := impossible_means(family, mu):
        return (
            f"{count:,} of {len(mu):,} fitted means lie outside what the {family.label} family can "
            "have, so there is no likelihood; take another link."
        )
    if family.is_count and np.any(rows.y != np.round(rows.y)):
        return (
            f"The {family.label} family gives a probability to whole numbers only, and "
            f"{rows.response} is not whole everywhere, so there is no likelihood, AIC or BIC."
        )
    return ""
