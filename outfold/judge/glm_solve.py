"""Fitting the coefficients: iteratively reweighted least squares, block of rows by block.

The families, links and starts are statsmodels'; the iterations are not. Its own form several
copies of all rows in each, return a pseudo-inverse solution where columns depend on each other,
have no second try where a start runs out of the link's range, and stop on an absolute change of
the deviance. Here aliased columns are set aside first as R does, and the deviance has to settle
to 13 digits or as far as it will.

Each iteration makes one pass over blocks that fit a processor's cache and adds up XᵀWX and the
score. The step solves for the change of the coefficients, so what the cross product loses in
digits slows the iterations down and does not end in the result. Where XᵀWX is near singular, the
same pass is made with orthogonal factors instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from outfold.errors import NotApplicableError
from outfold.explore.threads import one_thread_each
from outfold.judge.mostly_zero import cross_product, mostly_zero
from outfold.metrics.metric import Floats

ALIAS_TOLERANCE = 1e-11
"""A column is aliased when less than this share of its length is left beside the ones before it;
R's ``glm`` uses min(1e-7, epsilon/1000), which is the same at its default epsilon of 1e-8."""
SETTLED = 1e-13
BLOCK = 8_192
"""Rows of a block: with 20 columns 1.3 MB, which stays in a processor's cache."""
PIVOT = 1e-4
"""Least diagonal of the Cholesky factor, of columns of length one, for which the cross product is
trusted; below it half of the digits and more are lost, and orthogonal factors are taken."""
CONVERGED = 1e-8
"""Relative change of the deviance in the last iteration below which a fit counts as converged, R's
rule and default."""
MOST_ITERATIONS = 100
MOST_HALVINGS = 30
"""Times that a step out of the family's range is halved before the start is given up."""
_TINY = float(np.finfo(np.float64).tiny)
RANGES = {
    "Binomial": (0.0, 1.0),
    "Poisson": (0.0, np.inf),
    "NegativeBinomial": (0.0, np.inf),
    "Gamma": (_TINY, np.inf),
    "InverseGaussian": (_TINY, np.inf),
}
"""The means that a family can have, by its class in statsmodels; any number for the others."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Coefficients and what belongs to them.

    Attributes:
        beta: Coefficients, shape (n_columns,).
        unscaled: Their covariance for a dispersion of one, shape (n_columns, n_columns).
        mu: Fitted means, shape (n_rows,).
        eta: Linear predictor with the offset, shape (n_rows,).
        deviance: Residual deviance, unscaled.
        converged: Whether the deviance had settled.
        iterations: Iterations taken.
        within: Whether every mean is one that the family can have.
    """

    beta: Floats
    unscaled: Floats
    mu: Floats
    eta: Floats
    deviance: float
    converged: bool
    iterations: int
    within: bool = True


def blocks(n: int) -> Iterator[slice]:
    """Consecutive blocks of n rows."""
    for start in range(0, n, BLOCK):
        yield slice(start, min(start + BLOCK, n))


def column_lengths(matrix: Floats) -> Floats:
    """The columns' Euclidean lengths, shape (n_columns,)."""
    total = np.zeros(matrix.shape[1])
    for rows in blocks(len(matrix)):
        part = matrix[rows]
        total += np.einsum("ij,ij->j", part, part)
    return np.sqrt(total)


def triangle_of(matrix: Floats, root: Floats | None = None) -> Floats:
    """The triangular factor of a matrix, block by block, its rows times ``root`` where given.

    Every block's triangle has the block's inner products, so the triangle of all triangles has
    those of the whole (Golub & Van Loan 2013, section 5.2).
    """
    width = matrix.shape[1]
    held: list[Floats] = [np.zeros((0, width))]
    for rows in blocks(len(matrix)):
        part = matrix[rows] if root is None else matrix[rows] * root[rows, None]
        held.append(np.asarray(np.linalg.qr(part, mode="r")) if len(part) > width else part)
        if len(held) > 64:
            held = [np.asarray(np.linalg.qr(np.vstack(held), mode="r"))]
    stacked = np.vstack(held)
    return np.asarray(np.linalg.qr(stacked, mode="r")) if len(stacked) > width else stacked


