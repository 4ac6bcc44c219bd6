"""What is said of a generalised linear model, and reading and writing its formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from outfold.judge.formula import Formula
    from outfold.judge.robust_errors import Errors

FIRST = 15
"""Terms of the formula that the page begins with."""


@dataclass(frozen=True, slots=True)
class GlmChoice:
    """What the builder says; see ``fit_glm``."""

    formula: str
    family: str
    link: str
    power: float | None
    offset: str | None
    exposure: str | None
    weights: str | None
    against: tuple[str, ...]
    test: Literal["auto", "chisq", "f"]
    errors: Errors = "model"
    cluster: str | None = None
    place: str = ""


def read(text: str, columns: Sequence[str]) -> Formula | None:
    """The formula that a text says; None where it says none."""
    from outfold.errors import OutfoldError
    from outfold.judge.parse_formula import parse_formula

    try:
        return parse_formula(text, list(columns))
    except OutfoldError:
        return None


def written(formula: Formula, labels: Sequence[str]) -> str:
    """The formula with other terms, by their texts; response, offsets and intercept stay."""
    from outfold.judge.expression import text_of

    parts = [*labels, *(f"offset({text_of(o)})" for o in formula.offsets)]
    if not formula.intercept:
        parts.insert(0, "0")
    return f"{text_of(formula.response)} ~ {' + '.join(parts) or '1'}"
