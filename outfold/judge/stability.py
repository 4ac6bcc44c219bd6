"""How selectors agree: with themselves from split to split, and with each other."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from outfold.metrics.metric import Floats
from outfold.select.selection import Selection

POOR, EXCELLENT = 0.4, 0.75
"""Below and above these, Nogueira et al. (2018) call an agreement poor or excellent."""


def stability(kept: npt.ArrayLike) -> float:
    """How alike several selections are, corrected for chance.

    1 where each keeps the same columns, about 0 where columns are drawn by chance. Selections of
    different size are allowed. Folds share most rows, which makes the figure optimistic.

    Args:
        kept: Whether each selection keeps each column, shape (n_selections, n_columns).

    Returns:
        The measure of Nogueira, Sechidis & Brown (2018), equation 4; NaN for fewer than two
        selections and where all or no columns are kept throughout.
    """
    table = np.asarray(kept, dtype=float)
    m, d = table.shape
    share = table.mean(axis=0)
    mean_size = table.sum(axis=1).mean()
    chance = mean_size / d * (1 - mean_size / d) if d else 0.0
    if m < 2 or chance == 0:
        return math.nan
    return float(1 - (m / (m - 1) * share * (1 - share)).mean() / chance)


@dataclass(frozen=True, slots=True, eq=False)
class SelectorSummary:
    """One selector over all splits.

    Attributes:
        selector: Its label.
        n_splits: Splits that it was fitted on.
        n_kept: Columns kept, mean over the splits.
        stability: See ``stability``.
        merit: The method's own figure for its subset, mean over the splits, or NaN.
        merit_name: What that figure is.
        score_name: What its scores are.
        dropped_because: For a column it dropped as redundant, the kept column named most often.
        notes: Sentences about anything unusual.
        interval: The stability with its uncertainty over the splits.
    """

    selector: str
    n_splits: int
    n_kept: float
    stability: float
    merit: float
    merit_name: str
    score_name: str
    dropped_because: Mapping[str, str]
    notes: tuple[str, ...]
    interval: StabilityInterval

    @property
    def undefined(self) -> str:
        """Why there is no stability, as a sentence; empty where there is one."""
        if not math.isnan(self.stability):
            return ""
        if self.n_splits < 2:
            return "One split says nothing about stability."
        return (
            "Stability is undefined: it kept every column on every split."
            if self.n_kept
            else "Stability is undefined: it kept no column on any split."
        )


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """Columns by selectors.

    Attributes:
        columns: The columns, those kept most first.
        selectors: One summary per selector.
        kept: Share of the splits in which a selector keeps a column, 0 to 1, shape
            (n_columns, n_selectors).
        rank: Mean rank that a selector gives a column, 1 is best, same shape; NaN without ranks.
        consensus: Mean of ``kept`` over the selectors: the votes, every split of every selector
            being one, shape (n_columns,). It orders the columns.
        score: Mean score that a selector gives a column, in the unit that its summary names,
            shape (n_columns, n_selectors); NaN without scores.
        points: Borda points (de Borda 1781), the mean over the selectors that rank a column of
            the share of other columns it comes before, 0 to 1, shape (n_columns,). They order
            columns of equal votes; NaN where nobody ranks it.
        disagreement: Standard deviation of ``kept`` over the selectors, times two: 0 where all
            treat a column alike, 1 where half keep it always and half never; shape (n_columns,).
    """

    columns: tuple[str, ...]
    selectors: tuple[SelectorSummary, ...]
    kept: Floats
    rank: Floats
    consensus: Floats
    score: Floats
    points: Floats
    disagreement: Floats

    def majority(self) -> tuple[str, ...]:
        """The columns that get at least half of all votes, most votes first."""
        return tuple(c for c, v in zip(self.columns, self.consensus, strict=True) if v >= 0.5)

    def usually_kept(self, selector: str) -> tuple[str, ...]:
        """The columns that one selector keeps on at least half of the splits, best rank first.

        Raises:
            KeyError: No such selector took part.
        """
        labels = [s.selector for s in self.selectors]
        if selector not in labels:
            raise KeyError(selector)
        place = labels.index(selector)
        some = [i for i in range(len(self.columns)) if self.kept[i, place] >= 0.5]
        order = sorted(some, key=lambda i: _mean_rank(self.rank[i, [place]]))
        return tuple(self.columns[i] for i in order)

    def part(self, rows: Sequence[int]) -> Agreement:
        """The same with some of the columns, by position, in the order given."""
        at = np.asarray(rows, dtype=np.intp)
        return Agreement(
            tuple(self.columns[i] for i in at), self.selectors, self.kept[at], self.rank[at],
            self.consensus[at], self.score[at], self.points[at], self.disagreement[at],
        )  # fmt: skip

    def frame(self) -> pd.DataFrame:
        """Columns with votes, points and disagreement, and each selector's share, rank, score."""
        data: dict[str, object] = {
            "column": self.columns,
            "consensus": self.consensus,
            "borda points": self.points,
            "disagreement": self.disagreement,
        }
        for place, summary in enumerate(self.selectors):
            data[f"{summary.selector}: share kept"] = self.kept[:, place]
            data[f"{summary.selector}: mean rank"] = self.rank[:, place]
            if not np.isnan(self.score[:, place]).all():
                data[f"{summary.selector}: {summary.score_name}"] = self.score[:, place]
        return pd.DataFrame(data)


