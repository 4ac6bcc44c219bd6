"""The options of ``compare`` that choose how parameters are tuned."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

from outfold.errors import ParameterError
from outfold.study.tune.tuning import METHODS, Tuning


def add_tuning(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--tune", choices=list(METHODS), metavar="METHOD",
        help="choose parameters inside each training fold: one of " + ", ".join(METHODS),
    )  # fmt: skip
    parser.add_argument(
        "--trials", type=int, help="sets of values tried per candidate and split (20)"
    )
    parser.add_argument(
        "--tune-seconds", type=float, metavar="S",
        help="seconds per candidate and split; without --trials they alone end it",
    )  # fmt: skip
    parser.add_argument("--tune-folds", type=int, metavar="K", help="inner folds, 2 to 10 (3)")
    parser.add_argument("--tune-metric", metavar="M", help="the metric that trials are judged by")


def tuning_of(options: argparse.Namespace, now: Tuning) -> Tuning:
    """A study's tuning as the options change it.

    Raises:
        ParameterError: A budget is given, and nothing is to be tuned.
        StudyError: A budget or a number of folds that cannot be.
        UnknownNameError: There is no such metric.
    """
    given = {
        "method": options.tune,
        "trials": options.trials,
        "seconds": options.tune_seconds,
        "folds": options.tune_folds,
        "metric": options.tune_metric,
    }
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if not changes:
        return now
    if options.tune_metric is not None:
        from outfold.metrics.catalogue import metric_named

        metric_named(options.tune_metric)
    if "seconds" in changes and "trials" not in changes and changes.get("method") != "halving":
        changes["trials"] = None
    changed = dataclasses.replace(now, **changes)
    if not changed.is_on and "method" not in changes:
        raise ParameterError(
            "A budget for tuning is given, and no method.",
            "Add --tune, such as --tune random.",
        )
    return changed
