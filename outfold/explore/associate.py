"""Measure how every two columns of a table go together, with the measure that fits their types."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from outfold.data.schema import Schema
from outfold.errors import ParameterError, UnknownNameError
from outfold.explore.associations import Associations
from outfold.explore.columns import Columns, LeftOut, Missing, read_columns
from outfold.explore.distance import distance_block
from outfold.explore.gaps import gap_groups
from outfold.explore.information import bin_codes
from outfold.explore.linear import (
    Shifted,
    correlation_p,
    pearson_block,
    pearson_of,
    shifted,
)
from outfold.explore.measures import (
    AUTO,
    KIND_LABELS,
    KINDS,
    MEASURES,
    NOT_MEASURED,
    ORDER,
    Block,
    Floats,
    Ints,
    Measure,
    PairKind,
    Report,
    measures_for,
)
from outfold.explore.mixed import ratio_block
from outfold.explore.multiplicity import benjamini_hochberg
from outfold.explore.nominal import Codes, nominal_block
from outfold.explore.partial import partial_block
from outfold.explore.rank import kendall_block, spearman_block

NOTHING = 255
_KIND_CODES = {
    (a, b): KINDS.index(kind)
    for kind, both in (
        ("numeric", [(0, 0)]),
        ("mixed", [(0, 1), (1, 0)]),
        ("truth", [(0, 2), (2, 0)]),
        ("nominal", [(1, 1), (1, 2), (2, 1), (2, 2)]),
    )
    for a, b in both
}
"""The kind of a pair by what its columns are: 0 numbers, 1 levels, 2 truth values."""
ONES = 6
"""Columns of two levels of which a note says which level counts as 1."""
SECONDS = 3.0
"""About how long ranks and distances may take before rows are sampled; stated in the notes."""


def associate(
    frame: pd.DataFrame,
    schema: Schema,
    measure: Measure | Literal["auto"] = "auto",
    *,
    prefer: Collection[Measure] = (),
    by_kind: Mapping[PairKind, Measure] | None = None,
    target: str | None = None,
    given: Collection[str] = (),
    missing: Missing = "pairwise",
    max_rows: int | None = None,
    seed: int = 0,
    as_levels: Collection[str] = (),
    report: Report | None = None,
) -> Associations:
    """Measure the association of every two columns.

    Numbers and times beside each other get Pearson's r, levels and truth values the bias-corrected
    Cramér's V, a number beside a truth value the point-biserial correlation, beside levels the
    correlation ratio; or the one measure that is asked for, on the pairs that it is defined for.
    Text and identifiers take no part.

    Args:
        frame: The typed table.
        schema: Its columns' types.
        measure: ``auto`` or the one measure for all pairs. For Pearson, Spearman, Kendall,
            distance and partial a boolean column counts as 0 and 1; for the point-biserial
            correlation so do two levels, the second as 1.
        prefer: With ``auto``: measures that take the place of the usual ones for their kinds of
            pair, such as ``["spearman", "cramers_v"]``.
        by_kind: With ``auto``: the measure for a kind of pair, such as
            ``{"mixed": "mutual_info"}``; goes before ``prefer``.
        target: Measure only this column's pairs with the others.
        given: For ``partial``: the columns whose influence is taken out of all others; by default
            every pair is given all other columns.
        missing: ``pairwise``: each pair on the rows it has; ``complete``: all on the rows that
            have every column that takes part. Partial correlations are always on such rows.
        max_rows: Draw this many rows by chance where there are more. Without it all rows are used,
            except by measures that would take much longer than a few seconds; the notes say so.
        seed: Of the draw.
        as_levels: Columns of numbers that stand for classes.
        report: Is told how much is done, 0 to 1; what it raises stops the work.

    Raises:
        ParameterError: There is no such measure or treatment of missing values, or a measure is
            not defined for the kind of pair it was chosen for.
        UnknownNameError: The target, or a column of ``given``, is not among those that take part.
    """
    chosen = _chosen(measure, prefer, by_kind or {})
    if missing not in ("pairwise", "complete"):
        raise ParameterError(
            f"Missing values cannot be treated as {missing!r}.", "Take pairwise or complete."
        )
    if given and measure != "partial":
        raise ParameterError(
            "Only partial correlations are given other columns.", "Take the measure partial."
        )
    only_numbers = measure != "auto" and MEASURES[measure].kinds == ("numeric",)
    no_numbers: list[LeftOut] = []
    if measure == "partial":
        whole, missing = schema, "complete"
        schema = _numbers_only(whole, as_levels)
        why = f"for which {MEASURES['partial'].label.lower()} is not defined"
        no_numbers = [
            LeftOut(c.name, f"is of type {c.type}, {why}")
            for c in whole.columns
            if c.name not in schema
        ]
    data = read_columns(
        frame,
        schema,
        missing=missing,
        max_rows=max_rows,
        seed=seed,
        as_levels=as_levels,
        truth_as_numbers=only_numbers,
    )
    truth = frozenset(c.name for c in schema.columns if c.type == "boolean")
    data = replace(data, left_out=(*data.left_out, *no_numbers))
    if measure == "point_biserial":
        data, truth = _two_levels(data, truth)
    data = _without_unmeasured(data, chosen, truth)
    names = [c for c in schema.names() if c in data.number_names or c in data.level_names]
    for name in [*([] if target is None else [target]), *given]:
        if name not in names:
            reason = next((c.why for c in data.left_out if c.name == name), "is not in the table")
            who = f"The target {name!r}" if name == target else f"The column {name!r}"
            raise UnknownNameError(
                f"{who} has no associations: it {reason}.",
                "Columns that take part: " + ", ".join(names),
            )
    names = [c for c in names if c not in given]
    table = _Table(data, names, target, truth, tuple(given), report or _silent)
    table.measure(chosen, seed)
    return table.finish(target, missing)


def _silent(_: float) -> None:
    """Nobody is told."""


def _numbers_only(schema: Schema, as_levels: Collection[str]) -> Schema:
    """The columns that count as numbers: rows are complete in them alone."""
    kept = ("numeric", "datetime", "boolean")
    return Schema(
        tuple(c for c in schema.columns if c.type in kept and c.name not in set(as_levels))
    )


def _chosen(
    measure: Measure | Literal["auto"],
    prefer: Collection[Measure],
    by_kind: Mapping[PairKind, Measure],
) -> dict[PairKind, Measure]:
    """The measure for each kind of pair."""
    for key in [*prefer, *by_kind.values(), *([] if measure == "auto" else [measure])]:
        if key not in MEASURES:
            raise ParameterError(
                f"There is no measure {key!r}.", "Known: auto, " + ", ".join(MEASURES)
            )
    if measure != "auto":
        return dict.fromkeys(MEASURES[measure].kinds, measure)
    chosen = dict(AUTO)
    for key in prefer:
        chosen.update(dict.fromkeys(MEASURES[key].kinds, key))
    for kind, key in by_kind.items():
        fitting = measures_for(kind)
        if key not in fitting:
            raise ParameterError(
                f"{MEASURES[key].label} is not defined for {KIND_LABELS[kind].lower()}.",
                "Take one of " + ", ".join(fitting),
            )
        chosen[kind] = key
    return chosen


def _two_levels(data: Columns, truth: frozenset[str]) -> tuple[Columns, frozenset[str]]:
    """Columns of two levels counted among the truth values, and a note of which level is 1."""
    two = {c: t[1] for c, t in zip(data.level_names, data.levels, strict=True) if len(t) == 2}
    ones = [f"{level} of {name}" for name, level in two.items() if name not in truth]
    if not ones:
        return data, truth
    rest = f" and {len(ones) - ONES:,} more" if len(ones) > ONES else ""
    note = f"Of two levels the second counts as 1: {', '.join(ones[:ONES])}{rest}."
    return replace(data, notes=(*data.notes, note)), truth | set(two)


def _without_unmeasured(
    data: Columns, chosen: dict[PairKind, Measure], truth: Collection[str]
) -> Columns:
    """Leave out the numbers or the levels when no chosen measure is defined for them."""
    names = " and ".join(dict.fromkeys(MEASURES[m].label for m in chosen.values()))
    out: list[LeftOut] = []
    if not {"numeric", "mixed", "truth"} & set(chosen):
        out = [
            LeftOut(c, f"is a number, for which {names} is not defined") for c in data.number_names
        ]
        data = replace(data, number_names=(), numbers=())
    if not {"nominal", "mixed"} & set(chosen):
        gone = {c for c in data.level_names if "truth" not in chosen or c not in truth}
        but = "other than two levels" if "truth" in chosen else "levels"
        out = [
            LeftOut(c, f"has {but}, for which {names} is not defined")
            for c in data.level_names
            if c in gone
        ]
        kept = [i for i, c in enumerate(data.level_names) if c not in gone]
        data = replace(
            data,
            level_names=tuple(data.level_names[i] for i in kept),
            codes=tuple(data.codes[i] for i in kept),
            levels=tuple(data.levels[i] for i in kept),
        )
    return replace(data, left_out=(*data.left_out, *out))


@dataclass(eq=False)
class _Table:
    """Square arrays that the blocks of pairs are written into."""

    data: Columns
    names: list[str]
    target: str | None
    truth: frozenset[str]
    given: tuple[str, ...]
    report: Report

    def __post_init__(self) -> None:
        place = {name: i for i, name in enumerate(self.names)}
        self.at_numbers = np.array(
            [place[c] for c in self.data.number_names if c in place], dtype=np.intp
        )
        self.at_levels = np.array([place[c] for c in self.data.level_names], dtype=np.intp)
        self.is_truth = np.array([c in self.truth for c in self.data.level_names], dtype=bool)
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
        informed = [kind for kind, key in chosen.items() if key == "mutual_info"]
        if informed:
            self._information(informed, self._share(0.0, 0.4))
        ready: Shifted | None = None
        if len(numbers) and ("mixed" in chosen or chosen.get("numeric") == "pearson"):
            ready = shifted(self.data.numbers)
        left, key = self._left(numbers), chosen.get("numeric", "mutual_info")
        if key != "mutual_info" and len(numbers) > 1 and (left is None or len(left)):
            if key == "pearson" and ready is not None:
                block = pearson_of(ready, left)
            elif key == "partial":
                block = self._partial(left)
            else:
                block = self._slow(key, left, seed, self._share(0.4, 0.3))
            self._write(block, numbers if left is None else numbers[left], numbers, key)
        self.report(0.7)
        left, key = self._left(levels), chosen.get("nominal", "mutual_info")
        if key != "mutual_info" and len(levels) > 1 and (left is None or len(left)):
            sizes = [len(t) for t in self.data.levels]
            found = nominal_block(self.data.codes, sizes, left, self._share(0.7, 0.2))
            block = found.cramers(corrected=key == "cramers_v_corrected")
            self._write(block, levels if left is None else levels[left], levels, key)
        self.report(0.9)
        if not len(numbers) or not len(levels):
            return
        both: tuple[tuple[PairKind, npt.NDArray[np.bool_]], ...]
        both = ("mixed", ~self.is_truth), ("truth", self.is_truth)
        for kind, some in both:
            key = chosen.get(kind, "mutual_info")
            if key == "mutual_info" or not some.any():
                continue
            codes = [c for c, s in zip(self.data.codes, some, strict=True) if s]
            if key == "eta":
                sizes = [len(t) for t, s in zip(self.data.levels, some, strict=True) if s]
                block = ratio_block(ready or self.data.numbers, codes, sizes)
                self._write(block, numbers, levels[some], key)
            else:
                self._write(_point_biserial(self.data.numbers, codes), levels[some], numbers, key)
        self.report(1.0)

    def _share(self, start: float, size: float) -> Report:
        """Tell of a part of the work as of the whole."""
        return lambda done: self.report(start + size * done)

    def _left(self, at: Ints) -> Ints | None:
        """Among some columns, the target's place; None for all columns."""
        if self.target is None:
            return None
        return np.flatnonzero(at == self.names.index(self.target))

    def _information(self, kinds: Collection[PairKind], report: Report) -> None:
        """Mutual information of all pairs of some kinds, numbers cut into bins."""
        mixed = "mixed" in kinds or "truth" in kinds
        of_numbers = self.data.numbers if mixed or "numeric" in kinds else ()
        of_levels = len(self.data.codes) if mixed or "nominal" in kinds else 0
        parts = [bin_codes(v) for v in of_numbers]
        codes = [c for c, _ in parts] + list(self.data.codes[:of_levels])
        sizes = [s for _, s in parts] + [len(t) for t in self.data.levels[:of_levels]]
        at = np.concatenate([self.at_numbers[: len(parts)], self.at_levels[:of_levels]])
        sort = np.concatenate(
            [np.zeros(len(parts), dtype=np.intp), 1 + self.is_truth[:of_levels].astype(np.intp)]
        )
        left = self._left(at)
        if len(codes) < 2 or (left is not None and not len(left)):
            return
        block = nominal_block(codes, sizes, left, report).information()
        own = np.arange(len(at)) if left is None else left
        table = np.array([[_KIND_CODES[a, b] for b in range(3)] for a in range(3)])
        wanted = [KINDS.index(kind) for kind in kinds]
        where = np.isin(table[sort[own]][:, sort], wanted)
        self._write(block, at[own], at, "mutual_info", where)

    def _partial(self, left: Ints | None) -> Block:
        """Partial correlations; every array is complete here."""
        columns = dict(zip(self.data.number_names, self.data.numbers, strict=True))
        own = [columns[c] for c in self.data.number_names if c not in self.given]
        block = partial_block(own, [columns[c] for c in self.given] if self.given else None)
        taken = (
            "given " + ", ".join(self.given)
            if self.given
            else f"given the {max(0, len(own) - 2)} other numbers"
        )
        self.notes.append(f"Every pair of numbers is measured {taken}, on rows that have all.")
        return block if left is None else block.rows(left)

    def _slow(self, key: Measure, left: Ints | None, seed: int, report: Report) -> Block:
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
            return spearman_block(columns, left, report)
        measure = kendall_block if key == "kendall" else distance_block
        return measure(columns, left, report)

    def _write(
        self,
        block: Block,
        left: Ints,
        right: Ints,
        key: Measure,
        wanted: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        """Put a block in its place, or only some of its cells."""
        where = np.ix_(left, right)
        if wanted is not None:
            i, j = np.nonzero(wanted)
            for a, b in ((left[i], right[j]), (right[j], left[i])):
                self.value[a, b], self.n[a, b] = block.value[i, j], block.n[i, j]
                self.reason[a, b], self.kind[a, b] = block.reason[i, j], ORDER.index(key)
                if block.p_value is not None:
                    self.p_value[a, b] = block.p_value[i, j]
            return
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
        linear = np.isin(kind, [ORDER.index("pearson"), ORDER.index("point_biserial")])
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


def _point_biserial(numbers: Sequence[Floats], truth: Sequence[Codes]) -> Block:
    """Pearson's r of truth values, 0 and 1 (left), with numbers (right)."""
    as_numbers = [np.where(code < 0, np.nan, code) for code in truth]
    return pearson_block([*as_numbers, *numbers], np.arange(len(truth))).right(len(truth))


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
