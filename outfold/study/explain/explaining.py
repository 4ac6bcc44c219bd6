"""Whether a run explains its candidates, and how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outfold.registry import Param

VERSION = 3
"""Raised when the code of the step changes what it computes."""
MOST_SPLITS = 10
"""Splits whose models are explained at the most."""

EXPLAINING = (
    Param(
        "rows", "Rows explained", "int", 2000, low=20, high=20_000, scale="log",
        help="Shared between the splits; each row is explained by a model that has not seen it.",
    ),
    Param(
        "seconds", "Seconds for SHAP values", "float", 24.0, low=1.0, high=3600.0, scale="log",
        help="Shared between the splits; what did not fit in is left out, and said.",
    ),
    Param(
        "repeats", "Shuffles of a column", "int", 5, low=1, high=50,
        help="How often permutation importance shuffles each column on each split.",
    ),
)  # fmt: skip
"""What can be set about explaining."""


@dataclass(frozen=True, slots=True)
class Explaining:
    """Whether the candidates of a study are explained, and by how much work.

    Attributes:
        on: Whether they are.
        rows: Rows explained, over all splits together.
        seconds: Seconds for SHAP values, over all splits together.
        repeats: Shuffles of each column on each split.

    Raises:
        ParameterError: A value that is not allowed.
    """

    on: bool = False
    rows: int = 2000
    seconds: float = 24.0
    repeats: int = 5

    def __post_init__(self) -> None:
        for param in EXPLAINING:
            param.check(getattr(self, param.key))


NO_EXPLAINING = Explaining()


def explained_splits(sizes: Sequence[int], rows: int) -> int:
    """How many splits are explained: until as many rows as the table has were held out once.

    Args:
        sizes: Validation rows of each split.
        rows: Rows of the table.
    """
    seen = 0
    for number, size in enumerate(sizes, 1):
        seen += size
        if seen >= rows or number == MOST_SPLITS:
            return number
    return len(sizes)
