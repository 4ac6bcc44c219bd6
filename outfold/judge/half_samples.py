"""How steadily selectors choose when they see another half of the rows each time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from outfold.errors import OutfoldError
from outfold.judge.stability import StabilityInterval, alike_stability, stability_interval
from outfold.metrics.metric import Floats, Ints
from outfold.registry import registry
from outfold.select.association import Associations
from outfold.select.columns import best_part, owners
from outfold.study.quick import sample_rows
from outfold.study.selecting import selected_by
from outfold.study.split import Split
from outfold.study.steps import Loaded, prepare
from outfold.study.study import Choice, Study
from outfold.study.table import StudyTable

SAMPLES = 30
"""Half samples drawn unless said otherwise."""
MOST_ROWS = 10_000
"""Rows that halves are drawn from; a larger table is sampled once before."""
MOST_ALIKE = 400
"""Columns up to which it is measured how alike every two of them are."""
FEWEST_ROWS = 20

Told = Callable[[int, int, str], bool]
"""Called with the selections done, those there will be, and what comes next; False stops."""


class Stopped(Exception):
    """Whoever asked for the work does not want it any more."""


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """One selector over the half samples.

    Attributes:
        selector: Its label.
        kept: Whether each sample's selection keeps each column, shape (n_samples, n_columns).
        seconds: Wall seconds of one selection, mean over the samples.
        alike: Stability when like columns may stand in for each other, see
            ``stability.alike_stability``; NaN where undefined or not measured.
        reason: Why samples are missing; empty where none are.
    """

    selector: str
    kept: npt.NDArray[np.bool_]
    seconds: float
    alike: float
    reason: str = ""

    @property
    def interval(self) -> StabilityInterval:
        """Nogueira's stability with its asymptotic interval."""
        return stability_interval(self.kept)


@dataclass(frozen=True, slots=True, eq=False)
class HalfSamples:
    """Selectors over halves of the rows.

    Attributes:
        columns: The columns.
        selectors: One entry per selector.
        samples: Halves drawn.
        rows: Rows of a half, about.
        drawn_from: Rows that halves were drawn from.
        of: Rows of the table.
    """

    columns: tuple[str, ...]
    selectors: tuple[Resampled, ...]
    samples: int
    rows: int
    drawn_from: int
    of: int

    def to_plain(self) -> dict[str, Any]:
        """The result as JSON can hold it."""
        return {
            "columns": list(self.columns),
            "selectors": [
                {
                    "selector": s.selector,
                    "kept": [np.flatnonzero(row).tolist() for row in s.kept],
                    "seconds": None if s.seconds != s.seconds else s.seconds,
                    "alike": None if s.alike != s.alike else s.alike,
                    "reason": s.reason,
                }
                for s in self.selectors
            ],
            "samples": self.samples,
            "rows": self.rows,
            "drawn_from": self.drawn_from,
            "of": self.of,
        }

    @classmethod
    def from_plain(cls, raw: Mapping[str, Any]) -> HalfSamples:
        """The result that ``to_plain`` wrote down."""
        columns = tuple(raw["columns"])
        found = []
        for s in raw["selectors"]:
            kept = np.zeros((len(s["kept"]), len(columns)), dtype=bool)
            for row, places in zip(kept, s["kept"], strict=True):
                row[places] = True
            figures = [float("nan") if s[n] is None else float(s[n]) for n in ("seconds", "alike")]
            found.append(Resampled(s["selector"], kept, figures[0], figures[1], s["reason"]))
        counts = (int(raw[name]) for name in ("samples", "rows", "drawn_from", "of"))
        return cls(columns, tuple(found), *counts)


