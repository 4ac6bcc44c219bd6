"""Where a candidate is weak: scores by the values of a column, rates by group, the worst rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache
from components.chart import chart
from components.judging import names_of, one_of
from components.shell import why
from components.table import table
from components.text import ROW_HELP, count, number, plain, share
from outfold.errors import NotApplicableError
from outfold.metrics.catalogue import catalogue

if TYPE_CHECKING:
    from outfold.data.schema import Column, ColumnType
    from outfold.judge.row_groups import RowGroups
    from outfold.judge.slices import Slices
    from outfold.study.study import Candidate

EVERY = "Search every column"
SEARCHED: tuple[ColumnType, ...] = ("numeric", "categorical", "boolean", "datetime")
MOST_SEARCHED = 60
"""Columns searched at once."""
NEARLY_ALL = 0.5
"""A column with more distinct values than this share of the rows names rows rather than groups."""
FEW_LEVELS = 10
"""So many levels can be compared at a glance."""
_RATE = st.column_config.NumberColumn
SLICES: dict[str, Any] = {
    "column": "Column", "label": "Value or range", "rows": "Rows",
    "share": _RATE("Of all rows", format="percent"),
    "score": _RATE("Score, all predictions pooled", format="%.4f"),
    "low": _RATE("Interval, from", format="%.4f"), "high": _RATE("Interval, to", format="%.4f"),
    "gap": _RATE("Minus that of all rows", format="%+.4f"),
    "p corrected": _RATE("p, corrected", format="%.2g"), "too few rows": "Too few rows",
}  # fmt: skip
RATE_COLUMNS: dict[str, Any] = {
    "group": "Group", "rate": "Rate", "rows": "Rows, each once",
    "value": _RATE("Value", format="percent"),
    "low": _RATE("Interval, from", format="percent"),
    "high": _RATE("Interval, to", format="percent"),
    "difference": _RATE("Minus the reference", format="%+.3f"),
    "difference_low": _RATE("Difference, from", format="%+.3f"),
    "difference_high": _RATE("Difference, to", format="%+.3f"),
    "ratio": _RATE("Ratio to the reference", format="%.2f"),
    "p_adjusted": _RATE("p after Holm", format="%.2g"), "few": "Too few rows",
}  # fmt: skip

HOW = (
    "The metric is computed on the rows of each value alone; the models are those of the run and "
    "saw none of these rows. Each slice is tested against all rows, of which it is a part: the "
    "standard error follows how the two figures move together with each row (the infinitesimal "
    "jackknife: Efron & Tibshirani 1993, chapter 21; for the AUC this is DeLong et al. 1988), or "
    "where a metric has no such formula (gain, lift, median error) from a bootstrap of the rows. "
    "It speaks of these fitted models, not of new ones. With fewer than 30 rows, or 10 of a class,"
    " no verdict is given. One column's slices are corrected by Holm; a search over columns, whose"
    " slices overlap, by Benjamini & Yekutieli (2001). A ranking metric can differ between slices "
    "because their rows are harder to rank, not because the model treats them worse."
)
FAIR = (
    "Rates are counted on rows held out, with Wilson's (1927) intervals; differences from the "
    "largest group of one value with Newcombe's (1998), tested by the two-proportion z-test with "
    "Holm's correction. Equal shares flagged is demographic parity; equal recall is equal "
    "opportunity, "
    "together with equal false alarm rates equalised odds (Hardt, Price & Srebro 2016); equal "
    "precision is predictive parity. Where groups differ in how often they are truly positive, "
    "these cannot all be equal (Chouldechova 2017), so which one matters is a decision, not a "
    "statistic. Labels that are themselves biased are taken as true."
)


def by_slice(run: str, candidates: Sequence[Candidate], metric: str) -> None:
    """The metric among the rows of each value of a column, or the weakest slices of all columns."""
    from outfold.draw import slice_scores

    chosen = one_of(candidates, "slices-of")
    columns = _columns(run)
    column = st.selectbox("Column to slice by", [EVERY, *columns], key="slice", bind="query-params")
    found = (
        _weakest(run, chosen, metric) if column == EVERY else _slices(run, chosen, metric, column)
    )
    if found.metric != metric:
        st.caption(
            f"A search needs a metric that follows its rows by formula, so {found.label} stands in."
        )
    chart(slice_scores.draw(found, names_of(run)), "slices")
    why(HOW, "How are slices judged?")
    with st.expander("Every slice as a table"):
        table(
            found.frame().drop(columns=["p_value"]).rename(
                columns={"p_adjusted": "p corrected", "few": "too few rows"}
            ),
            "slice-scores",
            columns=SLICES,
            alt="Score by slice",
        )  # fmt: skip


def _slices(run: str, chosen: Candidate, metric: str, column: str) -> Slices:
    from outfold.judge.slices import slices

    return cache.remember(
        "slices", run, chosen.name, metric, column, cache.workspace().records.run(run).done,
        cache.study_of(run).key,
        compute=lambda: slices(
            cache.predictions(run, chosen.name), _groups(run, column), catalogue()[metric]
        ),
        say="Scoring every slice",
    )  # fmt: skip


def _weakest(run: str, chosen: Candidate, metric: str) -> Slices:
    from outfold.judge.slices import searchable, weakest

    def compute() -> Slices:
        made = cache.predictions(run, chosen.name)
        groups = []
        for column in _columns(run, SEARCHED)[:MOST_SEARCHED]:
            try:
                groups.append(_groups(run, column))
            except NotApplicableError:
                continue  # a column of one value has no slices
        if not groups:
            raise NotApplicableError(
                "No column has several values to slice by.", "Choose a text column by name."
            )
        return weakest(made, groups, searchable(made, catalogue()[metric]))

    return cache.remember(
        "weakest", run, chosen.name, metric, cache.workspace().records.run(run).done,
        compute=compute, say="Searching every column",
    )  # fmt: skip


def _columns(run: str, types: Sequence[ColumnType] = ()) -> list[str]:
    """The columns of a run's table but its target, whether the models saw them or not."""
    study = cache.study_of(run)
    _, schema = cache.typed(study)
    return [
        c.name for c in schema.columns
        if c.name != study.target and (not types or c.type in types)
    ]  # fmt: skip


