"""What right and wrong decisions cost, and the decisions that cost least."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outfold.errors import ParameterError
from outfold.metrics.metric import Floats, Ints


@dataclass(frozen=True, slots=True)
class CostMatrix:
    """Costs of the four outcomes of a yes-or-no decision, per row, in any one unit.

    Gains are negative costs.

    Attributes:
        fp: Of flagging a negative row, beyond what is fixed.
        fn: Of missing a positive row.
        tp: Of flagging a positive row.
        tn: Of leaving a negative row alone.

    Raises:
        ParameterError: A wrong decision costs no more than the right one, so that one decision
            would be best for every row and no threshold has a meaning (Elkan 2001).
    """

    fp: float = 1.0
    fn: float = 1.0
    tp: float = 0.0
    tn: float = 0.0

    def __post_init__(self) -> None:
        if not np.isfinite([self.fp, self.fn, self.tp, self.tn]).all():
            raise ParameterError("A cost is not a number.", "Give four finite numbers.")
        if not self.fp > self.tn:
            raise ParameterError(
                f"A false alarm costs {self.fp:g}, a correct rejection {self.tn:g}.",
                "A false alarm has to cost more.",
            )
        if not self.fn > self.tp:
            raise ParameterError(
                f"A miss costs {self.fn:g}, a hit {self.tp:g}.", "A miss has to cost more."
            )

    @property
    def threshold(self) -> float:
        """The probability from which flagging costs less, if probabilities are calibrated.

        ``(fp - tn) / (fp - tn + fn - tp)``, Elkan (2001), equation 2.
        """
        return (self.fp - self.tn) / (self.fp - self.tn + self.fn - self.tp)


def mean_cost(table: Floats, costs: npt.ArrayLike) -> float:
    """Cost per row of the decisions counted in a confusion matrix.

    Args:
        table: Rows are true classes, columns predicted ones, shape (k, k).
        costs: Of each of its cells, shape (k, k).
    """
    return float((table * np.asarray(costs)).sum() / table.sum())


def least_risk(probability: Floats, costs: npt.ArrayLike) -> Ints:
    """The class whose expected cost is least for each row (Elkan 2001), shape (n,).

    Args:
        probability: Calibrated class probabilities, shape (n, k).
        costs: Rows are true classes, columns predicted ones, shape (k, k).
    """
    return np.asarray(probability @ np.asarray(costs, dtype=np.float64)).argmin(axis=1)