def independent_columns(matrix: Floats) -> np.ndarray:
    """Which columns do not depend linearly on the ones before them, shape (n_columns,) of bool."""
    width = matrix.shape[1]
    keep = np.zeros(width, dtype=bool)
    if width == 0:
        return keep
    lengths = column_lengths(matrix)
    with one_thread_each():
        if len(matrix) > width and lengths.all() and np.isfinite(lengths).all():
            filled = mostly_zero(matrix)
            if filled is not None:
                cross = cross_product(filled)
            else:
                cross = np.zeros((width, width))
                for rows in blocks(len(matrix)):
                    cross += matrix[rows].T @ matrix[rows]
            if _factor(cross / np.outer(lengths, lengths)) is not None:
                return ~keep
        small = triangle_of(matrix)
    basis = np.empty((small.shape[0], min(small.shape)), order="F")
    found = 0
    for j in range(width):
        if lengths[j] == 0 or found == basis.shape[1]:
            continue
        left = small[:, j] / lengths[j]
        for _ in range(2):  # once more, because the first pass leaves rounding behind
            left = left - basis[:, :found] @ (basis[:, :found].T @ left)
        rest = float(np.linalg.norm(left))
        if rest > ALIAS_TOLERANCE:
            basis[:, found] = left / rest
            found += 1
            keep[j] = True
    return keep


def _factor(cross: Floats) -> Floats | None:
    """The Cholesky factor of a cross product of columns of length one; None if near singular."""
    try:
        lower: Floats = np.asarray(np.linalg.cholesky(cross), dtype=np.float64)
    except np.linalg.LinAlgError:
        return None
    return lower if float(np.diag(lower).min()) > PIVOT else None


def solve(
    y: Floats,
    matrix: Floats,
    family: Any,
    weights: Floats,
    offset: Floats,
    start: Floats | None = None,
) -> Solution:
    """The maximum-likelihood coefficients of independent columns.

    Args:
        y: Response, shape (n_rows,).
        matrix: Independent columns, shape (n_rows, n_columns).
        family: A statsmodels family with its link.
        weights: Prior weights above 0, shape (n_rows,).
        offset: Shape (n_rows,).
        start: Coefficients to start from.

    Raises:
        NotApplicableError: No start leads to means that the family can have.
    """
    if matrix.shape[1] == 0:
        with np.errstate(all="ignore"):
            mu = np.asarray(family.link.inverse(offset), dtype=np.float64)
        deviance = float(family.deviance(y, mu, var_weights=weights))
        return Solution(np.zeros(0), np.zeros((0, 0)), mu, offset, deviance, True, 0)
    with one_thread_each(), np.errstate(all="ignore"):
        best = _irls(y, matrix, family, weights, offset, start)
        if best is None or not best.converged or not best.within:
            flat = _flat(y, matrix, family, weights, offset)
            second = _irls(y, matrix, family, weights, offset, flat)
            if best is None or (second is not None and second.converged and second.within):
                best = second
    if best is None:
        raise NotApplicableError(
            "The fit ran to means that the family cannot have.",
            "Take another link, such as log, or fewer terms.",
        )
    return best


def _flat(y: Floats, matrix: Floats, family: Any, weights: Floats, offset: Floats) -> Floats:
    """Coefficients that give every row about the mean: a start that is always in range."""
    lengths = column_lengths(matrix)
    level = np.full(len(y), float(family.link(np.average(y, weights=weights))))
    found = np.linalg.lstsq(matrix / lengths, level - offset, rcond=None)[0]
    return np.asarray(found / lengths, dtype=np.float64)


