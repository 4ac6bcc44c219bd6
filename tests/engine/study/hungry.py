"""A model that takes memory until its worker is stopped, for tests of what that costs a run."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from outfold.registry import Strategy, registry

BLOCK = 50_000_000
MOST = 40
"""Blocks after which it gives up: no machine is to be hurt where workers have no limit."""


class Hungry(ClassifierMixin, BaseEstimator):
    """Holds on to more and more memory while it is fitted."""

    def fit(self, X: Any, y: Any) -> Hungry:
        held = []
        for _ in range(MOST):
            held.append(np.ones(BLOCK // 8))
            time.sleep(0.05)
        raise MemoryError


STRATEGY = Strategy(
    kind="model", key="hungry", label="Hungry", summary="Takes memory.",
    build=lambda task, seed: Hungry(), weightable=False,
)  # fmt: skip


def dask_setup(worker: Any) -> None:
    """Make the model known to a worker: this module is one of its preloads."""
    del worker
    offer()


def offer() -> None:
    """Make the model known to this process."""
    registry("model")["dummy"]  # found by now
    found = registry("model")._found
    assert found is not None
    found["hungry"] = STRATEGY


def withdraw() -> None:
    """Let this process forget the model."""
    found = registry("model")._found
    assert found is not None
    found.pop("hungry", None)
