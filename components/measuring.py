"""Which measure each kind of pair gets, and what each measure says."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import streamlit as st

from outfold.data.schema import Schema
from outfold.explore.measures import (
    AUTO,
    KIND_LABELS,
    KINDS,
    MEASURES,
    Measure,
    PairKind,
    measures_for,
)

MISSING = {"pairwise": "Pair by pair", "complete": "Complete rows only"}
USUAL = "The one that fits each pair"


@dataclass(frozen=True, slots=True)
class Measuring:
    """What was chosen; plain values, so that results can be remembered by them.

    Attributes:
        measure: ``auto`` or the one measure for all pairs.
        kinds: With ``auto``, the measures by kind of pair where these are not the usual ones.
        missing: ``pairwise`` or ``complete``.
    """

    measure: str = "auto"
    kinds: tuple[tuple[PairKind, Measure], ...] = ()
    missing: str = "pairwise"


def choose(schema: Schema, classes: Collection[str] = ()) -> Measuring:
    """Choose the measures and what is done about missing values.

    Args:
        schema: The columns that take part.
        classes: Columns of numbers that stand for classes.
    """
    left, middle, right = st.columns([3, 2, 3], vertical_alignment="bottom")
    with left:
        measure = st.selectbox(
            "Measure",
            ["auto", *MEASURES],
            format_func=lambda key: USUAL if key == "auto" else MEASURES[key].label,
            help="One measure for all pairs, or for each kind of pair its own.",
            key="measure",
            bind="query-params",
            persist_state="session",
        )
    kinds = present(schema, classes)
    chosen: dict[PairKind, Measure] = {}
    if measure == "auto":
        with middle, st.popover("By kind of pair", icon=":material/tune:", width="stretch"):
            for kind in kinds:
                key = st.selectbox(
                    KIND_LABELS[kind],
                    measures_for(kind),
                    format_func=lambda k: MEASURES[k].label,
                    key=f"measure-{kind}",
                    bind="query-params",
                    persist_state="session",
                )
                if key and key != AUTO[kind]:
                    chosen[kind] = key
    with right:
        missing = st.segmented_control(
            "Rows with missing values",
            list(MISSING),
            default="pairwise",
            required=True,
            format_func=MISSING.__getitem__,
            key="missing",
            bind="query-params",
            persist_state="session",
        )
    if measure == "auto":
        said = [f"{KIND_LABELS[k]}: {MEASURES[chosen.get(k, AUTO[k])].label}" for k in kinds]
        st.caption("; ".join(said))
    return Measuring(measure or "auto", tuple(sorted(chosen.items())), missing or "pairwise")


def present(schema: Schema, classes: Collection[str]) -> list[PairKind]:
    """The kinds of pairs that a table has."""
    numbers = sum(c.type in ("numeric", "datetime") for c in schema.columns)
    truth = sum(c.type == "boolean" for c in schema.columns)
    levels = sum(c.type == "categorical" for c in schema.columns)
    turned = sum(schema[c].type in ("numeric", "datetime") for c in classes if c in schema)
    numbers, levels = numbers - turned, levels + turned
    there: dict[PairKind, bool] = {
        "numeric": numbers > 1,
        "truth": bool(numbers and truth),
        "mixed": bool(numbers and levels),
        "nominal": truth + levels > 1,
    }
    return [kind for kind in KINDS if there[kind]]


def words() -> str:
    """What each measure says, and how pairs are tested."""
    usual = {m: kind for kind, m in AUTO.items()}
    lines = [
        f"- **{info.label}**"
        + (f" (the usual one for {KIND_LABELS[usual[key]].lower()})" if key in usual else "")
        + f": {info.summary} {info.source}."
        for key, info in MEASURES.items()
    ]
    return (
        "\n".join(lines)
        + "\n\nEach pair is tested by itself; p-values are then adjusted so that of the pairs "
        "called significant about one in twenty is so by chance (Benjamini & Hochberg 1995). Rows "
        "with a missing value are left out pair by pair, so pairs may rest on different rows, or "
        "everywhere: choose above. The order of the columns is that of a tree by average linkage "
        "on 1 − strength, in which mutual information I counts as √(1 − exp(−2 I)) (Linfoot 1957). "
        "Associations are no causes."
    )
