"""How candidates are called and marked in charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from outfold.draw.theme import DASHES, SYMBOLS, label


def called(candidate: str, names: Mapping[str, str] | None = None, longest: int = 44) -> str:
    """A candidate's name as plotly text: the given one, else without the steps that do nothing."""
    if names and candidate in names:
        return label(names[candidate], longest)
    short = " + ".join(part for part in candidate.split(" + ") if part != "none")
    return label(short or candidate, longest)


def dashes(models: Sequence[str]) -> list[str]:
    """A line style for each candidate by its place, so that lines differ by more than colour."""
    return [DASHES[place % len(DASHES)] for place in range(len(models))]


def symbols(models: Sequence[str]) -> list[str]:
    """A marker for each candidate by its place, so that marks differ by more than colour."""
    return [SYMBOLS[place % len(SYMBOLS)] for place in range(len(models))]
