"""The fields of a validation as a form, a command line and a check need to know them."""

from __future__ import annotations

from outfold.registry import Param

FOLDS = Param(
    "folds", "Folds", "int", 5, 2, 50,
    help="In how many parts the rows are cut; each is validated on by models trained on the rest.",
)  # fmt: skip
BLOCKS = Param(
    "folds", "Blocks", "int", 5, 2, 50,
    help="How many blocks of later rows are validated on, each after everything trained on.",
)  # fmt: skip
REPEATS = Param(
    "repeats", "Repeats", "int", 1, 1, 20,
    help="How often the folds are drawn anew: steadier scores, more work.",
)  # fmt: skip
TEST_SHARE = Param(
    "test_share", "Share held out", "float", 0.25, 0.05, 0.9,
    help="The share of the rows that is validated on.",
)  # fmt: skip
GAP = Param(
    "gap", "Gap in rows", "int", 0, 0, 10_000_000,
    help="The latest rows before each block, left out of training: for targets that become known "
    "only later.",
)  # fmt: skip
GAP_TIME = Param(
    "gap_time", "Gap in time", "float", 0.0, 0.0, 1e9,
    help="The time before each block, left out of training: in days for dates, else in the unit of "
    "the time column.",
)  # fmt: skip
WINDOW = Param(
    "window", "Rows in the training window", "int", None, 2, 10_000_000,
    help="How many of the latest rows before each block are trained on.",
    none_label="as many as lie before the first block",
)  # fmt: skip
RESAMPLES = Param(
    "resamples", "Resamples", "int", 50, 10, 1000,
    help="How often rows are drawn with replacement; each draw is one fit.",
    source="Efron & Tibshirani 1997 took 50",
)  # fmt: skip

FIELDS: tuple[Param, ...] = (
    FOLDS, REPEATS, TEST_SHARE, GAP, GAP_TIME, WINDOW, RESAMPLES
)  # fmt: skip
"""Every field once, in the order of a command's options."""