def half(table: StudyTable, pool: Ints, rng: np.random.Generator) -> Ints:
    """Positions of a random half of some rows, ascending: by class, or of whole groups."""
    if table.groups is not None:
        groups = table.groups[pool]
        names = np.unique(groups)
        drawn = rng.permutation(names)[: max(1, len(names) // 2)]
        return pool[np.isin(groups, drawn)]
    if not table.classes:
        return np.sort(rng.choice(pool, max(1, len(pool) // 2), replace=False))
    codes = table.target[pool].astype(int)
    parts = []
    for code in np.unique(codes):
        members = pool[codes == code]
        # Of an odd number of rows the one left over goes either way.
        n = max(1, (len(members) + int(rng.integers(2))) // 2)
        parts.append(rng.choice(members, n, replace=False))
    return np.sort(np.concatenate(parts))


def half_samples(
    table: StudyTable,
    study: Study,
    choices: Sequence[Choice],
    samples: int = SAMPLES,
    told: Told = lambda done, total, label: True,
) -> HalfSamples:
    """Fit the preparation and each selector on halves of the rows; no model is fitted.

    Halves are drawn without replacement, as Meinshausen & Bühlmann (2010) do. They overlap less
    than folds, which share most of their rows, so their stability is less flattering; it is that
    of half as many rows. Every selector sees the same halves.

    Args:
        table: The study's table; above ``MOST_ROWS`` rows a sample of it is used.
        study: The study.
        choices: The selectors.
        samples: How many halves.
        told: Hears of the progress.

    Raises:
        OutfoldError: There are too few rows.
        Stopped: ``told`` said so.
    """
    if table.n_rows < FEWEST_ROWS:
        raise OutfoldError(
            f"{table.n_rows} rows are too few to halve.", f"Take at least {FEWEST_ROWS} rows."
        )
    pool = sample_rows(table, MOST_ROWS, 2, study.seed)
    rng = np.random.default_rng([study.seed % 2**32, 2010])
    preparation = registry("preparation")[study.preparation.key]
    settings = preparation.complete(dict(study.preparation.params))
    columns = tuple(str(c) for c in table.frame.columns)
    place = {name: i for i, name in enumerate(columns)}
    kept: list[list[npt.NDArray[np.bool_]]] = [[] for _ in choices]
    seconds: list[list[float]] = [[] for _ in choices]
    reasons = ["" for _ in choices]
    total, sizes = samples * len(choices), []
    similarity = _alike(table, study, pool) if len(columns) <= MOST_ALIKE else None
    for number in range(samples):
        rows = half(table, pool, rng)
        sizes.append(len(rows))
        loaded = Loaded(table, (Split(rows, pool[:1]),), sample=True)
        prepared = prepare(loaded, study, 0, preparation.key, settings)
        for j, choice in enumerate(choices):
            label = f"{choice.label()}, half {number + 1} of {samples}"
            if not told(number * len(choices) + j, total, label):
                raise Stopped
            began = time.perf_counter()
            try:
                found = selected_by(prepared, study, choice).selection.selected
            except OutfoldError as error:
                reasons[j] = error.message
                continue
            seconds[j].append(time.perf_counter() - began)
            row = np.zeros(len(columns), dtype=bool)
            row[[place[name] for name in found]] = True
            kept[j].append(row)
    told(total, total, "done")
    made = []
    for j, choice in enumerate(choices):
        table_of = np.array(kept[j], dtype=bool).reshape(len(kept[j]), len(columns))
        alike = float("nan")
        if similarity is not None and len(table_of) > 1:
            alike = alike_stability(table_of, similarity)
        mean = float(np.mean(seconds[j])) if seconds[j] else float("nan")
        made.append(Resampled(choice.label(), table_of, mean, alike, reasons[j]))
    return HalfSamples(
        columns, tuple(made), samples, round(float(np.mean(sizes))), len(pool), table.n_rows
    )


def _alike(table: StudyTable, study: Study, pool: Ints) -> Floats:
    """How alike every two columns are, 0 to 1, shape (n_columns, n_columns).

    A column that preparation drops is like none but itself.
    """
    preparation = registry("preparation")[study.preparation.key]
    loaded = Loaded(table, (Split(pool, pool[:1]),), sample=True)
    settings = preparation.complete(dict(study.preparation.params))
    frame = prepare(loaded, study, 0, preparation.key, settings).train
    sources, owner = owners(frame)
    links = Associations(frame)
    names = [str(c) for c in table.frame.columns]
    at = [names.index(s) for s in sources]
    found = np.eye(len(names))
    for i in range(len(sources)):
        parts = [links.strengths_with(int(p)) for p in np.flatnonzero(owner == i)]
        found[at[i], at] = best_part(np.max(parts, axis=0), owner, len(sources))
    np.fill_diagonal(found, 1.0)
    return np.maximum(found, found.T)
