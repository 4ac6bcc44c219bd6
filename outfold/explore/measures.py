"""The measures of association: what each says, which pairs it is for, and what one result holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

PairKind = Literal["numeric", "nominal", "mixed", "truth"]
"""numeric: two columns of numbers or times. nominal: two columns of levels or truth values.
mixed: numbers beside levels. truth: numbers beside truth values."""
KINDS: tuple[PairKind, ...] = get_args(PairKind)
KIND_LABELS: dict[PairKind, str] = {
    "numeric": "Two numbers",
    "truth": "A number and a truth value",
    "mixed": "A number and levels",
    "nominal": "Two columns of levels",
}
Report = Callable[[float], None]
"""Is told how much of the work is done, 0 to 1; may raise to stop it."""


def silent(_: float) -> None:
    """Nobody is told."""


def part_of(report: Report | None, start: float, size: float) -> Report:
    """Tell of a part of some work as of the whole.

    Args:
        report: Is told of the whole; None: nobody is.
        start: How much of the whole is done before the part, 0 to 1.
        size: How much of the whole the part is.
    """
    return silent if report is None else lambda done: report(start + size * done)


Measure = Literal[
    "pearson",
    "spearman",
    "kendall",
    "distance",
    "cramers_v",
    "cramers_v_corrected",
    "eta",
    "mutual_info",
    "point_biserial",
    "partial",
]
"""The keys of the measures that a whole table can be asked for."""


@dataclass(frozen=True, slots=True)
class MeasureInfo:
    """What a person needs to know about one measure.

    Attributes:
        key: As on the command line.
        label: As in the interface.
        summary: One sentence: what it measures.
        kinds: The pairs that it is defined for.
        signed: Whether it runs from -1 to 1 and tells a direction.
        bounded: Whether 1 is its greatest value.
        source: Author and year.
    """

    key: Measure
    label: str
    summary: str
    kinds: tuple[PairKind, ...]
    signed: bool
    bounded: bool
    source: str


_INFOS = (
    MeasureInfo(
        "pearson",
        "Pearson's r",
        "How well a straight line describes two numbers; a date counts as a number, a truth value"
        " as 0 or 1.",
        ("numeric",),
        True,
        True,
        "Pearson 1896; p-value from Student's t with n - 2 degrees of freedom",
    ),
    MeasureInfo(
        "spearman",
        "Spearman's rho",
        "How steadily one number rises with another, whatever the shape: Pearson's r of the ranks.",
        ("numeric",),
        True,
        True,
        "Spearman 1904; p-value from the t approximation",
    ),
    MeasureInfo(
        "kendall",
        "Kendall's tau-b",
        "Pairs of rows in the same order less pairs in opposite order, corrected for ties.",
        ("numeric",),
        True,
        True,
        "Kendall 1945; p-value from the tie-corrected normal approximation",
    ),
    MeasureInfo(
        "distance",
        "Distance correlation",
        "Any dependence of two numbers, also one that rises and falls; 0 only if independent.",
        ("numeric",),
        False,
        True,
        "Székely, Rizzo & Bakirov 2007; p-value from the t test of Székely & Rizzo 2013",
    ),
    MeasureInfo(
        "cramers_v",
        "Cramér's V",
        "How strongly two columns of levels go together, from chi-square without Yates'"
        " correction; too high in small samples.",
        ("nominal",),
        False,
        True,
        "Cramér 1946",
    ),
    MeasureInfo(
        "cramers_v_corrected",
        "Cramér's V, bias-corrected",
        "How strongly two columns of levels go together, corrected for what chance alone gives.",
        ("nominal",),
        False,
        True,
        "Bergsma 2013; p-value from chi-square without Yates' correction",
    ),
    MeasureInfo(
        "eta",
        "Correlation ratio",
        "The root of the share of a number's variance that lies between the levels; with a truth"
        " value it is the size of the point-biserial correlation.",
        ("mixed", "truth"),
        False,
        True,
        "Pearson 1905; p-value from the one-way analysis of variance",
    ),
    MeasureInfo(
        "mutual_info",
        "Mutual information",
        "Any dependence at all, in nats; numbers are first cut into at most ten bins of about"
        " equally many rows, and the plug-in estimate is used.",
        KINDS,
        False,
        False,
        "Shannon 1948; p-value from the G test",
    ),
    MeasureInfo(
        "point_biserial",
        "Point-biserial correlation",
        "Pearson's r of a number with a truth value or one of two levels as 0 or 1: above 0 where"
        " the number is greater for true or the second level, below 0 where it is smaller.",
        ("truth",),
        True,
        True,
        "Pearson 1909; p-value from the t test with equal variances, n - 2 degrees of freedom",
    ),
    MeasureInfo(
        "partial",
        "Partial correlation",
        "Pearson's r of what other columns leave of two numbers: all other numbers and truth"
        " values, unless some are named; on the rows that have all of them.",
        ("numeric",),
        True,
        True,
        "Fisher 1924; p-value from Student's t with n - 2 - controls degrees of freedom",
    ),
)
MEASURES: dict[Measure, MeasureInfo] = {info.key: info for info in _INFOS}
ORDER: tuple[Measure, ...] = get_args(Measure)
"""The measures' numbers in stored results."""

AUTO: dict[PairKind, Measure] = {
    "numeric": "pearson",
    "nominal": "cramers_v_corrected",
    "mixed": "eta",
    "truth": "point_biserial",
}
"""What is measured unless something else is asked for."""

Reason = Literal["", "constant", "too few rows", "not measured", "determined by others"]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""Why a pair has no value. constant: one of the two does not vary in the rows that they share.
too few rows: fewer than three shared rows, or no more rows than levels or controls. determined by
others: the controls leave nothing of one of the two."""
CONSTANT, TOO_FEW, NOT_MEASURED, DETERMINED = 1, 2, 3, 4

LEAST_ROWS = 3
"""Fewer shared rows than this say nothing about a pair."""


@dataclass(frozen=True, slots=True)
class Association:
    """One pair's association.

    Attributes:
        value: In the measure's unit; NaN where it is undefined.
        p_value: Probability of a value at least as extreme if there were no association; NaN
            where it is undefined or the measure has no test.
        n: Rows in which both are present.
        reason: Why the value is undefined, or nothing.
    """

    value: float
    p_value: float
    n: int
    reason: Reason = ""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The associations of some columns (rows of the arrays) with others (columns).

    Attributes:
        value: Shape (n_left, n_right); NaN where undefined.
        n: Shared rows, same shape.
        reason: Places in ``REASONS``, same shape.
        p_value: Same shape, or None where it follows from value and n alone.
    """

    value: Floats
    n: Ints
    reason: npt.NDArray[np.uint8]
    p_value: Floats | None = None

    def rows(self, places: Ints) -> Block:
        """Only some of the left columns."""
        p = None if self.p_value is None else self.p_value[places]
        return Block(self.value[places], self.n[places], self.reason[places], p)

    def right(self, start: int) -> Block:
        """Without the first of the right columns."""
        p = None if self.p_value is None else self.p_value[:, start:]
        return Block(self.value[:, start:], self.n[:, start:], self.reason[:, start:], p)


def measures_for(kind: PairKind) -> list[Measure]:
    """The measures that a kind of pair can be given, the usual one first."""
    fitting = [m for m in MEASURES if kind in MEASURES[m].kinds and m != "partial"]
    return sorted(fitting, key=lambda m: m != AUTO[kind])
