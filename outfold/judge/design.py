"""The design matrix: from a table and a formula's terms to columns of numbers, coded as in R."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.expression import text_of
from outfold.judge.factor import Block, Levels, block_of
from outfold.judge.formula import Formula, Term
from outfold.metrics.metric import Floats, Ints

MOST_CELLS = 600_000_000
"""Cells of a design matrix, 4.8 GB."""


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """A design matrix with the meaning of its columns.

    Attributes:
        matrix: Shape (n_rows, n_columns).
        names: The coefficients' names in R's spelling: ``(Intercept)``, ``woolB:tensionM``.
        term_of: For each column the place of its term, counted from 1; 0 for the intercept.
        labels: The terms' texts.
        levels: The categorical factors by their texts.
    """

    matrix: Floats
    names: tuple[str, ...]
    term_of: Ints
    labels: tuple[str, ...]
    levels: dict[str, Levels]


def _full_coding(terms: Sequence[Term], blocks: dict[str, Block], intercept: bool) -> set[Any]:
    """Which (term, factor) pairs get a column for every level instead of all but the first.

    R's rule: a factor is coded by contrasts where the term without it is in the model; without an
    intercept the first categorical factor of the first term that has one is coded in full.
    """
    present: set[frozenset[str]] = {t.parts for t in terms} | {frozenset()}
    full: set[Any] = set()
    for i, term in enumerate(terms):
        for label in term.parts:
            if blocks[label].levels is not None and term.parts - {label} not in present:
                full.add((i, label))
    if not intercept:
        for i, term in enumerate(terms):
            for factor in term.factors:
                if blocks[text_of(factor)].levels is not None:
                    full.add((i, text_of(factor)))
                    return full
    return full


def design_of(formula: Formula, frame: pd.DataFrame) -> Design:
    """The design matrix of a formula on rows without missing values.

    Treatment coding, first level the baseline; in an interaction the first factor runs fastest.

    Raises:
        FormulaError: A value that is undefined, or a column that is neither numbers nor levels.
        NotApplicableError: A column with one level or too many, or a matrix too large to hold.
    """
    blocks: dict[str, Block] = {}
    for term in formula.terms:
        for factor in term.factors:
            label = text_of(factor)
            if label not in blocks:
                blocks[label] = block_of(factor, frame)
    full = _full_coding(formula.terms, blocks, formula.intercept)
    names: list[str] = ["(Intercept)"] if formula.intercept else []
    term_of: list[int] = [0] * len(names)
    plans: list[list[tuple[Block, bool]]] = []
    for i, term in enumerate(formula.terms):
        plan = [(blocks[text_of(f)], (i, text_of(f)) in full) for f in term.factors]
        found = [""]
        for place, (block, whole) in enumerate(plan):
            found = [a + ":" * (place > 0) + b for b in _names(block, whole) for a in found]
        names += found
        term_of += [i + 1] * len(found)
        plans.append(plan)
    if len(frame) * len(names) > MOST_CELLS:
        raise NotApplicableError(
            f"The formula makes {len(names):,} columns for {len(frame):,} rows.",
            "Take fewer terms, or merge rare levels first.",
        )
    # Column after column: each is written at one go, and blocks of rows are still cheap to take.
    matrix = np.empty((len(frame), len(names)), dtype=np.float64, order="F")
    at = 0
    if formula.intercept:
        matrix[:, 0] = 1.0
        at = 1
    for plan in plans:
        at = _fill(matrix, at, plan)
    levels = {label: b.levels for label, b in blocks.items() if b.levels is not None}
    return Design(matrix, tuple(names), np.asarray(term_of, dtype=np.intp), formula.labels, levels)


def _names(block: Block, whole: bool) -> list[str]:
    if block.levels is None:
        return [block.label + s for s in block.suffixes]
    return [block.label + level for level in block.levels.names[0 if whole else 1 :]]


def _part(block: Block, whole: bool, place: int) -> Any:
    if block.levels is None:
        assert block.values is not None
        return block.values[:, place]
    return block.levels.codes == place + (0 if whole else 1)


def _fill(matrix: Floats, at: int, plan: list[tuple[Block, bool]]) -> int:
    """Write one term's columns into the matrix; returns the place after the last."""
    widths = [len(_names(block, whole)) for block, whole in plan]
    for flat in range(int(np.prod(widths))):
        rest = flat
        column = matrix[:, at]
        for i, (block, whole) in enumerate(plan):
            part = _part(block, whole, rest % widths[i])
            rest //= widths[i]
            if i == 0:
                column[:] = part
            else:
                column *= part
        at += 1
    return at
