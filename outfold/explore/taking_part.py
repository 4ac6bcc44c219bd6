"""Which measure each kind of pair gets, and which columns it leaves out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Literal

from outfold.data.schema import Schema
from outfold.errors import ParameterError
from outfold.explore.columns import Columns, LeftOut
from outfold.explore.measures import (
    AUTO,
    KIND_LABELS,
    MEASURES,
    Measure,
    PairKind,
    measures_for,
)

ONES = 6
"""Columns of two levels of which a note says which level counts as 1."""


def numbers_only(schema: Schema, as_levels: Collection[str]) -> Schema:
    """The columns that count as numbers: rows are complete in them alone."""
    kept = ("numeric", "datetime", "boolean")
    return Schema(
        tuple(c for c in schema.columns if c.type in kept and c.name not in set(as_levels))
    )


def chosen_measures(
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


def two_levels(data: Columns, truth: frozenset[str]) -> tuple[Columns, frozenset[str]]:
    """Columns of two levels counted among the truth values, and a note of which level is 1."""
    two = {c: t[1] for c, t in zip(data.level_names, data.levels, strict=True) if len(t) == 2}
    ones = [f"{level} of {name}" for name, level in two.items() if name not in truth]
    if not ones:
        return data, truth
    rest = f" and {len(ones) - ONES:,} more" if len(ones) > ONES else ""
    note = f"Of two levels the second counts as 1: {', '.join(ones[:ONES])}{rest}."
    return replace(data, notes=(*data.notes, note)), truth | set(two)


def without_unmeasured(
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