def _groups(run: str, column: str) -> RowGroups:
    """The rows of a run's table by the values of one of its columns."""
    from outfold.judge.row_groups import row_groups

    study = cache.study_of(run)
    frame, _ = cache.typed(study)
    rows = cache.table(study).rows
    return cache.remember(
        "row groups", cache.table_key(study), column,
        compute=lambda: row_groups(frame[column].iloc[rows]),
    )  # fmt: skip


def grouping(columns: Sequence[Column], n_rows: int) -> tuple[list[str], int]:
    """The columns that can make groups, and the place of the one that is proposed.

    None that names each row is offered, unless no other is there. What has few levels is proposed,
    words before numbers, rather than something of which only ranges can be compared.

    Args:
        columns: The table's columns but the target and those whose role it is to name rows.
        n_rows: Rows of the table.
    """
    kept = [
        c for c in columns
        if c.type in ("numeric", "datetime")  # these make ranges
        or (c.type != "identifier" and c.unique <= NEARLY_ALL * (n_rows - c.missing))
    ] or list(columns)  # fmt: skip
    few = [c for c in kept if 2 <= c.unique <= FEW_LEVELS]
    words = [c for c in few if c.type in ("categorical", "boolean")]
    return [c.name for c in kept], kept.index((words or few or kept)[0])


