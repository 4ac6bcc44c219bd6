"""Measure how every two columns of a table go together, with the measure that fits their types."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from outfold.data.schema import Schema
from outfold.errors import ParameterError, UnknownNameError
from outfold.explore.associations import Associations
from outfold.explore.columns import Columns, LeftOut, Missing, read_columns
from outfold.explore.distance import distance_block
from outfold.explore.gaps import gap_groups
from outfold.explore.information import bin_codes
from outfold.explore.linear import Shifted, correlation_p, pearson_of, shifted
from outfold.explore.measures import (
    AUTO,
    MEASURES,
    NOT_MEASURED,
    ORDER,
    Block,
    Floats,
    Ints,
    Measure,
    PairKind,
)
from outfold.explore.mixed import ratio_block
from outfold.explore.multiplicity import benjamini_hochberg
from outfold.explore.nominal import nominal_block
from outfold.explore.rank import kendall_block, spearman_block

NOTHING = 255
SECONDS = 3.0
"""About how long ranks and distances may take before rows are sampled; stated in the notes."""


def associate(
    frame: pd.DataFrame,
    schema: Schema,
    measure: Measure | Literal["auto"] = "auto",
    *,
    prefer: Collection[Measure] = (),
    target: str | None = None,
    missing: Missing = "pairwise",
    max_rows: int | None = None,
    seed: int = 0,
    as_levels: Collection[str] = (),
) -> Associations:
    """Measure the association of every two columns.

    Numbers and times beside each other get Pearson's r, levels and truth values the bias-corrected
    Cramér's V, mixed pairs the correlation ratio; or the one measure that is asked for, on the
    pairs that it is defined for. Text and identifiers take no part.

    Args:
        frame: The typed table.
        schema: Its columns' types.
        measure: ``auto`` or the one measure for all pairs. For Pearson, Spearman, Kendall and
            distance a boolean column counts as 0 and 1.
        prefer: With ``auto``: measures that take the place of the usual ones for their kind of
            pair, such as ``["spearman", "cramers_v"]``.
        target: Measure only this column's pairs with the others.
        missing: ``pairwise``: each pair on the rows it has; ``complete``: all on the rows that
            have every column that takes part.
        max_rows: Draw this many rows by chance where there are more. Without it all rows are used,
            except by measures that would take much longer than a few seconds; the notes say so.
        seed: Of the draw.
        as_levels: Columns of numbers that stand for classes.

    Raises:
        ParameterError: There is no such measure or treatment of missing values.
        UnknownNameError: The target is not among the columns that take part.
    """
    chosen = _chosen(measure, prefer)
    if missing not in ("pairwise", "complete"):
        raise ParameterError(
            f"Missing values cannot be treated as {missing!r}.", "Take pairwise or complete."
        )
    only_numbers = measure != "auto" and MEASURES[measure].kinds == ("numeric",)
    data = read_columns(
        frame,
        schema,
        missing=missing,
        max_rows=max_rows,
        seed=seed,
        as_levels=as_levels,
        truth_as_numbers=only_numbers,
    )
    data = _without_unmeasured(data, chosen)
    names = [c for c in schema.names() if c in data.number_names or c in data.level_names]
    if target is not None and target not in names:
        why = next((c.why for c in data.left_out if c.name == target), "is not in the table")
        raise UnknownNameError(
            f"The target {target!r} has no associations: it {why}.",
            "Columns that take part: " + ", ".join(names),
        )
    table = _Table(data, names, target)
    table.measure(chosen, seed)
    return table.finish(target, missing)


def _chosen(
    measure: Measure | Literal["auto"], prefer: Collection[Measure]
) -> dict[PairKind, Measure]:
    """The measure for each kind of pair."""
    for key in [*prefer, *([] if measure == "auto" else [measure])]:
        if key not in MEASURES:
            raise ParameterError(
                f"There is no measure {key!r}.", "Known: auto, " + ", ".join(MEASURES)
            )
    if measure != "auto":
        return dict.fromkeys(MEASURES[measure].kinds, measure)
    chosen = dict(AUTO)
    for key in prefer:
        chosen.update(dict.fromkeys(MEASURES[key].kinds, key))
    return chosen


def _without_unmeasured(data: Columns, chosen: dict[PairKind, Measure]) -> Columns:
    """Leave out the numbers or the levels when no chosen measure is defined for them."""
    if "mixed" in chosen:
        return data
    names = " and ".join(dict.fromkeys(MEASURES[m].label for m in chosen.values()))
    out: list[LeftOut] = []
    if "numeric" not in chosen:
        out = [
            LeftOut(c, f"is a number, for which {names} is not defined") for c in data.number_names
        ]
        data = replace(data, number_names=(), numbers=())
    if "nominal" not in chosen:
        out = [
            LeftOut(c, f"has levels, for which {names} is not defined") for c in data.level_names
        ]
        data = replace(data, level_names=(), codes=(), levels=())
    return replace(data, left_out=(*data.left_out, *out))


@dataclass(eq=False)
class _Table:
    """Square arrays that the blocks of pairs are written into."""

    data: Columns
    names: list[str]
    target: str | None

    def __post_init__(self) -> None:
        place = {name: i for i, name in enumerate(self.names)}
        self.at_numbers = np.array([place[c] for c in self.data.number_names], dtype=np.intp)
        self.at_levels = np.array([place[c] for c in self.data.level_names], dtype=np.intp)
        shape = (len(self.names), len(self.names))
        self.value = np.full(shape, np.nan)
        self.p_value = np.full(shape, np.nan)
        self.n = np.zeros(shape, dtype=np.int32)
        self.reason = np.full(shape, NOT_MEASURED, dtype=np.uint8)
        self.kind = np.full(shape, NOTHING, dtype=np.uint8)
        self.notes: list[str] = []

    def measure(self, chosen: dict[PairKind, Measure], seed: int) -> None:
        """Measure every kind of pair with its measure."""
        numbers, levels = self.at_numbers, self.at_levels
        if len(set(chosen.values())) == 1 and "mixed" in chosen and len(chosen) == 3:
            self._information()
            return
        ready: Shifted | None = None
        if len(numbers) and ("mixed" in chosen or chosen.get("numeric") == "pearson"):
            ready = shifted(self.data.numbers)
        left = self._left(numbers)
        if "numeric" in chosen and len(numbers) > 1 and (left is None or len(left)):
            key = chosen["numeric"]
            if key == "pearson" and ready is not None:
                block = pearson_of(ready, left)
            elif key == "mutual_info":
                block = self._binned(left)
            else:
                block = self._slow(key, left, seed)
            self._write(block, numbers if left is None else numbers[left], numbers, key)
        left = self._left(levels)
        if "nominal" in chosen and len(levels) > 1 and (left is None or len(left)):
            key = chosen["nominal"]
            found = nominal_block(self.data.codes, [len(t) for t in self.data.levels], left)
            if key == "mutual_info":
                block = found.information()
            else:
                block = found.cramers(corrected=key == "cramers_v_corrected")
            self._write(block, levels if left is None else levels[left], levels, key)
        if "mixed" in chosen and len(numbers) and len(levels) and ready is not None:
            sizes = [len(t) for t in self.data.levels]
            self._write(ratio_block(ready, self.data.codes, sizes), numbers, levels, "eta")

    def _left(self, at: Ints) -> Ints | None:
        """Among some columns, the target's place; None for all columns."""
        if self.target is None:
            return None
        return np.flatnonzero(at == self.names.index(self.target))

    def _binned(self, left: Ints | None) -> Block:
        parts = [bin_codes(v) for v in self.data.numbers]
        return nominal_block([c for c, _ in parts], [s for _, s in parts], left).information()

    def _information(self) -> None:
        """Mutual information of all columns, numbers cut into bins."""
        parts = [bin_codes(v) for v in self.data.numbers]
        codes = [c for c, _ in parts] + list(self.data.codes)
        sizes = [s for _, s in parts] + [len(t) for t in self.data.levels]
        at = np.concatenate([self.at_numbers, self.at_levels])
        if len(codes) < 2:
            return
        left = self._left(at)
        block = nominal_block(codes, sizes, left).information()
        self._write(block, at if left is None else at[left], at, "mutual_info")

    def _slow(self, key: Measure, left: Ints | None, seed: int) -> Block:
        """Ranks and distances, on fewer rows where all would take long."""
        columns = self.data.numbers
        rows = _affordable(key, columns, len(columns) if left is None else len(left))
        if rows < len(columns[0]):
            drawn = np.random.default_rng(seed).choice(len(columns[0]), rows, replace=False)
            drawn.sort()
            columns = tuple(c[drawn] for c in columns)
            self.notes.append(
                f"{MEASURES[key].label} was measured on {rows:,} of {len(self.data.numbers[0]):,}"
                f" rows drawn by chance (seed {seed}), since all would take long."
            )
        if key == "spearman":
            return spearman_block(columns, left)
        return kendall_block(columns, left) if key == "kendall" else distance_block(columns, left)

    def _write(self, block: Block, left: Ints, right: Ints, key: Measure) -> None:
        where = np.ix_(left, right)
        for square, values in (
            (self.value, block.value),
            (self.n, block.n),
            (self.reason, block.reason),
            (self.p_value, block.p_value),
        ):
            if values is not None:
                square[where] = values
                if left is not right:
                    square[np.ix_(right, left)] = values.T
        self.kind[where] = ORDER.index(key)
        self.kind[np.ix_(right, left)] = ORDER.index(key)

    def finish(self, target: str | None, missing: Missing) -> Associations:
        """The wanted pairs with their p-values."""
        width = len(self.names)
        if target is None:
            first, second = np.triu_indices(width, 1)
        else:
            own = self.names.index(target)
            other = np.delete(np.arange(width), own)
            first, second = np.minimum(own, other), np.maximum(own, other)
        # Pairs that no chosen measure is defined for are no pairs, unless a target asks for all.
        wanted = self.kind[first, second] != NOTHING
        first, second = first[wanted], second[wanted]
        value, n = self.value[first, second], self.n[first, second].astype(np.intp)
        kind, p = self.kind[first, second], self.p_value[first, second]
        linear = kind == ORDER.index("pearson")
        p[linear] = correlation_p(value[linear], n[linear])
        return Associations(
            tuple(self.names),
            first,
            second,
            kind,
            value,
            p,
            benjamini_hochberg(p),
            n,
            self.reason[first, second],
            target,
            missing,
            self.data.left_out,
            (*self.data.notes, *self.notes),
        )


def _affordable(key: Measure, columns: tuple[Floats, ...], left: int) -> int:
    """How many rows a slow measure can take in about ``SECONDS``, from rates measured once."""
    total, width = len(columns[0]), len(columns)
    groups = len(gap_groups(columns))
    pairs = left * width / (2 if left == width else 1)
    joint = max(1.0, pairs / max(1.0, (width / groups) ** 2))

    def seconds(n: int) -> float:
        if key == "spearman":
            ranked = width if groups == 1 else joint * 2 * width / groups
            return ranked * n * 1.5e-7 + joint * 3e-4 + pairs * n * 1e-10
        if key == "kendall":
            one = min(n * n * 2e-11 + n * n * 3e-9 * width / pairs, 5e-4 + n * 4e-7)
            return pairs * one + joint * 3e-4
        return width * groups * n * n * 4e-8 + pairs * n * n * 1e-10 + joint * 3e-4

    most = total
    if key == "distance":
        # Two matrices of n² for each column of 8 bytes have to fit into about half a gigabyte.
        most = min(most, int((3e7 / width) ** 0.5))
    n = most
    while n > 100 and seconds(n) > SECONDS:
        n = int(n * 0.8)
    return max(n, min(total, 100))
