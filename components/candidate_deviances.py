"""The deviance of a run's candidates, out of fold and, where it was measured, in training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from components import cache, judging, table, traced_deviance
from components.chart import chart

if TYPE_CHECKING:
    from outfold.judge.candidate_deviance import DevianceTable
    from outfold.judge.deviance_trace import TracedCandidate


def on_one_scale(run: str) -> None:
    """Every candidate's deviance as a chart and a table, and how it came about tree by tree."""
    from outfold.draw.candidate_deviance import candidate_deviance

    scale = _candidates(run)
    if scale is None:
        st.caption("No candidate is finished yet.")
        return
    names = judging.names_of(run)
    traced = traced_deviance.in_sample(run)
    chart(candidate_deviance(scale, names, traced), "candidate-deviance")
    _candidate_table(scale, names, traced)
    traced_deviance.stages(traced, names)
    traced_deviance.path(run)
    traced_deviance.explained()


def _candidate_table(
    scale: DevianceTable, names: Mapping[str, str], traced: Mapping[str, TracedCandidate]
) -> None:
    """The candidates' deviances with headings for people."""
    frame = scale.frame()
    if traced:
        held = [traced.get(name) for name in frame["candidate"]]
        frame["train"] = [c.train if c else None for c in held]
        frame["train_d2"] = [c.train_d2 if c else None for c in held]
    frame["candidate"] = [names.get(name, name) for name in frame["candidate"]]
    headings = {
        "candidate": "Candidate",
        "deviance": "Deviance",
        "mean": "A row",
        "null_deviance": "Null deviance",
        "d2": "D²",
        "clipped": "Impossible",
        "n": "Predictions",
        "train": "A row, in training",
        "train_d2": "D², in training",
    }
    number_column = st.column_config.NumberColumn
    table.table(
        frame.rename(columns=headings),
        "candidate-deviances",
        columns={
            "Deviance": number_column(format="%.2f"),
            "A row": number_column(format="%.4f", help="Mean deviance per prediction"),
            "Null deviance": number_column(
                format="%.2f", help="Of a model without features, learnt from the training rows"
            ),
            "A row, in training": number_column(format="%.4f"),
            "D², in training": number_column(format="%.4f"),
            "D²": number_column(
                format="%.4f", help="Out of fold: share of the null deviance taken off"
            ),
            "Impossible": number_column(
                format="localized",
                help="Predictions that called impossible what then happened; their deviance would "
                "be infinite, so they are moved off by the least amount that a number can hold",
            ),
            "Predictions": number_column(format="localized"),
        },
        alt="Deviance of each candidate",
    )


def _candidates(run: str) -> DevianceTable | None:
    """The out-of-fold deviance of a run's finished candidates; None as long as there is none."""
    from outfold.judge.candidate_deviance import candidate_deviances
    from outfold.study.run import predictions

    names = tuple(c.name for c in cache.result(run).finished())
    if not names:
        return None
    return cache.remember(
        "candidate deviance", run, names,
        compute=lambda: candidate_deviances(
            predictions(cache.workspace(), run, name) for name in names
        ),
        say="Adding up deviances",
    )  # fmt: skip
