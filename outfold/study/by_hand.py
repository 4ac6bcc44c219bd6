"""Columns that somebody chose with every row in view, and what that does to scores."""

from __future__ import annotations

from outfold.data.finding import Finding
from outfold.data.words import count, listed
from outfold.study.study import Choice, Study

CODE = "OF401"

WARNING = "Chosen by hand on all rows: its score may be optimistic."
"""What stands beside every figure of such a candidate."""


def is_by_hand(choice: Choice) -> bool:
    """Whether a selector keeps columns that were named rather than found in each fold."""
    return bool(named_by_hand(choice))


def named_by_hand(choice: Choice) -> tuple[str, ...]:
    """The columns that a selector, or a link of a chain, keeps because somebody named them."""
    named = [dict(c.params).get("columns") for c in choice.links if c.key == "pinned"]
    return tuple(dict.fromkeys(n for some in named if isinstance(some, tuple) for n in some))


def by_hand(study: Study) -> tuple[Finding, ...]:
    """One finding for each set of columns that the study takes as it was named."""
    found = []
    for choice in study.selectors:
        if not is_by_hand(choice):
            continue
        named = named_by_hand(choice)
        found.append(
            Finding(
                CODE,
                "warning",
                None,
                named,
                f"{count(len(named), 'column was', 'columns were')} chosen by hand on all rows "
                f"({listed(named)}): the score may be optimistic.",
                "Whoever chose them may have seen how they go with the target in the very rows "
                "that the score is measured on; a selector fitted in each fold has not.",
                {"columns": float(len(named))},
            )
        )
    return tuple(found)
