"""What a selector found, in terms of the columns that the analyst knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Selection:
    """The outcome of one selector on one set of rows.

    Attributes:
        selected: The columns kept, best first. Never empty: a selector that would keep nothing
            keeps its best column and says so in ``notes``.
        scores: A score for each column, higher is better; NaN where the method gives none.
        score_name: What the score is, with its unit where it has one ("mutual information, nats").
        merit: The method's own figure for the whole subset, where it has one.
        merit_name: What the merit is.
        dropped_because: For a dropped column, the kept column that made it redundant.
        notes: Sentences about anything unusual.
    """

    selected: tuple[str, ...]
    scores: Mapping[str, float]
    score_name: str = "score"
    merit: float | None = None
    merit_name: str = ""
    dropped_because: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def ranks(self) -> dict[str, int]:
        """Each column's rank by score, 1 is best; kept columns come before dropped ones."""
        kept = {name: i for i, name in enumerate(self.selected)}
        rest = sorted(
            (n for n in self.scores if n not in kept),
            key=lambda n: -self.scores[n] if self.scores[n] == self.scores[n] else float("inf"),
        )
        return {name: i + 1 for i, name in enumerate([*self.selected, *rest])}
