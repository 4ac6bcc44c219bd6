"""One set of values and how it did on the inner folds; the choice among many."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outfold.registry import Value


@dataclass(frozen=True, slots=True)
class Trial:
    """One set of parameter values, judged.

    Attributes:
        number: Its place in the order of trying, from 0; the first one has the values as set.
        params: The values of the tuned parameters, by name.
        scores: The metric on each inner fold; NaN where it is undefined there.
        share: Share of each inner fold's training rows that the model was fitted on, 0 to 1.
        seconds: Wall seconds of its fits.
        reason: Why it gave no score; empty where it did.
    """

    number: int
    params: tuple[tuple[str, Value], ...]
    scores: tuple[float, ...]
    share: float = 1.0
    seconds: float = 0.0
    reason: str = ""

    @property
    def defined(self) -> int:
        """Inner folds on which the metric is defined."""
        return sum(not math.isnan(s) for s in self.scores)

    @property
    def score(self) -> float:
        """The mean over the inner folds on which the metric is defined; NaN if there is none."""
        known = [s for s in self.scores if not math.isnan(s)]
        return sum(known) / len(known) if known else math.nan


def best_of(trials: Sequence[Trial], higher: bool) -> Trial | None:
    """The trial to take: best mean among those judged on most rows and folds, the earliest if tied.

    Args:
        trials: In order of trying.
        higher: Whether more is better.
    """
    known = [t for t in trials if t.defined]
    if not known:
        return None
    share = max(t.share for t in known)
    folds = max(t.defined for t in known if t.share == share)
    judged = [t for t in known if t.share == share and t.defined == folds]
    return min(judged, key=lambda t: (-t.score if higher else t.score, t.number))


@dataclass(frozen=True, slots=True)
class Tuned:
    """What tuning one candidate on one split's training rows found.

    Attributes:
        params: The values taken for the tuned parameters, by name.
        score: The best inner score, which is flattering: it is the best of many.
        metric: The metric's key.
        trials: Every trial, in order of trying.
        rows: Training rows of each inner fold, after resampling.
        seconds: Wall seconds of the whole search, inner preparation included.
        cpu_seconds: The same in processor seconds.
        notes: Sentences about anything that had to be adjusted.
    """

    params: tuple[tuple[str, Value], ...]
    score: float
    metric: str
    trials: tuple[Trial, ...]
    rows: tuple[int, ...]
    seconds: float
    cpu_seconds: float
    notes: tuple[str, ...] = ()

    def to_body(self) -> dict[str, Any]:
        """What JSON can hold of it."""
        return {
            "params": dict(self.params),
            "score": self.score,
            "metric": self.metric,
            "trials": [
                {
                    "params": dict(t.params),
                    "scores": [None if math.isnan(s) else s for s in t.scores],
                    "share": t.share,
                    "seconds": t.seconds,
                    "reason": t.reason,
                }
                for t in self.trials
            ],
            "rows": list(self.rows),
            "log": {
                "seconds": self.seconds,
                "cpu_seconds": self.cpu_seconds,
                "notes": list(self.notes),
            },
        }

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Tuned:
        """What an earlier run kept."""
        log = body["log"]
        return cls(
            tuple(body["params"].items()),
            body["score"],
            body["metric"],
            tuple(
                Trial(
                    number,
                    tuple(t["params"].items()),
                    tuple(math.nan if s is None else s for s in t["scores"]),
                    t["share"],
                    t["seconds"],
                    t["reason"],
                )
                for number, t in enumerate(body["trials"])
            ),
            tuple(body["rows"]),
            log["seconds"],
            log["cpu_seconds"],
            tuple(log["notes"]),
        )
