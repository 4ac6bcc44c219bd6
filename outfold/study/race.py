"""Racing: which candidates are clearly beaten after some splits, so that the rest can be spared.

A race looks at the candidates block by block. Block n is decided once every candidate that is
still in the race has the n-th split, and only the first n splits count. So the outcome depends on
the scores alone: neither on the order in which results arrive nor on the number of workers.

**The folds of one table overlap.** Any two training sets of k folds share (k-2)/(k-1) of their
rows, and repeats share all of them, so scores of different splits are not independent. The two
rules deal with that differently.

``curtailed`` does not ask whether a candidate is worse in general but whether it would come out
ahead in *this* study once all J splits are in (stochastic curtailment, Lan, Simon & Halperin 1982;
for resampled models: futility analysis, Kuhn 2014). The J differences between two candidates are a
finite population, of which the first n splits are a sample drawn without replacement: the race
takes the splits in a random order. The mean over all J then lies around the mean over n with the
standard error s √(1/n - 1/J) (Cochran 1977, section 2.5). What the splits have in common, such as
the rows that they share, moves both means alike and cancels. Student's t with n-1 degrees of
freedom is exact for equally correlated normal differences, whatever their correlation, and an
approximation else. The level is shared out over the rivals and the decisions (Bonferroni), so that
the candidate that would have come first is stopped with at most that probability. The race says
nothing about which candidate is best on new tables; the finished leaderboard's intervals do.

``friedman`` is F-race (Birattari, Stützle, Paquete & Varrentrapp 2002): Friedman's test over the
splits as blocks, and if it rejects, Conover's comparison of each candidate with the best (for two
candidates Wilcoxon's signed-rank test). It assumes independent blocks and tests anew after each
split without a correction, as published. Splits of one table are not independent: they agree on
what is peculiar to it, so the level says nothing about candidates on other tables. In the
simulations of ``tests/laws`` the winner of the finished study was still stopped in no more than 5
of 100 tables, and more fits were saved than by the first rule, whose level is shared out so widely
that it decides later.

Whole repeats as blocks would not help: repeats draw the same rows again, so their means agree more
with each other than with a new table, and a decision would have to wait for k splits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from outfold.metrics.metric import Floats
from outfold.study.speed import Racing

Outcome = float | Literal["waiting", "failed"]
"""A score (NaN where the metric is undefined), or why there is none."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A candidate that was stopped, and on what grounds.

    Attributes:
        candidate: Its name.
        after: Splits that it was measured on.
        rival: The candidate that led then.
        mean: Its mean over the splits on which both have a score.
        rival_mean: The rival's mean over the same splits.
        p: Curtailed: the probability that it would still come out ahead of the rival.
            Friedman: the p-value of its ranks against the rival's.
        level: What ``p`` had to be below.
    """

    candidate: str
    after: int
    rival: str
    mean: float
    rival_mean: float
    p: float
    level: float


@dataclass(frozen=True, slots=True)
class Race:
    """A race as far as it has come.

    Attributes:
        decided: Splits up to which everything is decided.
        stops: Who was stopped, by name, in the order of being stopped.
    """

    decided: int = 0
    stops: Mapping[str, Stop] = field(default_factory=dict)


def looks(racing: Racing, n_splits: int) -> int:
    """How often a race decides: after the last split there is nothing left to spare."""
    return max(0, n_splits - racing.first)


def race(
    outcomes: Mapping[str, Sequence[Outcome]],
    racing: Racing,
    higher: bool,
    spared: frozenset[str] = frozenset(),
) -> Race:
    """Decide a race as far as the scores allow.

    Args:
        outcomes: For each candidate one entry per split, in the order of the race.
        racing: The rule.
        higher: Whether more is better.
        spared: Candidates that are never stopped.
    """
    n_splits = max((len(o) for o in outcomes.values()), default=0)
    n_rivals = len(outcomes) - 1
    if n_rivals < 1 or not looks(racing, n_splits):
        return Race()
    running, stops, decided = list(outcomes), dict[str, Stop](), 0
    for block in range(1, n_splits):
        latest = {name: outcomes[name][block - 1] for name in running}
        if "waiting" in latest.values():
            break
        decided = block
        running = [name for name in running if latest[name] != "failed"]
        if block < racing.first:
            continue
        seen = {name: np.array(outcomes[name][:block], dtype=np.float64) for name in running}
        sign = 1.0 if higher else -1.0
        if racing.test == "friedman":
            raced = {name: values for name, values in seen.items() if name not in spared}
            found = by_ranks(raced, racing.level, sign)
        else:
            level = racing.level / (n_rivals * looks(racing, n_splits))
            found = by_curtailment(seen, n_splits, level, sign, spared)
        for stop in found:
            stops[stop.candidate] = stop
            running.remove(stop.candidate)
    return Race(decided, stops)


def by_curtailment(
    seen: Mapping[str, Floats],
    n_splits: int,
    level: float,
    sign: float,
    spared: frozenset[str] = frozenset(),
) -> list[Stop]:
    """The candidates that would come out ahead of the leader with a probability below the level.

    Args:
        seen: Each candidate's scores on the same splits, NaN where undefined.
        n_splits: Splits of the whole study.
        level: Of each single decision.
        sign: 1 where more is better, else -1.
        spared: Candidates that are never stopped.
    """
    means = {name: float(v[~np.isnan(v)].mean()) for name, v in seen.items() if known(v)}
    if not means:
        return []
    leader = max(means, key=lambda name: sign * means[name])
    found = []
    for name in means:
        if name == leader or name in spared:
            continue
        p = chance_ahead(sign * (seen[leader] - seen[name]), n_splits)
        if p < level:
            found.append(_stop(name, leader, seen, p, level))
    return found


def known(values: Floats) -> bool:
    """Whether there is at least one score."""
    return bool((~np.isnan(values)).any())


def chance_ahead(lead: Floats, n_splits: int) -> float:
    """The probability that a leader's lead is gone once all splits are in.

    Args:
        lead: The leader's score minus the other's on the splits seen, NaN where undefined.
        n_splits: Splits of the whole study.

    Returns:
        NaN where fewer than two splits tell, or where they do not differ at all: equal leads say
        nothing about how much the next may differ.
    """
    from scipy.special import stdtr

    told = lead[~np.isnan(lead)]
    n, total = len(told), n_splits - (len(lead) - len(told))
    if n < 2:
        return math.nan
    spread = float(told.std(ddof=1))
    if not spread > 1e-12 * max(1.0, float(np.abs(told).max())):
        return math.nan
    error = spread * math.sqrt(1 / n - 1 / total)
    return 0.0 if error == 0 else float(stdtr(n - 1, -float(told.mean()) / error))


def by_ranks(seen: Mapping[str, Floats], level: float, sign: float) -> list[Stop]:
    """The candidates that F-race drops after these splits.

    Args:
        seen: Each candidate's scores on the same splits; a split on which one is undefined is
            left out for all, and a candidate that is undefined everywhere for itself.
        level: Of Friedman's test and of each comparison with the best.
        sign: 1 where more is better, else -1.
    """
    from scipy.special import chdtrc, stdtr
    from scipy.stats import rankdata

    names = [name for name, values in seen.items() if known(values)]
    if len(names) < 2:
        return []
    scores = np.array([seen[name] for name in names]).T
    scores = scores[~np.isnan(scores).any(axis=1)]
    n, k = scores.shape
    if n < 2:
        return []
    if k == 2:
        return _of_two(names, scores, seen, level, sign)
    ranks = rankdata(-sign * scores, axis=1)
    sums = ranks.sum(axis=0)
    squares, middle = float((ranks**2).sum()), n * k * (k + 1) ** 2 / 4
    if squares <= middle:  # every rank is tied
        return []
    chi2 = (k - 1) * float(((sums - n * (k + 1) / 2) ** 2).sum()) / (squares - middle)
    if chdtrc(k - 1, chi2) >= level:
        return []
    df = (n - 1) * (k - 1)
    # Conover (1999, section 5.8): the spread of a difference between two sums of ranks. Rounding
    # may leave a little less than nothing where all splits agree.
    left = max(0.0, 1 - chi2 / (n * (k - 1)))
    scale = math.sqrt(2 * n * left * (squares - middle) / df)
    best = int(sums.argmin())
    found = []
    for place, name in enumerate(names):
        gap = float(sums[place] - sums[best])
        if gap > 0:
            p = 2 * float(stdtr(df, -gap / scale)) if scale > 0 else 0.0
            if p < level:
                found.append(_stop(name, names[best], seen, p, level))
    return found


def _of_two(
    names: Sequence[str], scores: Floats, seen: Mapping[str, Floats], level: float, sign: float
) -> list[Stop]:
    """F-race between two: Wilcoxon's signed-rank test, exact."""
    from scipy.stats import wilcoxon

    lead = sign * (scores[:, 0] - scores[:, 1])
    if not lead.any():
        return []
    p = float(wilcoxon(lead, method="exact" if (lead != 0).all() else "asymptotic").pvalue)
    first, second = (0, 1) if lead.mean() > 0 else (1, 0)
    return [_stop(names[second], names[first], seen, p, level)] if p < level else []


