"""What a builder starts with: a formula of every feature, and the family a target asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outfold.data.schema import Schema
from outfold.judge.expression import quoted
from outfold.task import Task

MOST = 30
"""Features in a first formula; a longer one is slow to fit and hard to read."""
MOST_LEVELS = 50
"""Levels of a categorical feature in a first formula."""

FAMILY_OF: dict[Task, str] = {
    "binary": "binomial",
    "count": "poisson",
    "regression": "gaussian",
}
"""The family to start with; a multi-class target has none."""


@dataclass(frozen=True, slots=True)
class DefaultFormula:
    """A formula to start from.

    Attributes:
        text: The formula.
        features: The columns in it.
        left_out: Each feature that is not in it, with the reason.
    """

    text: str
    features: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


def default_formula(
    schema: Schema, target: str, features: Sequence[str] | None = None, most: int = MOST
) -> DefaultFormula:
    """Every feature added up, names in backticks where they need them.

    Categorical and boolean columns enter by their levels, as every formula treats them. Left out
    are dates, texts, identifiers, constants and columns of very many levels, and what goes beyond
    the limit.

    Args:
        schema: The table's columns.
        target: The response.
        features: The columns to take, in order; every other column where nothing is said.
        most: Greatest number of terms.
    """
    names = features if features is not None else schema.names()
    taken: list[str] = []
    left: list[tuple[str, str]] = []
    for name in names:
        if name == target:
            continue
        column = schema[name]
        if column.type in ("datetime", "text", "identifier"):
            left.append((name, f"its type is {column.type}"))
        elif column.unique < 2:
            left.append((name, "it has one value"))
        elif column.type == "categorical" and column.unique > MOST_LEVELS:
            left.append((name, f"it has {column.unique:,} levels"))
        elif len(taken) >= most:
            left.append((name, f"a first formula takes {most} terms"))
        else:
            taken.append(name)
    right = " + ".join(quoted(n) for n in taken) or "1"
    return DefaultFormula(f"{quoted(target)} ~ {right}", tuple(taken), tuple(left))
