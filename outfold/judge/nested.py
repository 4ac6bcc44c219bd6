"""Nested models side by side: what each larger one takes off the deviance."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.analysis_of_deviance import (
    AnalysisOfDeviance,
    DevianceRow,
    Test,
    reading_notes,
    yardstick,
)
from outfold.judge.expression import quoted
from outfold.judge.glm_fit import GlmFit, GlmSpec
from outfold.judge.glm_fitting import fit_spec, rows_of, spec_of
from outfold.judge.glm_rows import NAMED
from outfold.judge.glm_solve import independent_columns, solve
from outfold.metrics.metric import Floats


def compare_nested(fits: Sequence[GlmFit], test: Test = "auto") -> AnalysisOfDeviance:
    """Two or more nested models, smallest first, each judged against the one before.

    Args:
        fits: Fits on the same rows, of one family and link; the order does not matter.
        test: ``auto``, ``chisq`` or ``f``; see ``yardstick``.

    Raises:
        NotApplicableError: The models differ in rows, response, family, link, weights or offset,
            or one does not contain the other.
    """
    if len(fits) < 2:
        raise NotApplicableError(
            "One model cannot be compared.", "Give a second formula that contains the first."
        )
    ordered = sorted(fits, key=lambda f: f.rank)
    largest = ordered[-1]
    for small, large in pairwise(ordered):
        _check_nested(small, large)
    if test == "rao":
        raise NotApplicableError(
            "The score test serves the terms of one model.", "Take chisq or f for compared models."
        )
    measure = yardstick(largest, test)
    held = largest.theta is not None
    deviances = [
        _deviance_held(f, largest) if held and f is not largest else f.residual_deviance
        for f in ordered
    ]
    rows: list[DevianceRow] = []
    for i, (fit, deviance) in enumerate(zip(ordered, deviances, strict=True)):
        text = str(fit.spec.formula)
        if i == 0:
            rows.append(DevianceRow(text, text, fit.df_residual, deviance))
            continue
        df = ordered[i - 1].df_residual - fit.df_residual
        delta = deviances[i - 1] - deviance
        statistic, p_value = measure.judge(delta, df)
        rows.append(
            DevianceRow(text, text, fit.df_residual, deviance, df, delta, statistic, p_value)
        )
    return AnalysisOfDeviance(
        "nested", measure.test, tuple(rows), measure.dispersion, measure.df_error,
        reading_notes(largest, measure),
    )  # fmt: skip


def _deviance_held(fit: GlmFit, largest: GlmFit) -> float:
    """A smaller model's deviance at the largest model's theta."""
    rows = fit.rows
    return solve(rows.y, fit.matrix(), largest.engine(), rows.weights, rows.offset).deviance


def _check_nested(small: GlmFit, large: GlmFit) -> None:
    a, b = small.spec, large.spec
    same: list[tuple[str, bool]] = [
        ("family", (a.family, a.power) == (b.family, b.power)),
        ("link", a.link == b.link),
        ("response", np.array_equal(small.rows.y, large.rows.y) or small.n != large.n),
        ("rows", np.array_equal(small.rows.index, large.rows.index)),
        ("weights", small.n == large.n and np.array_equal(small.rows.weights, large.rows.weights)),
        ("offset", small.n == large.n and np.array_equal(small.rows.offset, large.rows.offset)),
    ]
    for what, equal in same:
        if not equal:
            raise NotApplicableError(
                f"{a.formula} and {b.formula} have different {what}.",
                "Deviances compare only on the same rows, response, family, link, weights and "
                "offset.",
            )
    if small.rank == large.rank:
        raise NotApplicableError(
            f"{a.formula} and {b.formula} have the same number of coefficients.",
            "One has to contain the other and more; compare such models by AIC.",
        )
    both: Floats = np.hstack([large.matrix(), small.matrix()])
    if int(independent_columns(both).sum()) != large.rank:
        raise NotApplicableError(
            f"{a.formula} is not nested in {b.formula}.",
            "Every term of the smaller has to be in the larger; compare other models by AIC.",
        )


def fit_nested(
    frame: pd.DataFrame,
    formulas: Sequence[str],
    family: str,
    link: str | None = None,
    power: float | None = None,
    theta: float | None = None,
    offset: str | None = None,
    exposure: str | None = None,
    weights: str | None = None,
    cluster: str | None = None,
) -> list[GlmFit]:
    """Fit several formulas on the same rows: those complete in every column that any one uses.

    Args:
        frame: The table.
        formulas: At least one; all with the same response and offset.
        family: See ``fit_glm``, as the rest.
        link: Of the family.
        power: Of Tweedie.
        theta: Of the negative binomial.
        offset: A column.
        exposure: A column.
        weights: A column.
        cluster: A column of groups, for robust errors.

    Raises:
        NotApplicableError: Formulas with different responses or offsets.
        OutfoldError: What ``fit_glm`` raises.
    """
    specs: list[GlmSpec] = [
        spec_of(frame, f, family, link, power, theta, offset, exposure, weights, cluster)
        for f in formulas
    ]
    main = specs[0].formula
    for spec in specs[1:]:
        for what, differs in (
            ("response", spec.formula.response != main.response),
            ("offset", set(spec.formula.offsets) != set(main.offsets)),
        ):
            if differs:
                raise NotApplicableError(
                    f"{main} and {spec.formula} have different {what}s.",
                    f"Deviances compare only for one {what}.",
                )
    rows = rows_of(frame, specs)
    return [fit_spec(spec, rows) for spec in specs]


def fewer_rows(table: AnalysisOfDeviance, frame: pd.DataFrame, fit: GlmFit) -> AnalysisOfDeviance:
    """The table with a note where its rows are fewer than the model has by itself.

    Models are compared on the rows that are complete in the columns of all of them, so a model's
    deviance beside a wider one differs from that on its own rows.

    Args:
        table: What was made of the fits.
        frame: The table that they were fitted on.
        fit: The model as it was fitted beside the others.
    """
    own = rows_of(frame, [fit.spec])
    lost = np.setdiff1d(own.index, fit.rows.index)
    if not len(lost):
        return table
    part = frame[[c for c in fit.rows.frame.columns if c not in own.frame.columns]].iloc[lost]
    gaps = part.isna() | part.isin([np.inf, -np.inf])
    named = [quoted(str(c)) for c in part.columns[gaps.any().to_numpy()]]
    shown = ", ".join(named[:NAMED])
    shown += f" and {len(named) - NAMED:,} more" if len(named) > NAMED else ""
    note = (
        f"{len(lost):,} of {own.y.size:,} rows are left out here because they have a gap in "
        f"{shown}: every model of this table is fitted on the same {fit.n:,} rows, so the deviance "
        f"of {fit.spec.formula} differs from that of its fit by itself, on all of its own rows."
    )
    return dataclasses.replace(table, notes=(note, *table.notes))
