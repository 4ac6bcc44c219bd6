"""Tables and settings whose splits were written down, so that no later change moves a row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np


def tables() -> dict[str, dict[str, Any]]:
    """A small table of each kind: what ``splits`` takes besides the validation and the seed."""
    rng = np.random.default_rng(0)
    classes = rng.choice(3, 200, p=[0.7, 0.25, 0.05])
    groups = rng.integers(0, 30, 200)
    order = rng.permutation(np.sort(rng.integers(0, 120, 200)))
    numbers = rng.normal(size=157)
    return {
        "classes": {"target": classes, "task": "multiclass"},
        "rare": {"target": np.array([0] * 47 + [1] * 3), "task": "binary"},
        "grouped": {"target": classes, "task": "multiclass", "groups": groups},
        "ordered": {"target": classes, "task": "multiclass", "order": order},
        "ordered groups": {
            "target": classes, "task": "multiclass", "order": order, "groups": groups
        },
        "numbers": {"target": numbers, "task": "regression"},
        "grouped numbers": {
            "target": numbers, "task": "regression", "groups": np.arange(157) % 12
        },
    }  # fmt: skip


def settings() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each table with the validations that serve it."""
    folds = [{"folds": 5}, {"folds": 3, "repeats": 3}]
    shares = [{"test_share": 0.25}, {"test_share": 0.4}]
    serving = {
        "classes": [("stratified", folds), ("kfold", folds), ("holdout", shares)],
        "rare": [("stratified", folds), ("holdout", shares)],
        "grouped": [("grouped", folds), ("stratified_grouped", folds), ("holdout", shares)],
        "ordered": [("time", [{"folds": 4}, {"folds": 6, "gap": 7}]), ("time_holdout", shares)],
        "ordered groups": [("time", [{"folds": 3}]), ("time_holdout", shares)],
        "numbers": [("kfold", folds), ("holdout", shares)],
        "grouped numbers": [("grouped", folds), ("holdout", shares)],
    }
    for table, schemes in serving.items():
        for scheme, several in schemes:
            for values in several:
                yield table, {"scheme": scheme, **values}


def digest(found: Iterable[Any]) -> str:
    """One text for the rows of all splits."""
    told = hashlib.sha256()
    for split in found:
        for side in (split.train, split.test):
            told.update(np.asarray(side, dtype="<i8").tobytes() + b"|")
    return told.hexdigest()[:16]
