"""Measure how every two columns of a table go together, with the measure that fits their types."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Literal

import pandas as pd

from outfold.data.schema import Schema
from outfold.errors import ParameterError, UnknownNameError
from outfold.explore.associations import Associations
from outfold.explore.columns import LeftOut, Missing, read_columns
from outfold.explore.every_pair import EveryPair
from outfold.explore.measures import MEASURES, Measure, PairKind, Report, silent
from outfold.explore.taking_part import (
    chosen_measures,
    numbers_only,
    two_levels,
    without_unmeasured,
)


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
    chosen = chosen_measures(measure, prefer, by_kind or {})
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
        schema = numbers_only(whole, as_levels)
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
        data, truth = two_levels(data, truth)
    data = without_unmeasured(data, chosen, truth)
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
    table = EveryPair(data, names, target, truth, tuple(given), report or silent)
    table.measure(chosen, seed)
    return table.finish(target, missing)
