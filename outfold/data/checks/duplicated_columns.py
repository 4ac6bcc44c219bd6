"""Columns that repeat another column cell by cell."""

from __future__ import annotations

import hashlib
from collections import defaultdict

import numpy as np
import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.fix import Fix
from outfold.data.schema import Schema
from outfold.data.words import listed, quoted


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """One finding per set of identical columns; the target and constant columns left out."""
    alike: defaultdict[tuple[bool, int, int], list[str]] = defaultdict(list)
    for c in schema.columns:
        if c.unique > 1 and c.name != target:
            alike[c.type in ("numeric", "boolean"), c.unique, c.missing].append(c.name)
    same: defaultdict[tuple[bool, bytes], list[str]] = defaultdict(list)
    for (is_number, _, _), names in alike.items():
        if len(names) > 1:
            for name in names:
                same[is_number, _digest(frame[name], is_number)].append(name)
    return [
        Finding(
            CHECK.code,
            "warning",
            names[1] if len(names) == 2 else None,
            tuple(names),
            f"{listed(names[1:])} {'repeats' if len(names) == 2 else 'repeat'} {quoted(names[0])} "
            f"in every row.",
            "Copies share one signal between them: importances are split, and linear models have "
            "no single answer.",
            {"columns": float(len(names)), "rows": float(len(frame))},
            Fix("drop_column", tuple(names[1:])),
        )
        for names in same.values()
        if len(names) > 1
    ]


def _digest(column: pd.Series, is_number: bool) -> bytes:
    """A digest of the cells: the same for 1 and 1.0, and for text stored in two ways."""
    if is_number:
        content = (column.to_numpy(dtype=np.float64, na_value=np.nan) + 0.0).tobytes()  # no -0.0
    else:
        content = pd.util.hash_pandas_object(column, index=False).to_numpy().tobytes()
    return hashlib.blake2b(content, digest_size=16).digest()


CHECK = Check(
    code="OF105",
    key="duplicated_columns",
    label="Repeated columns",
    summary="Columns with the same cells as another column.",
    run=run,
    order=30,
    many="{n} sets of columns repeat each other: {names}.",
)
