"""Models over several independent data sets: Friedman, Nemenyi, Wilcoxon.

The blocks must be data sets. The folds of one data set share training rows and are no blocks
(Demšar 2006).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class RankPair:
    """Two models' difference in mean rank and Nemenyi's p-value."""

    a: str
    b: str
    rank_difference: float
    p_value: float


@dataclass(frozen=True, slots=True, eq=False)
class Friedman:
    """Whether models rank differently over data sets, and which pairs do.

    Attributes:
        n_blocks: Data sets.
        names: The models.
        average_ranks: Mean rank of each, 1 is best, ties averaged.
        chi2: Friedman's statistic, corrected for ties.
        df: Number of models minus one.
        p_value: By the chi-square distribution.
        f: Iman & Davenport's statistic (1980), less conservative.
        f_df: Its degrees of freedom.
        f_p_value: Its p-value.
        q_alpha: Quantile of the studentised range at the level, infinite df, over √2 (Demšar 2006).
        critical_difference: Mean ranks further apart than this differ (Nemenyi 1963).
        pairs: Every pair.
        ranks: Rank of each model in each block, 1 is best, shape (N, k).
    """

    n_blocks: int
    names: tuple[str, ...]
    average_ranks: tuple[float, ...]
    chi2: float
    df: int
    p_value: float
    f: float
    f_df: tuple[int, int]
    f_p_value: float
    q_alpha: float
    critical_difference: float
    pairs: tuple[RankPair, ...]
    ranks: npt.NDArray[np.float64]


def friedman(
    scores: npt.ArrayLike,
    names: Sequence[str],
    higher_is_better: bool = True,
    alpha: float = 0.05,
) -> Friedman:
    """Compare k models over N data sets.

    Args:
        scores: Shape (N, k).
        names: The models, k of them, at least two.
        higher_is_better: Direction of the score.
        alpha: Level of the critical difference.

    Raises:
        ValueError: Fewer than two data sets or models.
    """
    from scipy.special import chdtrc, fdtrc
    from scipy.stats import rankdata, studentized_range

    table = np.asarray(scores, dtype=np.float64)
    n, k = table.shape
    if n < 2 or k < 2:
        raise ValueError("Friedman's test needs at least two data sets and two models")
    ranks = rankdata(-table if higher_is_better else table, axis=1)
    means = ranks.mean(axis=0)
    spread = float(((ranks - (k + 1) / 2) ** 2).sum())
    chi2 = n**2 * (k - 1) * float(((means - (k + 1) / 2) ** 2).sum()) / spread if spread else 0.0
    below = n * (k - 1) - chi2
    f = (n - 1) * chi2 / below if below > 0 else float("inf")
    dfs = (k - 1, (k - 1) * (n - 1))
    unit = float(np.sqrt(k * (k + 1) / (6 * n)))
    q = float(studentized_range.ppf(1 - alpha, k, np.inf)) / float(np.sqrt(2))
    pairs = []
    for a, b in itertools.combinations(range(k), 2):
        gap = float(means[a] - means[b])
        p = float(studentized_range.sf(abs(gap) / unit * np.sqrt(2), k, np.inf))
        pairs.append(RankPair(names[a], names[b], gap, p))
    return Friedman(
        n, tuple(names), tuple(means.tolist()), chi2, k - 1, float(chdtrc(k - 1, chi2)),
        f, dfs, float(fdtrc(*dfs, f)) if np.isfinite(f) else 0.0,
        q, q * unit, tuple(pairs), ranks,
    )  # fmt: skip


def permuted_p(ranks: npt.ArrayLike, draws: int = 10_000, seed: int = 0) -> float:
    """Friedman's p-value by shuffling each block's ranks: right for few blocks and for ties.

    Args:
        ranks: Shape (N, k), ties averaged.
        draws: Shuffles.
        seed: Their seed.

    Returns:
        ``(1 + shuffles at least as far from equal mean ranks) / (1 + draws)``.
    """
    table = np.asarray(ranks, dtype=np.float64)
    rng = np.random.default_rng(seed)
    n, k = table.shape
    observed = float(((table.mean(axis=0) - (k + 1) / 2) ** 2).sum())
    sums = np.zeros((draws, k))
    for block in table:
        sums += rng.permuted(np.broadcast_to(block, (draws, k)), axis=1)
    drawn = ((sums / n - (k + 1) / 2) ** 2).sum(axis=1)
    return (1 + int((drawn >= observed - 1e-9).sum())) / (1 + draws)


@dataclass(frozen=True, slots=True)
class Wilcoxon:
    """Whether one model scores higher than another over data sets.

    Attributes:
        n: Data sets, those without a difference included.
        zeros: Data sets without a difference, which are dropped.
        w_plus: Sum of the ranks of positive differences (R's V).
        w_minus: Sum of the ranks of negative differences.
        ties: Whether differences are tied in size.
        p_normal: Two-sided, normal, without continuity correction.
        p_continuity: Two-sided, normal, with continuity correction: R's default under ties.
        p_exact: Two-sided, exact; NaN under ties or zeros, where the exact law is another one.
        rank_biserial: (w_plus - w_minus) over their sum, -1 to 1: the size of the effect.
    """

    n: int
    zeros: int
    w_plus: float
    w_minus: float
    ties: bool
    p_normal: float
    p_continuity: float
    p_exact: float
    rank_biserial: float


def wilcoxon(a: npt.ArrayLike, b: npt.ArrayLike, digits: int = 12) -> Wilcoxon:
    """The signed-rank test of paired scores (Wilcoxon 1945).

    Args:
        a: Scores of the first model, one per data set, shape (n,).
        b: Scores of the second, shape (n,).
        digits: Differences are rounded to so many decimals first, because the noise of decimal
            fractions would split ties.
    """
    from scipy import stats

    d = np.round(np.asarray(a, dtype=np.float64) - np.asarray(b, dtype=np.float64), digits)
    kept = d[d != 0]
    zeros = len(d) - len(kept)
    ranks = stats.rankdata(np.abs(kept))
    plus, minus = float(ranks[kept > 0].sum()), float(ranks[kept < 0].sum())
    ties = len(np.unique(np.abs(kept))) < len(kept)
    nan = float("nan")
    if not len(kept):
        return Wilcoxon(len(d), zeros, 0.0, 0.0, False, 1.0, 1.0, nan, nan)

    def normal(correction: bool) -> float:
        found = stats.wilcoxon(
            kept, zero_method="wilcox", method="asymptotic", correction=correction
        )
        return float(found.pvalue)

    exact = nan if ties or zeros else float(stats.wilcoxon(kept, method="exact").pvalue)
    return Wilcoxon(
        len(d), zeros, plus, minus, ties, normal(False), normal(True), exact,
        (plus - minus) / (plus + minus),
    )  # fmt: skip
