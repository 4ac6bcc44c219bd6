"""How far a score moves with the seed alone: other splits and other random starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.chosen_metric import chosen_metric
from outfold.study.results import RunResult


@dataclass(frozen=True, slots=True)
class OverSeeds:
    """One candidate's mean scores by seed.

    Attributes:
        candidate: Its name.
        model: Key of its model.
        scores: Mean over the splits for each seed, in the order of the seeds.
        mean: Of the scores.
        std: Their standard deviation, ddof 1: what another seed moves the score by.
    """

    candidate: str
    model: str
    scores: tuple[float, ...]
    mean: float
    std: float


@dataclass(frozen=True, slots=True)
class SeedVariance:
    """Candidates over several seeds.

    Attributes:
        metric: Key of the metric.
        label: Its name for people.
        direction: Whether more is better.
        seeds: The seeds.
        candidates: By mean, best first.
        leads: For each seed, the name of the candidate that scores best.
    """

    metric: str
    label: str
    direction: Literal["higher", "lower"]
    seeds: tuple[int, ...]
    candidates: tuple[OverSeeds, ...]
    leads: tuple[str, ...]

    def sentence(self) -> str:
        """How steady the order is, in one sentence."""
        widest = max(self.candidates, key=lambda c: c.std)
        n = len(set(self.leads))
        first = (
            "The same candidate leads with every seed"
            if n == 1
            else f"{n} candidates lead with one seed or another"
        )
        return f"{first}; another seed moves {self.label} by up to {widest.std:.2g} (one spread)"

    def frame(self) -> pd.DataFrame:
        """One row per candidate and seed: candidate, seed, score."""
        return pd.DataFrame(
            [
                (c.candidate, seed, score)
                for c in self.candidates
                for seed, score in zip(self.seeds, c.scores, strict=True)
            ],
            columns=["candidate", "seed", "score"],
        )


def seed_variance(results: Sequence[RunResult], metric: str | None = None) -> SeedVariance:
    """Put runs of one study with several seeds beside each other.

    Args:
        results: Runs that differ in their seed alone; candidates that all have finished count.
        metric: Key of the metric; the first study's own by default.

    Raises:
        NotApplicableError: There are not two runs, or no candidate finished in all of them.
    """
    if len(results) < 2:
        raise NotApplicableError("One seed says nothing of others.", "Run two or more.")
    chosen = chosen_metric(results[0].study, metric)
    sign = 1.0 if chosen.direction == "higher" else -1.0
    found = []
    for row in results[0].finished():
        if row.candidate.is_baseline:
            continue
        same = [next((c for c in r.finished() if c.name == row.name), None) for r in results]
        scores = [
            float(np.mean(c.scores[chosen.key])) if c and c.scores.get(chosen.key) else np.nan
            for c in same
        ]
        if not np.isnan(scores).any():
            found.append(
                OverSeeds(row.name, row.candidate.model.key, tuple(scores),
                          float(np.mean(scores)), float(np.std(scores, ddof=1)))
            )  # fmt: skip
    if not found:
        raise NotApplicableError(
            f"No candidate has {chosen.label} with every seed.", "Take another metric."
        )
    found.sort(key=lambda c: -sign * c.mean)
    leads = tuple(
        max(found, key=lambda c: sign * c.scores[i]).candidate for i in range(len(results))
    )
    return SeedVariance(
        chosen.key, chosen.label, chosen.direction, tuple(r.study.seed for r in results),
        tuple(found), leads,
    )  # fmt: skip