class _Iterations:
    """The rows, and linear predictor and mean as they change from pass to pass."""

    def __init__(
        self, y: Floats, matrix: Floats, family: Any, weights: Floats, offset: Floats
    ) -> None:
        self.y, self.matrix, self.family = y, matrix, family
        self.weights, self.offset = weights, offset
        self.filled = mostly_zero(matrix)
        self.mu = np.array(family.starting_mu(y), dtype=np.float64)
        self.eta = np.array(family.predict(self.mu), dtype=np.float64)

    def deviance(self) -> float:
        """The deviance of the means as they are."""
        return float(
            sum(
                self.family.deviance(self.y[b], self.mu[b], var_weights=self.weights[b])
                for b in blocks(len(self.y))
            )
        )

    def move(self, beta: Floats) -> None:
        """Take other coefficients."""
        for b in blocks(len(self.y)):
            eta = self.matrix[b] @ beta + self.offset[b]
            self.eta[b] = eta
            self.mu[b] = self.family.fitted(eta)

    def inside(self) -> bool:
        """Whether every mean is one that the family can have."""
        low, high = RANGES.get(type(self.family).__name__, (-np.inf, np.inf))
        return bool(self.mu.min() >= low and self.mu.max() <= high)

    def working(self, b: slice, first: bool) -> tuple[Floats, Floats]:
        """A block's working weights, and what the step has to explain.

        From a start that no coefficients belong to, that is the whole working response; from then
        on only what is left of it beside the linear predictor.
        """
        mu = self.mu[b]
        slope = self.family.link.deriv(mu)
        weight = self.weights[b] / (slope**2 * self.family.variance(mu))
        left = slope * (self.y[b] - mu)
        return weight, left + (self.eta[b] - self.offset[b]) if first else left

    def step(self, first: bool) -> Floats:
        """The change of the coefficients, or on a first pass the coefficients themselves.

        Raises:
            LinAlgError: The weights leave no equation for some coefficient, or are not numbers.
        """
        width = self.matrix.shape[1]
        cross, moment = np.zeros((width, width)), np.zeros(width)
        if self.filled is not None:
            whole, rest = self._all_working(first)
            cross, moment = cross_product(self.filled, whole), self.filled.T @ (whole * rest)
        for b in blocks(len(self.y)) if self.filled is None else ():
            weight, left = self.working(b, first)
            root = np.sqrt(weight)
            part = self.matrix[b] * root[:, None]
            cross += part.T @ part
            moment += part.T @ (root * left)
        lengths = np.sqrt(np.diag(cross))
        if not np.isfinite(cross).all() or not np.isfinite(moment).all() or not lengths.all():
            raise np.linalg.LinAlgError
        lower = _factor(cross / np.outer(lengths, lengths))
        if lower is None:
            return self._orthogonal(first)
        from scipy.linalg import cho_solve

        return np.asarray(cho_solve((lower, True), moment / lengths) / lengths)

    def _all_working(self, first: bool) -> tuple[Floats, Floats]:
        """What ``working`` gives, for all rows."""
        weight, left = np.empty(len(self.y)), np.empty(len(self.y))
        for b in blocks(len(self.y)):
            weight[b], left[b] = self.working(b, first)
        return weight, left

    def _orthogonal(self, first: bool) -> Floats:
        """The same by orthogonal factors, with all the digits that there are."""
        from scipy.linalg import solve_triangular

        lengths = column_lengths(self.matrix)
        n, width = self.matrix.shape
        both = np.empty((n, width + 1), order="F")
        for b in blocks(n):
            weight, left = self.working(b, first)
            root = np.sqrt(weight)
            both[b, :width] = self.matrix[b] / lengths * root[:, None]
            both[b, width] = root * left
        triangle = triangle_of(both)
        return np.asarray(
            solve_triangular(triangle[:width, :width], triangle[:width, width]) / lengths
        )

    def unscaled(self) -> Floats:
        """The inverse of XᵀWX at the means as they are."""
        from scipy.linalg import cho_solve, solve_triangular

        weight, _ = self._all_working(False)
        if self.filled is not None:
            cross = cross_product(self.filled, weight)
            lengths = np.sqrt(np.diag(cross))
            lower = _factor(cross / np.outer(lengths, lengths)) if lengths.all() else None
            if lower is not None:
                inverse = cho_solve((lower, True), np.eye(len(cross)))
                return np.asarray(inverse / np.outer(lengths, lengths))
        root = np.sqrt(weight)
        triangle = triangle_of(self.matrix, root)
        lengths = np.sqrt(np.einsum("ij,ij->j", triangle, triangle))
        inverse = solve_triangular(triangle / lengths, np.eye(len(triangle)))
        return np.asarray(inverse @ inverse.T / np.outer(lengths, lengths))


def _irls(
    y: Floats, matrix: Floats, family: Any, weights: Floats, offset: Floats, start: Floats | None
) -> Solution | None:
    """The iterations from a start; None where they leave what the family can have.

    The inverse and identity links let a step run to means below 0. As in R, it is halved until it
    does not; a fit whose last step had to be halved has stopped at the range's end, unconverged.
    """
    now = _Iterations(y, matrix, family, weights, offset)
    beta: Floats | None = start
    if start is not None:
        now.move(start)
    path = [now.deviance()]
    taken, within, halvings = 0, start is not None and now.inside(), 0
    try:
        while taken < MOST_ITERATIONS:
            step = now.step(beta is None)
            before, beta = beta, step if beta is None else beta + step
            now.move(beta)
            halvings = 0
            while within and before is not None and not now.inside():
                if halvings == MOST_HALVINGS:
                    return None
                halvings += 1
                beta = (before + beta) / 2
                now.move(beta)
            within = now.inside()
            taken += 1
            path.append(now.deviance())
            if not np.isfinite(path[-1]) or not np.isfinite(beta).all():
                return None
            if abs(path[-1] - path[-2]) <= SETTLED * (abs(path[-1]) + 0.1) and taken > 1:
                break
        unscaled = now.unscaled()
    except (ValueError, np.linalg.LinAlgError):
        return None
    assert beta is not None
    if not np.isfinite(now.mu).all():
        return None
    change = abs(path[-1] - path[-2]) / (abs(path[-1]) + 0.1)
    return Solution(
        beta,
        unscaled,
        now.mu,
        now.eta,
        path[-1],
        bool(change < CONVERGED and not halvings),
        taken,
        within,
    )
