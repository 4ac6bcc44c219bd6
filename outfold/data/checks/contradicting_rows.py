"""Rows with the same features and different answers."""

from __future__ import annotations

import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.levels import holds_classes
from outfold.data.row_hash import row_hashes
from outfold.data.schema import Schema
from outfold.data.wording import percent
from outfold.data.words import count, quoted


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """At most one finding: rows whose features occur elsewhere with another class.

    Identifiers, free text and rows without a target are left out. ``errors`` is how many rows any
    model must get wrong: those that are not of their group's most frequent class.
    """
    if target is None or not holds_classes(schema, target):
        return []
    names = [c.name for c in schema.columns if c.type not in ("identifier",) and c.name != target]
    if not names:
        return []
    known = frame[target].notna() & frame[names].notna().any(axis=1)
    kept = frame.loc[known]
    if len(kept) < 2:
        return []
    codes, _ = pd.factorize(kept[target])
    pairs = pd.DataFrame({"row": row_hashes(kept, names), "class": codes})
    groups = pairs.groupby("row", sort=False)["class"]
    disputed = int((groups.transform("nunique") > 1).sum())
    if not disputed:
        return []
    most = pairs.groupby(["row", "class"], sort=False).size().groupby("row", sort=False).max()
    errors = len(pairs) - int(most.sum())
    return [
        Finding(
            CHECK.code,
            "warning" if disputed / len(kept) >= 0.01 else "info",
            target,
            (target,),
            f"{count(disputed, 'row')} have the same features as another row but a different "
            f"{quoted(target)}.",
            f"From these columns any model gets at least {errors:,} of the "
            f"{count(len(kept), 'row')} with an answer wrong ({percent(errors / len(kept))}); "
            f"something that tells them apart was not recorded.",
            {"rows": float(disputed), "errors": float(errors)},
        )
    ]


CHECK = Check(
    code="OF202",
    key="contradicting_rows",
    label="Contradicting rows",
    summary="Rows with the same features and a different class.",
    run=run,
    order=94,
)