def by_group(run: str, candidates: Sequence[Candidate]) -> None:
    """Whether yes-or-no decisions treat the groups of a column alike."""
    from outfold.draw import group_rates as picture
    from outfold.judge.group_rates import RATES, GroupRates, group_rates

    chosen = one_of(candidates, "groups-of")
    made = cache.predictions(run, chosen.name)
    study = cache.study_of(run)
    frame, schema = cache.typed(study)
    named = {study.target, *(name for name, role in study.roles if role == "id")}
    offered, proposed = grouping([c for c in schema.columns if c.name not in named], len(frame))
    left, right = st.columns(2)
    with left:
        column: str = st.selectbox(
            "Column that makes the groups",
            offered,
            index=proposed,
            key="groups",
            bind="query-params",
        )
    with right:
        if made.probability is not None:
            at = st.slider(
                "Flag from this probability on", 0.0, 1.0, 0.5, step=0.01,
                key="groups-at", bind="query-params",
            )  # fmt: skip
        else:
            at = 0.0
            st.caption("This model gives scores, not probabilities: rows above 0 are flagged.")
    rate = st.segmented_control(
        "Rate", list(RATES), default="flagged", required=True, format_func=RATES.__getitem__,
        key="rate", bind="query-params",
    )  # fmt: skip

    def compute() -> GroupRates:
        return group_rates(made, _groups(run, column), at)

    found = cache.remember(
        "group rates", run, chosen.name, column, at, cache.workspace().records.run(run).done,
        compute=compute,
    )  # fmt: skip
    chart(picture.draw(found, rate or "flagged", names_of(run)), "group-rates")
    _few(found.of(rate or "flagged"))
    why(FAIR, "What do these rates mean?")
    with st.expander("Every rate as a table"):
        frame = found.frame()
        frame["rate"] = frame["rate"].map(RATES)
        table(frame, "group-rates-table", columns=RATE_COLUMNS, alt="Every rate of every group")


def _few(rates: Sequence[object]) -> None:
    from outfold.judge.group_rates import FEW, GroupRate

    small = [r.group for r in rates if isinstance(r, GroupRate) and r.few]
    if small:
        names = ", ".join(plain(name) for name in small[:5])
        st.warning(
            f"Fewer than {FEW} rows stand behind {names}: no verdict can be given there.",
            icon=":material/warning:",
        )


def _averaged(run: str, chosen: Candidate, rows: int) -> str:
    """Whose predictions the worst rows show, where there are several of each row."""
    if len(cache.predictions(run, chosen.name).rows) == rows:
        return ""
    return ", averaged over the repeats (one row on Explain shows the model of one split alone)"


def worst(run: str, candidates: Sequence[Candidate]) -> None:
    """The rows that a candidate gets most wrong, with everything that is known of them."""
    import pandas as pd

    from outfold.judge.worst_rows import worst_rows

    chosen = one_of(candidates, "worst-of")
    done = cache.workspace().records.run(run).done
    found = cache.remember(
        "worst rows", run, chosen.name, done,
        compute=lambda: worst_rows(cache.predictions(run, chosen.name)),
    )  # fmt: skip
    study = cache.study_of(run)
    frame, _ = cache.typed(study)
    data = cache.table(study)
    places, numbers = data.rows[found.rows], data.numbers(found.rows)
    name = plain(names_of(run)[chosen.name])
    told = f"**The {count(len(found.rows), 'row')} that {name} gets most wrong"
    if found.share == found.share and len(found.rows) < found.n:
        told += (
            f"** make up {share(found.share)} of its whole loss; they are "
            f"{share(len(found.rows) / found.n)} of the rows."
        )
    else:
        told += "**"
    st.markdown(told)
    st.caption(
        f"Judged by the {found.loss}; each prediction comes from a model that did not see the row"
        f"{_averaged(run, chosen, found.n)}. "
        f"The worst: {number(float(found.losses[0]))}. Rows like these are often mislabelled, or "
        "lack a column that would tell them apart."
    )
    rows = found.frame().drop(columns="row")
    rows.insert(0, "row", numbers)
    kept = frame.iloc[places].drop(columns=[study.target]).reset_index(drop=True)
    # A column of the table may be called like one of ours; both are to be seen.
    rows = rows.rename(columns={n: f"{n} (Outfold)" for n in rows.columns if n in kept.columns})
    table(
        pd.concat([rows, kept], axis=1),
        "worst-rows",
        columns={
            "row": st.column_config.NumberColumn("Row", help=ROW_HELP),
            "actual": "Actual",
            "predicted": "Predicted",
            "probability_of_actual": st.column_config.NumberColumn(
                "Probability of actual", format="percent"
            ),
            "loss": st.column_config.NumberColumn("Loss", format="%.3g"),
        },
        alt="The rows that are most wrong, with their values",
    )
