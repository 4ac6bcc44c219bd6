"""Where the values of the next trial come from: chance, a sequence, or the trials before."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from outfold.registry import Value
from outfold.study.tune.space import Axis, holds, values_at
from outfold.study.tune.tuning import Method


class Proposer(Protocol):
    """Gives values to try and is told how they did."""

    def ask(self) -> dict[str, Value]:
        """The values of the next trial."""
        ...

    def tell(self, values: Mapping[str, Value], loss: float) -> None:
        """How the values asked for last did: less is better, NaN where there is no score."""
        ...


class Chance:
    """Independent uniform draws; Bergstra & Bengio 2012, Random search."""

    def __init__(self, space: Sequence[Axis], seed: int) -> None:
        self._space, self._rng = space, np.random.default_rng(seed)

    def ask(self) -> dict[str, Value]:
        """The values of the next trial."""
        return values_at(self._space, self._rng.random(len(self._space)).tolist())

    def tell(self, values: Mapping[str, Value], loss: float) -> None:
        """Chance learns nothing."""


class Halton:
    """The scrambled Halton sequence of scipy; Halton 1960, Owen 2017."""

    def __init__(self, space: Sequence[Axis], seed: int) -> None:
        from scipy.stats import qmc

        self._space = space
        self._points: Any = qmc.Halton(len(space), scramble=True, rng=np.random.default_rng(seed))

    def ask(self) -> dict[str, Value]:
        """The values of the next trial."""
        return values_at(self._space, self._points.random(1)[0].tolist())

    def tell(self, values: Mapping[str, Value], loss: float) -> None:
        """The sequence goes on as it would."""


class Parzen:
    """Optuna's tree-structured Parzen estimator; Bergstra et al. 2011."""

    def __init__(self, space: Sequence[Axis], seed: int) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._space = space
        self._distributions = distributions(space)
        self._study: Any = optuna.create_study(
            direction="minimize", sampler=optuna.samplers.TPESampler(seed=seed)
        )
        self._asked: Any = None

    def ask(self) -> dict[str, Value]:
        """The values of the next trial."""
        self._asked = self._study.ask(self._distributions)
        return dict(self._asked.params)

    def tell(self, values: Mapping[str, Value], loss: float) -> None:
        """Learn from a trial; values that were not asked for are learnt from as well."""
        import optuna

        if self._asked is None:
            if holds(self._space, values) and not math.isnan(loss):
                self._study.add_trial(
                    optuna.trial.create_trial(
                        params=dict(values), distributions=self._distributions, value=loss
                    )
                )
            return
        state = optuna.trial.TrialState.FAIL if math.isnan(loss) else None
        self._study.tell(self._asked, None if math.isnan(loss) else loss, state=state)
        self._asked = None


def distributions(space: Sequence[Axis]) -> dict[str, Any]:
    """The axes as Optuna names them."""
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    found: dict[str, Any] = {}
    for axis in space:
        if axis.kind == "choice":
            found[axis.key] = CategoricalDistribution(axis.choices)
        elif axis.kind == "int":
            found[axis.key] = IntDistribution(int(axis.low), int(axis.high), log=axis.log)
        else:
            found[axis.key] = FloatDistribution(axis.low, axis.high, log=axis.log)
    return found


def proposer(method: Method, space: Sequence[Axis], seed: int) -> Proposer:
    """The proposer of a method; equal seeds propose equal values on every machine."""
    if method == "tpe":
        return Parzen(space, seed)
    if method == "halton":
        return Halton(space, seed)
    return Chance(space, seed)
