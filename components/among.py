"""Which columns are compared, where a table has too many to set each beside each other."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from outfold.data.schema import Schema

MOST_COLUMNS = 300
"""Columns whose pairs are all measured on the page."""
WAYS = {"relevant": "Most relevant to the target", "stretch": "A stretch of the table"}


@dataclass(frozen=True, slots=True)
class Among:
    """What was chosen; plain values, so that results can be remembered by them.

    Attributes:
        by: ``relevant`` or ``stretch``.
        start: The first column of a stretch, counted from 1.
        most: How many columns are compared, the target among them.
        also: Columns that are compared in any case.
    """

    by: str = "relevant"
    start: int = 1
    most: int = MOST_COLUMNS
    also: tuple[str, ...] = ()


USUAL = Among()


def choose(schema: Schema, target: str) -> Among:
    """Choose the columns where there are more than can be compared.

    Args:
        schema: The columns that take part.
        target: Always compared.
    """
    if len(schema) <= MOST_COLUMNS:
        return USUAL
    others = [name for name in schema.names() if name != target]
    with st.expander(
        f"Choose which {MOST_COLUMNS} of {len(schema):,} columns are compared",
        icon=":material/view_column:",
    ):
        by = st.segmented_control(
            "Compared columns", list(WAYS), default="relevant", required=True,
            format_func=WAYS.__getitem__, key="among", bind="query-params",
            persist_state="session",
        )  # fmt: skip
        left, right = st.columns(2)
        with left:
            most = st.number_input(
                "How many", 10, MOST_COLUMNS, MOST_COLUMNS, 10, key="among-most",
                bind="query-params", persist_state="session",
                help="The target is one of them. Fewer are quicker and easier to read.",
            )  # fmt: skip
        start = 1
        if by == "stretch":
            with right:
                start = st.number_input(
                    "From column number", 1, len(others), 1, key="among-start",
                    bind="query-params", persist_state="session",
                    help="Counted in the table's order, without the target and ignored columns.",
                )  # fmt: skip
        also = st.multiselect(
            "And in any case", others, max_selections=50, key="among-also",
            placeholder="No others", persist_state="session",
        )  # fmt: skip
    return Among(by or "relevant", int(start), int(most), tuple(also))


def narrowed(schema: Schema, target: str, among: Among, ranked: list[str]) -> tuple[Schema, str]:
    """The columns that are compared, and a sentence where these are not all.

    Args:
        schema: The columns that take part.
        target: Always compared.
        among: What was chosen.
        ranked: The columns, the most relevant to the target first; needed for ``relevant`` alone.
    """
    if len(schema) <= MOST_COLUMNS:
        return schema, ""
    also = [name for name in among.also if name in schema and name != target]
    others = [name for name in schema.names() if name != target]
    room = max(1, among.most - 1 - len(also))
    source = ranked if among.by == "relevant" else others[among.start - 1 :]
    first = [name for name in source if name not in also][:room]
    kept = {target, *also, *first}
    how = f"the {len(first):,} most relevant to the target"
    if among.by == "stretch":
        ends = [others.index(name) + 1 for name in (first[0], first[-1])] if first else [0, 0]
        how = f"columns {ends[0]:,} to {ends[1]:,} of the table"
    more = f", {len(also):,} chosen by hand" if also else ""
    return (
        Schema(tuple(c for c in schema.columns if c.name in kept)),
        f"Of {len(schema):,} columns {len(kept):,} are compared: {how}{more} and the target. "
        "Others can be chosen at the top of the page.",
    )
