"""Mutual information where numbers take part: by bins, and by nearest neighbours."""

from __future__ import annotations

import numpy as np

from outfold.explore.measures import LEAST_ROWS, Association, Floats
from outfold.explore.nominal import Codes

MOST_BINS = 10


def bin_codes(values: Floats) -> tuple[Codes, int]:
    """Cut a number into bins of about equally many rows, and how many bins there are.

    The cube root of the number of known rows, at most ten, at least two; equal values stay
    together, and a column with no more distinct values than bins keeps each as its own bin. Missing
    values have the code -1.
    """
    known = values[~np.isnan(values)]
    codes = np.full(len(values), -1, dtype=np.int32)
    if not len(known):
        return codes, 1
    bins = int(np.clip(round(len(known) ** (1 / 3)), 2, MOST_BINS))
    distinct = np.unique(known)
    if len(distinct) <= bins:
        edges = distinct[:-1]
    else:
        edges = np.unique(np.quantile(known, np.arange(1, bins) / bins, method="inverted_cdf"))
        edges = edges[edges < distinct[-1]]
    # A value equal to an edge belongs below it.
    codes[~np.isnan(values)] = np.searchsorted(edges, known, side="left")
    return codes, len(edges) + 1


def mutual_info_neighbours(
    a: Floats, b: Floats, *, neighbours: int = 3, seed: int = 0
) -> Association:
    """Mutual information of two numbers in nats from nearest neighbours, without bins.

    Kraskov, Stögbauer & Grassberger (2004) as in scikit-learn, which adds a tiny noise drawn with
    the seed to break ties; never below 0. Has no test, so the p-value is NaN.

    Args:
        a: Shape (n_rows,); NaN is missing.
        b: Likewise.
        neighbours: More give less variance and more bias.
        seed: Of the noise.
    """
    from sklearn.feature_selection import mutual_info_regression

    both = ~(np.isnan(a) | np.isnan(b))
    x, y = a[both], b[both]
    if len(x) < max(LEAST_ROWS, neighbours + 1):
        return Association(np.nan, np.nan, len(x), "too few rows")
    if x.min() == x.max() or y.min() == y.max():
        return Association(np.nan, np.nan, len(x), "constant")
    value = mutual_info_regression(
        x[:, None], y, discrete_features=False, n_neighbors=neighbours, random_state=seed
    )[0]
    return Association(float(value), np.nan, len(x))
