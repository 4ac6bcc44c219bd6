"""Columns that add up, or multiply, to the target."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.fix import Fix
from outfold.data.levels import holds_classes
from outfold.data.schema import Schema
from outfold.data.words import quoted

Floats = npt.NDArray[np.float64]

HUGE = 1e100
"""Numbers whose squares might overflow are left out."""

ROWS = 2000
LEAST_ROWS = 40
MOST_PARTS = 6
EXACT = 1e-4
"""Largest residual, as a root mean square in units of the target's standard deviation."""


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """At most one finding: two to six columns whose weighted sum or product is the target.

    Columns are added one by one, each time the one that goes best with what is not yet explained
    (orthogonal matching pursuit, Pati et al. 1993), and superfluous ones are taken out again. The
    sum must hold in all rows that have the columns. A single column that equals the target is left
    to the check for telling columns.
    """
    if target is None or schema[target].type != "numeric" or holds_classes(schema, target):
        return []
    rows = np.flatnonzero(frame[target].notna().to_numpy())
    if len(rows) < LEAST_ROWS:
        return []
    if len(rows) > ROWS:
        rows = np.sort(np.random.default_rng(0).choice(rows, ROWS, replace=False))
    names = [
        c.name
        for c in schema.columns
        if c.type == "numeric" and c.name != target and c.unique > 1 and not c.missing
    ]
    if not names:
        return []
    table = frame[names].iloc[rows].to_numpy(dtype=np.float64)
    answer = frame[target].iloc[rows].to_numpy(dtype=np.float64)
    for logarithmic in (False, True):
        if logarithmic and not answer.min() > 0:
            continue
        small = np.abs(table).max(axis=0) < HUGE
        usable = np.where(small, table, 0.0).std(axis=0) > 0
        if logarithmic:
            usable &= (table > 0).all(axis=0)
        kept = [name for name, good in zip(names, usable, strict=True) if good]
        if not kept or not np.abs(answer).max() < HUGE or answer.std() == 0:
            continue
        x, y = (
            (np.log(table[:, usable]), np.log(answer))
            if logarithmic
            else (table[:, usable], answer)
        )
        chosen = _parts(x, y)
        if chosen and (weights := _holds(frame, [kept[j] for j in chosen], target, logarithmic)):
            return [_told([kept[j] for j in chosen], weights, target, logarithmic)]
    return []


def _parts(x: Floats, y: Floats) -> list[int]:
    """The columns, two to six, whose weighted sum is y; none where there is no such set."""
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = (y - y.mean()) / y.std()
    banned: set[int] = set()
    for _ in range(3):
        chosen: list[int] = []
        rest = y
        while len(chosen) < MOST_PARTS and np.sqrt(np.mean(rest**2)) > EXACT:
            fit = np.abs(x.T @ rest)
            fit[[*chosen, *banned]] = -1
            best = int(fit.argmax())
            if fit[best] <= 0:
                break
            chosen.append(best)
            rest = _residual(x[:, chosen], y)
        if np.sqrt(np.mean(rest**2)) > EXACT:
            return []
        for j in list(chosen):
            without = [k for k in chosen if k != j]
            if without and np.sqrt(np.mean(_residual(x[:, without], y) ** 2)) <= EXACT:
                chosen = without
        if len(chosen) > 1:
            return sorted(chosen)
        banned.update(chosen)
    return []


def _residual(x: Floats, y: Floats) -> Floats:
    weights, *_ = np.linalg.lstsq(x, y, rcond=None)
    return np.asarray(y - x @ weights)


def _holds(
    frame: pd.DataFrame, names: Sequence[str], target: str, logarithmic: bool
) -> list[float]:
    """The weights, if the sum holds in every row with a target; else nothing."""
    known = frame[target].notna().to_numpy()
    x = frame.loc[known, list(names)].to_numpy(dtype=np.float64)
    y = frame.loc[known, target].to_numpy(dtype=np.float64)
    if logarithmic:
        if not (x > 0).all() or not (y > 0).all():
            return []
        x, y = np.log(x), np.log(y)
    design = np.column_stack([x, np.ones(len(x))])
    weights, *_ = np.linalg.lstsq(design, y, rcond=None)
    worst = np.sqrt(np.mean((y - design @ weights) ** 2))
    return [float(w) for w in weights[:-1]] if worst <= EXACT * y.std() else []


def _told(names: list[str], weights: list[float], target: str, logarithmic: bool) -> Finding:
    plain = all(abs(w - 1) < 1e-3 for w in weights)
    if logarithmic:
        terms = [
            quoted(n) if abs(w - 1) < 1e-3 else f"{quoted(n)}^{w:.3g}"
            for n, w in zip(names, weights, strict=True)
        ]
        formula = " × ".join(terms) + ("" if plain else ", up to a factor")
    else:
        formula = ""
        for name, w in zip(names, weights, strict=True):
            sign = (" + " if w > 0 else " − ") if formula else ("" if w > 0 else "−")
            factor = "" if abs(abs(w) - 1) < 1e-3 else f"{abs(w):.4g} × "
            formula += f"{sign}{factor}{quoted(name)}"
    return Finding(
        CHECK.code,
        "serious",
        None,
        (*names, target),
        f"{quoted(target)} is {formula}, in every row.",
        "With its parts at hand a model has nothing to predict; they are hardly known before the "
        "target is.",
        {f"weight_{i + 1}": w for i, w in enumerate(weights)},
        Fix("drop_column", tuple(names)),
    )


CHECK = Check(
    code="OF307",
    key="target_parts",
    label="Parts of the target",
    summary="Columns whose sum or product is the target.",
    run=run,
    order=2,
)