def _stop(name: str, leader: str, seen: Mapping[str, Floats], p: float, level: float) -> Stop:
    both = ~np.isnan(seen[name]) & ~np.isnan(seen[leader])
    mean, lead = float(seen[name][both].mean()), float(seen[leader][both].mean())
    return Stop(name, len(seen[name]), leader, mean, lead, p, level)


def reason(stop: Stop, racing: Racing, n_splits: int, metric: str) -> str:
    """Why a candidate was stopped, for a person.

    Args:
        stop: The decision.
        racing: The rule.
        n_splits: Splits of the study.
        metric: The metric's name for people.
    """
    text = (
        f"Stopped after {stop.after} of {n_splits} splits: {metric} {stop.mean:.4g} against "
        f"{stop.rival_mean:.4g} of {stop.rival} on the same splits"
    )
    p = f"{stop.p:.1g}" if stop.p >= 1e-12 else "below 1e-12"
    if racing.test == "friedman":
        return f"{text}; its ranks are worse (Friedman, then Conover: p {p}, level {stop.level:g})."
    return (
        f"{text}. The chance that it would still come out ahead once all splits are in is {p}; "
        f"it is stopped below {stop.level:.2g}."
    )


def rule(racing: Racing, n_candidates: int, n_splits: int) -> str:
    """The rule of a race in words.

    Args:
        racing: The rule.
        n_candidates: Candidates of the study, the baseline included.
        n_splits: Splits of the study.
    """
    decisions = looks(racing, n_splits)
    if not decisions:
        return (
            f"With {n_splits} split{'s' * (n_splits != 1)} and the first decision after "
            f"{racing.first}, there is nothing to spare: take more folds or repeats, or decide "
            "earlier."
        )
    when = (
        f"From split {racing.first} on, each time all candidates still in the race have one split "
        "more"
    )
    if racing.test == "friedman":
        return (
            f"{when}, Friedman's test asks whether their ranks over the splits differ (level "
            f"{racing.level:g}); if so, those whose ranks are worse than the best one's are "
            "stopped. The level is meant for independent splits; folds share training rows, so it "
            "says nothing about other tables."
        )
    shared = racing.level / (max(1, n_candidates - 1) * decisions)
    return (
        f"{when}, those are stopped whose chance of coming out ahead of the leader, once all "
        f"{n_splits} splits are in, is below {shared:.2g}. That is {racing.level:g} shared over "
        f"{max(1, n_candidates - 1)} rivals and {decisions} decisions, so the one that would have "
        f"come first is stopped with a probability of at most {racing.level:g}."
    )
