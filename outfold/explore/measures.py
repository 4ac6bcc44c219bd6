"""The measures of association: what each says, which pairs it is for, and what one result holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

PairKind = Literal["numeric", "nominal", "mixed"]
"""numeric: two columns of numbers, times or truth values. nominal: two columns of levels.
mixed: numbers beside levels."""

Measure = Literal[
    "pearson",
    "spearman",
    "kendall",
    "distance",
    "cramers_v",
    "cramers_v_corrected",
    "eta",
    "mutual_info",
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
        " as 0 or 1 (then it is the point-biserial correlation).",
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
        ("mixed",),
        False,
        True,
        "Pearson 1905; p-value from the one-way analysis of variance",
    ),
    MeasureInfo(
        "mutual_info",
        "Mutual information",
        "Any dependence at all, in nats; numbers are first cut into at most ten bins of about"
        " equally many rows, and the plug-in estimate is used.",
        ("numeric", "nominal", "mixed"),
        False,
        False,
        "Shannon 1948; p-value from the G test",
    ),
)
MEASURES: dict[Measure, MeasureInfo] = {info.key: info for info in _INFOS}
ORDER: tuple[Measure, ...] = get_args(Measure)
"""The measures' numbers in stored results."""

AUTO: dict[PairKind, Measure] = {
    "numeric": "pearson",
    "nominal": "cramers_v_corrected",
    "mixed": "eta",
}
"""What is measured unless something else is asked for."""

Reason = Literal["", "constant", "too few rows", "not measured"]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""Why a pair has no value. constant: one of the two does not vary in the rows that they share.
too few rows: fewer than three shared rows, or no more rows than levels."""
CONSTANT, TOO_FEW, NOT_MEASURED = 1, 2, 3

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
