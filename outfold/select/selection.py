"""What a selector found, in terms of the columns that the analyst knows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace


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
        links: Of a chain, what each link found among the columns that reached it, in order.
    """

    selected: tuple[str, ...]
    scores: Mapping[str, float]
    score_name: str = "score"
    merit: float | None = None
    merit_name: str = ""
    dropped_because: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    links: tuple[Selection, ...] = ()

    def ranks(self) -> dict[str, int]:
        """Each column's rank by score, 1 is best; kept columns come before dropped ones.

        In a chain, columns that a later link dropped come before those that never reached it.
        """
        if self.links:
            order = [name for link in reversed(self.links) for name in link.ranks()]
            return {name: i + 1 for i, name in enumerate(dict.fromkeys(order))}
        kept = {name: i for i, name in enumerate(self.selected)}
        rest = sorted(
            (n for n in self.scores if n not in kept),
            key=lambda n: -self.scores[n] if self.scores[n] == self.scores[n] else float("inf"),
        )
        return {name: i + 1 for i, name in enumerate([*self.selected, *rest])}


def followed(before: Selection, after: Selection) -> Selection:
    """What two selectors found of which the second saw only the columns that the first kept.

    Scores and merit are the second one's, over all columns: undefined where the first dropped one.
    """
    return replace(
        after,
        scores={name: after.scores.get(name, math.nan) for name in before.scores},
        dropped_because={**before.dropped_because, **after.dropped_because},
        notes=before.notes + after.notes,
        links=((*before.links,) or (before,)) + (after,),
    )
