"""What every preparation asks: how gaps are filled and which levels count as rare."""

from __future__ import annotations

from outfold.registry import Param

IMPUTE = Param(
    "impute",
    "Fill missing numbers by",
    "choice",
    "median",
    choices=("median", "mean"),
    help="The median of the training rows is not moved by outliers; the mean keeps totals.",
)
INDICATORS = Param(
    "indicators",
    "Mark filled gaps",
    "choice",
    "auto",
    choices=("auto", "always", "never"),
    help=(
        "Adds a 0/1 column that tells a model where a number was missing; auto does so "
        "from 1 % of the training rows."
    ),
    source="Van Ness et al. 2023, The missing indicator method",
)
MIN_COUNT = Param(
    "min_count",
    "Least rows of a level",
    "int",
    5,
    low=1,
    high=1000,
    scale="log",
    help="Levels with fewer training rows are treated as one level, “rare”.",
)
MAX_LEVELS = Param(
    "max_levels",
    "Most levels of a column",
    "int",
    50,
    low=2,
    high=250,
    scale="log",
    help="Beyond the commonest so many, levels are treated as one level, “rare”.",
)