def agreement(selections: Mapping[str, Sequence[Selection]]) -> Agreement:
    """Selectors side by side.

    Args:
        selections: For each selector, what it found on each split; those without any are left out.
    """
    known = {label: found for label, found in selections.items() if found}
    names = list(dict.fromkeys(n for found in known.values() for s in found for n in _all(s)))
    place = {name: i for i, name in enumerate(names)}
    kept = np.zeros((len(names), len(known)))
    rank = np.full((len(names), len(known)), math.nan)
    score = np.full((len(names), len(known)), math.nan)
    summaries = []
    for j, (label, found) in enumerate(known.items()):
        hits = np.zeros((len(found), len(names)))
        places = np.full((len(found), len(names)), math.nan)
        values = np.full((len(found), len(names)), math.nan)
        for i, selection in enumerate(found):
            hits[i, [place[n] for n in selection.selected]] = 1
            for name, position in selection.ranks().items():
                places[i, place[name]] = position
            for name, value in selection.scores.items():
                values[i, place[name]] = value if math.isfinite(value) else math.nan
        kept[:, j] = hits.mean(axis=0)
        rank[:, j] = _known_mean(places, 0)
        score[:, j] = _known_mean(values, 0)
        summaries.append(_summary(label, found, hits))
    consensus = kept.mean(axis=1) if known else np.zeros(0)
    points = 1 - (_known_mean(rank, 1) - 1) / max(len(names) - 1, 1)
    apart = 2 * kept.std(axis=1) if known else np.zeros(0)
    # Votes are means of thirds and fifths; what differs in the last digit only is equal.
    votes = np.round(consensus, 12)
    ranked = np.round(np.nan_to_num(points, nan=-1.0), 12)
    order = sorted(range(len(names)), key=lambda i: (-votes[i], -ranked[i], names[i]))
    return Agreement(
        tuple(names[i] for i in order), tuple(summaries), kept[order], rank[order],
        consensus[order], score[order], points[order], apart[order],
    )  # fmt: skip


def _known_mean(values: Floats, axis: int) -> Floats:
    """Means of what is not NaN; NaN where nothing is."""
    known = ~np.isnan(values)
    counted = known.sum(axis=axis)
    sums = np.where(known, values, 0).sum(axis=axis)
    return np.divide(sums, counted, out=np.full(sums.shape, math.nan), where=counted > 0)


def _all(selection: Selection) -> list[str]:
    return list(dict.fromkeys([*selection.selected, *selection.scores]))


def _mean_rank(ranks: Floats) -> float:
    known = ranks[~np.isnan(ranks)]
    return float(known.mean()) if known.size else math.inf


def _summary(label: str, found: Sequence[Selection], hits: Floats) -> SelectorSummary:
    merits = [s.merit for s in found if s.merit is not None]
    reasons: dict[str, Counter[str]] = {}
    for selection in found:
        for dropped, because in selection.dropped_because.items():
            reasons.setdefault(dropped, Counter())[because] += 1
    interval = stability_interval(hits)
    return SelectorSummary(
        selector=label,
        n_splits=len(found),
        n_kept=float(hits.sum(axis=1).mean()),
        stability=interval.value,
        merit=float(np.mean(merits)) if merits else math.nan,
        merit_name=next((s.merit_name for s in found if s.merit_name), ""),
        score_name=found[0].score_name,
        dropped_because={name: votes.most_common(1)[0][0] for name, votes in reasons.items()},
        notes=_notes(found),
        interval=interval,
    )


