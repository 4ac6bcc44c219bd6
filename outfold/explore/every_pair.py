"""Every pair of columns, measured kind by kind and written into square arrays."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outfold.explore.affordable import affordable
from outfold.explore.associations import Associations
from outfold.explore.columns import Columns, Missing
from outfold.explore.distance import distance_block
from outfold.explore.information import bin_codes
from outfold.explore.linear import (
    Shifted,
    correlation_p,
    pearson_block,
    pearson_of,
    shifted,
)
from outfold.explore.measures import (
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
    part_of,
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


@dataclass(eq=False)
class EveryPair:
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
            self._information(informed, part_of(self.report, 0.0, 0.4))
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
                block = self._slow(key, left, seed, part_of(self.report, 0.4, 0.3))
            self._write(block, numbers if left is None else numbers[left], numbers, key)
        self.report(0.7)
        left, key = self._left(levels), chosen.get("nominal", "mutual_info")
        if key != "mutual_info" and len(levels) > 1 and (left is None or len(left)):
            sizes = [len(t) for t in self.data.levels]
            found = nominal_block(self.data.codes, sizes, left, part_of(self.report, 0.7, 0.2))
            block = found.cramers(corrected=key == "cramers_v_corrected")
            self._write(block, levels if left is None else levels[left], levels, key)
        self.report(0.9)
        if len(numbers) and len(levels):
            self._numbers_beside_levels(chosen, ready)
        self.report(1.0)

    def _numbers_beside_levels(
        self, chosen: dict[PairKind, Measure], ready: Shifted | None
    ) -> None:
        """Numbers beside levels and truth values; with a target only its own pairs."""
        numbers, levels, columns = self.at_numbers, self.at_levels, self.data.numbers
        own, other = self._left(numbers), self._left(levels)
        if own is not None and len(own):
            numbers, columns, ready = numbers[own], tuple(columns[i] for i in own), None
        wanted = np.ones(len(levels), dtype=bool)
        if other is not None and len(other):
            wanted = np.arange(len(levels)) == other[0]
        both: tuple[tuple[PairKind, npt.NDArray[np.bool_]], ...]
        both = ("mixed", ~self.is_truth & wanted), ("truth", self.is_truth & wanted)
        for kind, some in both:
            key = chosen.get(kind, "mutual_info")
            if key == "mutual_info" or not some.any():
                continue
            codes = [self.data.codes[i] for i in np.flatnonzero(some)]
            if key == "eta":
                sizes = [len(self.data.levels[i]) for i in np.flatnonzero(some)]
                self._write(ratio_block(ready or columns, codes, sizes), numbers, levels[some], key)
            else:
                self._write(_point_biserial(columns, codes), levels[some], numbers, key)

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
        rows = affordable(key, columns, len(columns) if left is None else len(left))
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
