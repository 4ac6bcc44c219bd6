"""Smooth terms of a formula: orthogonal polynomials and B-splines, as R builds them."""

from __future__ import annotations

import numpy as np

from outfold.errors import NotApplicableError
from outfold.metrics.metric import Floats


def orthogonal_polynomial(x: Floats, degree: int, label: str) -> Floats:
    """Polynomials of a column that are orthogonal to each other and to the constant, R's ``poly``.

    Args:
        x: The values, shape (n_rows,).
        degree: How many, 1 to 20.
        label: The term's text, for the error.

    Returns:
        Shape (n_rows, degree); each column has length one.

    Raises:
        NotApplicableError: No more distinct values than the degree.
    """
    distinct = len(np.unique(x))
    if distinct <= degree:
        raise NotApplicableError(
            f"{label} needs more than {degree} distinct values and has {distinct}.",
            "Take a lower degree, or C(…) for a level per value.",
        )
    centred = x - x.mean()
    q, r = np.linalg.qr(np.vander(centred, degree + 1, increasing=True))
    signs = np.sign(np.diag(r))
    return np.asarray((q * signs)[:, 1:])


def b_spline(x: Floats, df: int, degree: int, label: str) -> Floats:
    """A B-spline basis without its first column, knots at quantiles, R's ``splines::bs``.

    Args:
        x: The values, shape (n_rows,).
        df: Number of columns, at least the degree.
        degree: Of the pieces; 3 is cubic.
        label: The term's text, for the error.

    Returns:
        Shape (n_rows, df).

    Raises:
        NotApplicableError: Fewer columns than the degree, or too few distinct values for the knots.
    """
    from scipy.interpolate import BSpline

    if df < degree:
        raise NotApplicableError(
            f"{label} has fewer columns than its degree.", f"Take df of at least {degree}."
        )
    low, high = float(x.min()), float(x.max())
    inner = np.quantile(x, np.linspace(0, 1, df - degree + 2)[1:-1])
    if low == high or len(np.unique([low, *inner, high])) < len(inner) + 2:
        raise NotApplicableError(
            f"{label} has too few distinct values for its knots.",
            "Take a smaller df, or poly(…).",
        )
    knots = np.concatenate([[low] * (degree + 1), inner, [high] * (degree + 1)])
    basis = BSpline.design_matrix(x, knots, degree).toarray()
    return np.asarray(basis[:, 1:], dtype=np.float64)