def _notes(found: Sequence[Selection]) -> tuple[str, ...]:
    """What was unusual, each with how many of the splits it was said of, unless of all."""
    votes = Counter(note for s in found for note in dict.fromkeys(s.notes))
    n = len(found)
    return tuple(
        note if k == n else f"{note.removesuffix('.')} (in {k} of {n} splits)."
        for note, k in votes.items()
    )


@dataclass(frozen=True, slots=True)
class StabilityInterval:
    """The stability of a selector with its uncertainty.

    Attributes:
        value: See ``stability``; NaN where undefined.
        variance: Its asymptotic variance; NaN where undefined.
        low: Lower end of the interval, not cut at -1.
        high: Upper end, not cut at 1.
        level: Coverage of the interval, such as 0.95.
        n_selections: Selections compared.
        mean_size: Columns kept, on average.
        mean_jaccard: Mean over pairs of selections of shared columns over all columns of the two;
            not corrected for chance, shown because readers know it.
        verdict: ``poor``, ``fair`` or ``excellent`` by Nogueira et al. (2018); empty if undefined.
    """

    value: float
    variance: float
    low: float
    high: float
    level: float
    n_selections: int
    mean_size: float
    mean_jaccard: float
    verdict: str


def stability_interval(kept: npt.ArrayLike, level: float = 0.95) -> StabilityInterval:
    """How alike several selections are, with the interval of Nogueira et al. (2018), theorem 7.

    The interval treats selections as independent, which bootstrap samples or repeated halves come
    nearer to than folds; it is asymptotic in the number of selections.

    Args:
        kept: Whether each selection keeps each column, shape (n_selections, n_columns).
        level: Coverage, 0 to 1.
    """
    from statistics import NormalDist

    table = np.asarray(kept, dtype=float)
    m, d = table.shape
    sizes = table.sum(axis=1)
    mean_size = float(sizes.mean()) if m else math.nan
    value = stability(table) if m else math.nan
    jaccard = _mean_jaccard(table)
    if math.isnan(value):
        return StabilityInterval(
            value, math.nan, math.nan, math.nan, level, m, mean_size, jaccard, ""
        )
    share = table.mean(axis=0)
    chance = mean_size / d * (1 - mean_size / d)
    single = (
        table @ share / d
        - sizes * mean_size / d**2
        + value / 2 * (2 * mean_size * sizes / d**2 - sizes / d - mean_size / d + 1)
    ) / chance
    variance = float(4 / m**2 * ((single - single.mean()) ** 2).sum())
    reach = NormalDist().inv_cdf(0.5 + level / 2) * variance**0.5
    verdict = "poor" if value < POOR else "excellent" if value > EXCELLENT else "fair"
    return StabilityInterval(
        value, variance, value - reach, value + reach, level, m, mean_size, jaccard, verdict
    )


def alike_stability(kept: npt.ArrayLike, similarity: npt.ArrayLike) -> float:
    """How alike several selections are when a column may stand in for one that it resembles.

    1 - tr(C S) / tr(C E): S is the unbiased covariance of the selections, E what columns drawn by
    chance would give, C how alike columns are (Sechidis et al. 2020, On the stability of feature
    selection in the presence of feature correlations). With C the identity it is ``stability``.
    It rests on C: another measure of likeness gives another figure.

    Args:
        kept: Whether each selection keeps each column, shape (n_selections, n_columns).
        similarity: From 0 to 1 for each two columns, 1 on the diagonal, symmetric, shape
            (n_columns, n_columns).

    Returns:
        NaN where ``stability`` is undefined.
    """
    table = np.asarray(kept, dtype=float)
    alike = np.asarray(similarity, dtype=float)
    m, d = table.shape
    if math.isnan(stability(table)):
        return math.nan
    sizes = table.sum(axis=1)
    share = sizes.mean() / d
    centred = table - table.mean(axis=0)
    spread = float(((centred @ alike) * centred).sum()) / (m - 1)
    apart = float((sizes**2 - sizes).mean()) / (d * d - d) - share**2 if d > 1 else 0.0
    diagonal = float(np.trace(alike))
    chance = share * (1 - share) * diagonal + apart * (float(alike.sum()) - diagonal)
    return 1 - spread / chance if chance > 1e-12 else math.nan


def _mean_jaccard(table: Floats) -> float:
    """Mean over pairs of rows of common columns over all columns; two empty rows count as 1."""
    if len(table) < 2:
        return math.nan
    both = table @ table.T
    sizes = table.sum(axis=1)
    either = sizes[:, None] + sizes - both
    alike = np.divide(both, either, out=np.ones_like(both), where=either > 0)
    return float(alike[np.triu_indices(len(table), 1)].mean())
