"""The factors of a formula's terms: a column, or a function of one, as numbers or as levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.expression import (
    CATEGORICAL,
    Call,
    Expression,
    FormulaError,
    Name,
    Negative,
    Number,
    Operation,
    quoted,
    text_of,
)
from outfold.judge.spline import b_spline, orthogonal_polynomial
from outfold.metrics.metric import Floats, Ints

MOST_LEVELS = 1_000
"""Levels of one categorical column in a formula."""

_ELEMENTWISE: dict[str, Any] = {
    "I": lambda x: x,
    "log": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "log1p": np.log1p,
    "exp": np.exp,
    "expm1": np.expm1,
    "sqrt": np.sqrt,
    "abs": np.abs,
}
_OPERATIONS: dict[str, Any] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """A categorical factor.

    Attributes:
        codes: The level of each row, shape (n_rows,).
        names: The levels' texts; the first is the baseline.
    """

    codes: Ints
    names: tuple[str, ...]


def is_categorical(series: pd.Series[Any]) -> bool:
    """Whether a column enters a formula as levels rather than as a number."""
    return bool(
        isinstance(series.dtype, pd.CategoricalDtype)
        or pd.api.types.is_bool_dtype(series.dtype)
        or pd.api.types.is_object_dtype(series.dtype)
        or pd.api.types.is_string_dtype(series.dtype)
    )


def numbers(expression: Expression, frame: pd.DataFrame) -> Floats:
    """The values of an arithmetic expression, shape (n_rows,).

    Raises:
        FormulaError: A column in it holds no numbers, or a value is undefined for some row.
    """
    with np.errstate(all="ignore"):
        found = np.asarray(_value(expression, frame), dtype=np.float64)
    values = np.broadcast_to(found, (len(frame),)) if found.ndim == 0 else found
    bad = ~np.isfinite(values)
    if bad.any():
        count = int(bad.sum())
        raise FormulaError(
            f"{text_of(expression)} is undefined for {count:,} row{'s' * (count > 1)}.",
            "Logarithms need values above 0, roots values of at least 0, divisors other than 0.",
        )
    return values


def _value(expression: Expression, frame: pd.DataFrame) -> Any:
    match expression:
        case Number(value):
            return value
        case Name(name):
            return _column(frame, name)
        case Negative(inner):
            return -_value(inner, frame)
        case Operation(sign, left, right):
            return _OPERATIONS[sign](_value(left, frame), _value(right, frame))
        case Call(function, arguments, _):
            if function not in _ELEMENTWISE:
                raise FormulaError(
                    f"{function}(…) stands inside arithmetic.", "Make it a term of its own."
                )
            return _ELEMENTWISE[function](_value(arguments[0], frame))


def _column(frame: pd.DataFrame, name: str) -> Floats:
    series = frame[name]
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        raise FormulaError(
            f"{quoted(name)} holds dates, and a formula needs numbers or levels.",
            f"Write C({quoted(name)}) for a level per date, or add a column of days.",
        )
    if pd.api.types.is_bool_dtype(series.dtype):
        return series.to_numpy(dtype=np.float64)
    if is_categorical(series):
        raise FormulaError(
            f"{quoted(name)} holds levels, not numbers.", f"Use it without arithmetic: {name}."
        )
    return series.to_numpy(dtype=np.float64)


def levels_of(series: pd.Series[Any], label: str) -> Levels:
    """A column as levels: text in byte order, numbers by size, ordered categories as they are.

    Raises:
        NotApplicableError: More than 1,000 levels, or only one.
    """
    if isinstance(series.dtype, pd.CategoricalDtype) and series.cat.ordered:
        series = series.cat.remove_unused_categories()
        found = list(series.cat.categories)
        codes = series.cat.codes.to_numpy().astype(np.intp)
    else:
        codes, unique = pd.factorize(series)
        found = list(unique)
        order = sorted(range(len(found)), key=lambda i: _rank(found[i]))
        place = np.empty(len(found), dtype=np.intp)
        place[order] = np.arange(len(found))
        codes = place[codes]
        found = [found[i] for i in order]
    if len(found) > MOST_LEVELS:
        raise NotApplicableError(
            f"{label} has {len(found):,} levels.",
            f"A formula takes up to {MOST_LEVELS:,}; leave it out, or merge rare levels first.",
        )
    if len(found) < 2:
        only = f"only the value {_level(found[0])!r}" if found else "no value"
        raise NotApplicableError(
            f"{label} has {only} in the rows used.", "Leave it out of the formula."
        )
    return Levels(codes, tuple(_level(v) for v in found))


def _rank(value: Any) -> tuple[int, Any]:
    if isinstance(value, bool | int | float | np.number | np.bool_):
        return (0, float(value))
    return (1, str(value))


def _level(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return str(value).upper()
    if isinstance(value, float | np.floating):
        return format(float(value), ".15g")
    return str(value)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One factor's columns: numbers, or levels still to be coded.

    Attributes:
        label: The factor's text.
        values: Numbers, shape (n_rows, n_columns), or None for levels.
        suffixes: What each column's name adds to the label.
        levels: The levels, or None for numbers.
    """

    label: str
    values: Floats | None
    suffixes: tuple[str, ...]
    levels: Levels | None


def block_of(factor: Expression, frame: pd.DataFrame) -> Block:
    """A factor evaluated on rows without missing values."""
    label = text_of(factor)
    if isinstance(factor, Call) and factor.function in CATEGORICAL:
        inner = factor.arguments[0]
        if isinstance(inner, Name):
            series: pd.Series[Any] = frame[inner.name]
        else:
            series = pd.Series(numbers(inner, frame))
        return Block(label, None, (), levels_of(series, label))
    if isinstance(factor, Name) and is_categorical(frame[factor.name]):
        return Block(label, None, (), levels_of(frame[factor.name], label))
    if isinstance(factor, Call) and factor.function == "poly":
        degree = int(factor.option("degree", 1))
        values = orthogonal_polynomial(numbers(factor.arguments[0], frame), degree, label)
    elif isinstance(factor, Call) and factor.function == "bs":
        degree = int(factor.option("degree", 3))
        inside = numbers(factor.arguments[0], frame)
        values = b_spline(inside, int(factor.option("df", degree)), degree, label)
    else:
        return Block(label, numbers(factor, frame)[:, None], ("",), None)
    width = values.shape[1]
    names = tuple(str(i + 1) for i in range(width)) if width > 1 else ("",)
    return Block(label, values, names, None)
