"""The associations of a table's columns, as they were measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from outfold.explore.columns import LeftOut, Missing
from outfold.explore.measures import MEASURES, ORDER, REASONS, Association, Floats, Ints, Measure

SIGNIFICANT = 0.05
"""Adjusted p-values below this are called significant."""


@dataclass(frozen=True, slots=True)
class Pair(Association):
    """Two columns and their association.

    Attributes:
        a: The first column, in the table's order.
        b: The second.
        measure: What was measured, or None.
        p_adjusted: The p-value after Benjamini & Hochberg's correction over all pairs.
    """

    a: str = ""
    b: str = ""
    measure: Measure | None = None
    p_adjusted: float = np.nan


@dataclass(frozen=True, slots=True, eq=False)
class Associations:
    """Every measured pair, as arrays of one length; frames are made when they are asked for.

    Attributes:
        columns: The columns that took part, in the table's order.
        first: Each pair's first column, a place in ``columns``.
        second: Its second.
        measure: A place in ``measures.ORDER``, or 255 where nothing was measured.
        value: In the measure's unit; NaN where undefined.
        p_value: NaN where undefined.
        p_adjusted: After Benjamini & Hochberg's correction over all pairs.
        n: Rows in which both are present.
        reason: Why there is no value: a place in ``measures.REASONS``.
        target: The column whose pairs these are, or None for all pairs.
        missing: How missing values were treated.
        left_out: Columns that take no part, and why.
        notes: Sentences about what was sampled or is doubtful.
    """

    columns: tuple[str, ...]
    first: Ints
    second: Ints
    measure: npt.NDArray[np.uint8]
    value: Floats
    p_value: Floats
    p_adjusted: Floats
    n: Ints
    reason: npt.NDArray[np.uint8]
    target: str | None
    missing: Missing
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Pair]:
        return (self.at(place) for place in range(len(self)))

    def at(self, place: int) -> Pair:
        """The pair at a place of the arrays."""
        code = int(self.measure[place])
        return Pair(
            float(self.value[place]),
            float(self.p_value[place]),
            int(self.n[place]),
            REASONS[self.reason[place]],
            self.columns[self.first[place]],
            self.columns[self.second[place]],
            ORDER[code] if code < len(ORDER) else None,
            float(self.p_adjusted[place]),
        )

    def of(self, a: str, b: str) -> Pair:
        """One pair, whichever way round.

        Raises:
            KeyError: The two were not measured.
        """
        i, j = sorted((self.columns.index(c) if c in self.columns else -1) for c in (a, b))
        found = np.flatnonzero((self.first == i) & (self.second == j))
        if not len(found):
            raise KeyError((a, b))
        return self.at(int(found[0]))

    def undefined(self) -> Mapping[str, int]:
        """How many pairs have no value, by reason."""
        counted = np.bincount(self.reason, minlength=len(REASONS))
        return {REASONS[i]: int(c) for i, c in enumerate(counted) if i and c}

    def reasons(self) -> list[str]:
        """Why each pair has no value; nothing where it has one."""
        return [REASONS[i] for i in self.reason]

    def measures_used(self) -> tuple[Measure, ...]:
        """The measures that occur."""
        return tuple(ORDER[i] for i in np.unique(self.measure) if i < len(ORDER))

    def significant(self, level: float = SIGNIFICANT) -> npt.NDArray[np.bool_]:
        """Pairs whose adjusted p-value is below a level."""
        with np.errstate(invalid="ignore"):
            return self.p_adjusted < level

    def strength(self) -> Floats:
        """How strong each pair is from 0 to 1, whatever its measure; NaN where undefined.

        The value without its sign. Mutual information I becomes sqrt(1 - exp(-2 I)), which for two
        normally distributed columns is their correlation (Linfoot 1957).
        """
        unbounded = [i for i, key in enumerate(ORDER) if not MEASURES[key].bounded]
        size = np.abs(self.value)
        open_ended = np.isin(self.measure, unbounded)
        size[open_ended] = np.sqrt(-np.expm1(-2 * size[open_ended]))
        return size

    def strongest(self, top: int | None = None) -> Ints:
        """Places of the pairs with a value, strongest first."""
        strength = self.strength()
        known = np.flatnonzero(~np.isnan(strength))
        ranked = known[np.argsort(-strength[known], kind="stable")]
        return ranked if top is None else ranked[:top]

    def frame(self, top: int | None = None) -> pd.DataFrame:
        """One row a pair: a, b, measure, value, p_value, p_adjusted, n, reason.

        In the table's order, or only the strongest ones, strongest first.
        """
        at = np.arange(len(self)) if top is None else self.strongest(top)
        names = np.array(self.columns, dtype=object)
        keys = np.array([*ORDER, *[None] * (256 - len(ORDER))], dtype=object)
        return pd.DataFrame(
            {
                "a": names[self.first[at]],
                "b": names[self.second[at]],
                "measure": keys[self.measure[at]],
                "value": self.value[at],
                "p_value": self.p_value[at],
                "p_adjusted": self.p_adjusted[at],
                "n": self.n[at],
                "reason": np.array(REASONS, dtype=object)[self.reason[at]],
            }
        )

    def square(self, values: npt.NDArray[Any], diagonal: Any, empty: Any) -> npt.NDArray[Any]:
        """Values of the pairs as a symmetric array of shape (n_columns, n_columns)."""
        width = len(self.columns)
        result = np.full((width, width), empty, dtype=np.asarray(values).dtype)
        result[self.first, self.second] = values
        result[self.second, self.first] = values
        np.fill_diagonal(result, diagonal)
        return result

    def matrix(self) -> pd.DataFrame:
        """The values as a square frame, 1 on the diagonal (NaN for mutual information)."""
        bounded = all(MEASURES[m].bounded for m in self.measures_used())
        values = self.square(self.value, 1.0 if bounded else np.nan, np.nan)
        return pd.DataFrame(values, index=list(self.columns), columns=list(self.columns))

    def measures(self) -> pd.DataFrame:
        """The measures' keys as a square frame; empty text where nothing was measured."""
        keys = np.array([*ORDER, *[""] * (256 - len(ORDER))], dtype=object)
        names = self.square(keys[self.measure], "", "")
        return pd.DataFrame(names, index=list(self.columns), columns=list(self.columns))

    def ordered(self) -> tuple[str, ...]:
        """The columns so that strongly associated ones stand together.

        Leaves of an average-linkage tree on 1 - strength.
        """
        from outfold.explore.redundancy import tree

        if len(self.columns) < 3:
            return self.columns
        from scipy.cluster import hierarchy

        return tuple(self.columns[i] for i in hierarchy.leaves_list(tree(self, "average")))

    def to_json(self, top: int | None = None) -> dict[str, Any]:
        """What ``json.dumps`` takes: ``pairs`` and what is to be known about them.

        Undefined numbers are null. With ``top`` only the strongest pairs.
        """
        frame = self.frame(top).astype(object)
        frame = frame.where(frame.notna(), None)
        return {
            "pairs": frame.to_dict(orient="records"),
            "columns": list(self.columns),
            "target": self.target,
            "missing": self.missing,
            "undefined": dict(self.undefined()),
            "left_out": [{"column": c.name, "why": c.why} for c in self.left_out],
            "notes": list(self.notes),
        }
