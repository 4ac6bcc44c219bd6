"""The rows that a model is fitted on: response, weights and offset, without missing values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.expression import Call, Name, quoted, text_of
from outfold.judge.factor import is_categorical, levels_of, numbers
from outfold.judge.formula import Formula
from outfold.judge.glm_families import Family
from outfold.judge.parse_formula import unknown_column
from outfold.metrics.metric import Floats

NAMED = 6
"""Columns that a message names."""


@dataclass(frozen=True, slots=True, eq=False)
class GlmRows:
    """What a generalised linear model is fitted to, apart from its terms.

    Attributes:
        frame: The columns used, rows that are complete and have a weight above 0.
        response: The response's text.
        y: Response, shape (n_rows,); a share for binomial families.
        weights: Prior weights, for binomial families the trials, shape (n_rows,).
        offset: Added to the linear predictor, shape (n_rows,).
        has_offset: Whether the offset is anything but zero.
        index: The rows' positions in the table given, shape (n_rows,).
        zero_weight: Rows left out because their weight is 0; R counts them in BIC.
        notes: Sentences about rows left out and about what the response means.
    """

    frame: pd.DataFrame
    response: str
    y: Floats
    weights: Floats
    offset: Floats
    has_offset: bool
    index: np.ndarray
    zero_weight: int
    notes: tuple[str, ...]


def rows_for(
    frame: pd.DataFrame,
    formulas: Sequence[Formula],
    family: Family,
    link: str,
    offset: str | None = None,
    exposure: str | None = None,
    weights: str | None = None,
    power: float | None = None,
    cluster: str | None = None,
) -> GlmRows:
    """The rows on which every one of some formulas can be fitted.

    Nested models are compared on the same rows only, so a row with a missing value in any column
    that any of the formulas uses is left out for all.

    Raises:
        UnknownNameError: A column for offset, exposure, weights or groups that is not there.
        NotApplicableError: A response or weight that the family cannot have, or too few rows.
        FormulaError: A value that is undefined, such as the logarithm of 0.
    """
    main = formulas[0]
    used: list[str] = []
    for formula in formulas:
        used += formula.columns()
    for name in (offset, exposure, weights, cluster):
        if name is not None:
            if name not in frame.columns:
                raise unknown_column(name, list(frame.columns))
            used.append(name)
    part = frame[list(dict.fromkeys(used))]
    complete = part.notna().to_numpy().all(axis=1)
    for name in part.columns:
        if pd.api.types.is_float_dtype(part[name].dtype):
            values = part[name].to_numpy(dtype=np.float64, na_value=np.nan)
            complete &= np.isfinite(values)
    notes: list[str] = []
    if missing := int((~complete).sum()):
        notes.append(
            f"{missing:,} of {len(frame):,} rows have a missing value in a column used "
            "and were left out."
        )
    index = np.flatnonzero(complete)
    if not len(index):
        raise NotApplicableError(
            f"None of {len(frame):,} rows is complete in the columns used, "
            f"{_names(list(part.columns))}.",
            "Choose columns with fewer missing values.",
        )
    part = part.iloc[index]
    prior, y, meaning = _response(main, part, family, weights)
    if meaning:
        notes.append(meaning)
    kept = prior > 0
    zero = int((~kept).sum())
    if zero:
        notes.append(f"{zero:,} rows have a weight of 0 and were left out.")
        part, prior, y, index = part[kept], prior[kept], y[kept], index[kept]
    response = text_of(main.response)
    if len(y) < 2:
        raise NotApplicableError(
            f"{len(y)} rows are left to fit {response}.",
            "Choose columns with fewer missing values.",
        )
    family.check(y, response, power)
    total = np.zeros(len(y))
    added = [numbers(o, part) for o in main.offsets]
    if offset is not None:
        added.append(_numbers_in(offset, part, "offset"))
    if exposure is not None:
        if link != "log":
            raise NotApplicableError(
                f"An exposure needs the log link, and the link is {link}.",
                "Take the log link, or give an offset on the link's own scale.",
            )
        time = _numbers_in(exposure, part, "exposure")
        if (wrong := int((time <= 0).sum())) > 0:
            raise NotApplicableError(
                f"The exposure {quoted(exposure)} is 0 or less in {wrong:,} "
                f"row{'s' * (wrong != 1)}.",
                "An exposure is above 0; leave these rows out, or choose another column.",
            )
        added.append(np.log(time))
    for one in added:
        total = total + one
    if family.is_count and np.any(y != np.round(y)) and not family.is_quasi:
        notes.append(
            f"{response} is not whole numbers everywhere, and the {family.label} family is one of "
            "counts, so there is no likelihood, AIC or BIC. Quasi-Poisson needs only mean and "
            "variance; Gamma or Tweedie suit amounts."
        )
    return GlmRows(part, response, y, prior, total, bool(added), index, zero, tuple(notes))


def _numbers_in(column: str, part: pd.DataFrame, what: str) -> Floats:
    """A column of numbers that the formula does not name."""
    dates = pd.api.types.is_datetime64_any_dtype(part[column].dtype)
    boolean = pd.api.types.is_bool_dtype(part[column].dtype)
    if dates or (is_categorical(part[column]) and not boolean):
        raise NotApplicableError(
            f"{quoted(column)} holds no numbers, so it cannot be the {what}.",
            "Choose a column of numbers.",
        )
    return numbers(Name(column), part)


def _names(columns: list[str]) -> str:
    shown = ", ".join(quoted(c) for c in columns[:NAMED])
    return shown + (f" and {len(columns) - NAMED} more" if len(columns) > NAMED else "")


def _response(
    formula: Formula, part: pd.DataFrame, family: Family, weights: str | None
) -> tuple[Floats, Floats, str]:
    """Prior weights, the response and, for a text response, which level counts as yes."""
    prior = np.ones(len(part)) if weights is None else _numbers_in(weights, part, "weights")
    if (prior < 0).any():
        raise NotApplicableError(
            f"{quoted(str(weights))} has a negative weight.", "Weights are 0 or more."
        )
    response = formula.response
    if isinstance(response, Call) and response.function == "cbind":
        if not family.is_binomial:
            raise NotApplicableError(
                f"cbind(…) is a response of yes and no, and the family is {family.label}.",
                "Take the Binomial or Quasi-binomial family.",
            )
        yes, no = (numbers(a, part) for a in response.arguments)
        trials = yes + no
        if (yes < 0).any() or (no < 0).any():
            raise NotApplicableError(
                f"{text_of(response)} has a negative count.", "Successes and failures are counts."
            )
        share = np.divide(yes, trials, out=np.zeros_like(yes), where=trials > 0)
        return prior * trials, share, ""
    column = response.name if isinstance(response, Name) else None
    if isinstance(response, Call) and response.function in ("C", "factor"):
        inner = response.arguments[0]
        column = inner.name if isinstance(inner, Name) else None
    boolean = column is not None and pd.api.types.is_bool_dtype(part[column].dtype)
    if (
        column is not None
        and not boolean
        and (isinstance(response, Call) or is_categorical(part[column]))
    ):
        first = part[column].iloc[0]
        if (part[column] == first).all():
            raise NotApplicableError(
                f"The response {quoted(column)} is {str(first)!r} in every row used.",
                "Choose a response that varies, or columns with fewer missing values.",
            )
        levels = levels_of(part[column], quoted(column))
        if not family.is_binomial or len(levels.names) != 2:
            raise NotApplicableError(
                f"{quoted(column)} has {len(levels.names)} levels, and the {family.label} family "
                "needs numbers.",
                "A column with two levels can be a binomial response.",
            )
        no_name, yes_name = levels.names
        return (
            prior,
            levels.codes.astype(np.float64),
            f"{quoted(column)} = {yes_name!r} is modelled against {no_name!r}.",
        )
    y = np.array(numbers(response, part))
    if family.is_binomial and weights is None and np.any((y > 0) & (y < 1)):
        return (
            prior,
            y,
            f"{text_of(response)} holds shares; name the numbers of trials as weights, "
            "otherwise each row counts as one trial.",
        )
    return prior, y, ""
