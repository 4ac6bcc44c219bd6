"""What a method says of every column before any is left out; a selection is a cut of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import pandas as pd

from outfold.registry import Ranks
from outfold.select.columns import Target
from outfold.select.keep import kept, ranking
from outfold.select.selection import Selection
from outfold.task import Task


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every column as one method ranks it on one set of rows.

    Attributes:
        scores: A score for each column, higher is better; NaN where the method gives none.
        score_name: What the score is, with its unit where it has one.
        order: The columns that can be kept, best first; empty where that is the order of scores.
        figures: Further figures of each column that a cut goes by, by their name.
        sizes: For numbers of columns, how well each predicted in inner folds, one value a fold.
        merit: The method's own figure for the columns that it would keep, where it has one.
        merit_name: What the merit is.
        dropped_because: For a column that cannot be kept, the better one that it repeats.
        notes: Sentences about anything unusual.
    """

    scores: Mapping[str, float]
    score_name: str
    order: tuple[str, ...] = ()
    figures: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    sizes: Mapping[int, tuple[float, ...]] = field(default_factory=dict)
    merit: float | None = None
    merit_name: str = ""
    dropped_because: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def n_columns(self) -> int:
        """Columns ranked."""
        return len(self.scores)

    def to_plain(self) -> dict[str, Any]:
        """The ranking as JSON can hold it."""
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        return plain | {
            "scores": _known(self.scores),
            "figures": {name: _known(of) for name, of in self.figures.items()},
            "sizes": [[n, list(folds)] for n, folds in self.sizes.items()],
            "dropped_because": dict(self.dropped_because),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Ranking:
        """The ranking that ``to_plain`` wrote down."""
        return cls(
            **{
                **plain,
                "scores": _with_nan(plain["scores"]),
                "order": tuple(plain["order"]),
                "figures": {name: _with_nan(of) for name, of in plain["figures"].items()},
                "sizes": {n: tuple(folds) for n, folds in plain["sizes"]},
                "notes": tuple(plain["notes"]),
            }
        )

    def cut(self, k: int | None = None, passing: Collection[str] | None = None) -> Selection:
        """The columns that pass, no more than the ``k`` best; never none.

        Args:
            k: The most that are kept; None is no limit.
            passing: The columns that pass the method's own threshold; None is all.
        """
        selected, more = kept(self.order or ranking(self.scores), k=k, passing=passing)
        return self.selection(selected, more)

    def selection(self, selected: tuple[str, ...], notes: tuple[str, ...] = ()) -> Selection:
        """Some of the columns as a selection, with what the ranking says of all."""
        there = set(selected)
        return Selection(
            selected=selected,
            scores=self.scores,
            score_name=self.score_name,
            merit=self.merit,
            merit_name=self.merit_name,
            dropped_because={a: b for a, b in self.dropped_because.items() if b in there},
            notes=self.notes + notes,
        )


def _known(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: None if v != v else float(v) for name, v in values.items()}


def _with_nan(values: Mapping[str, float | None]) -> dict[str, float]:
    return {name: float("nan") if v is None else v for name, v in values.items()}


@dataclass(frozen=True, slots=True)
class ByRank:
    """Chooses columns by ranking them and cutting the ranking; see ``selector.Selector``.

    Attributes:
        rank: Called as ``rank(X, y, task=…, seed=…, **params)`` with the parameters that the
            ranking depends on, returns a ``Ranking``.
        cut: Called as ``cut(ranking, **params)`` with those that cut it, returns a ``Selection``.
        ranks: Which parameters are which.
    """

    rank: Callable[..., Ranking]
    cut: Callable[..., Selection]
    ranks: Ranks

    def __call__(
        self, X: pd.DataFrame, y: Target, *, task: Task, seed: int, **params: Any
    ) -> Selection:
        """Rank the columns of training rows and cut the ranking."""
        found = self.rank(X, y, task=task, seed=seed, **self.ranks.before(params))
        return self.cut_by(found, params)

    def cut_by(self, found: Ranking, params: Mapping[str, Any]) -> Selection:
        """Cut a ranking as the selector's complete parameters say."""
        return self.cut(found, **{name: params[name] for name in self.ranks.cuts})
