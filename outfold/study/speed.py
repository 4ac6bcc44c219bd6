"""Settings that make a study faster: racing, and a quick look on a sample first.

Both are off unless asked for, and neither is in any step's key: what they compute is what the study
would compute anyway, only less of it, or a sample of it first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from outfold.registry import Param

RaceTest = Literal["curtailed", "friedman"]

RACE_TESTS: dict[RaceTest, str] = {
    "curtailed": "Whether it could still come first",
    "friedman": "Whether its ranks are worse (F-race)",
}

RACING: tuple[Param, ...] = (
    Param(
        "on", "Stop candidates that are clearly beaten", "bool", False,
        help="Once a candidate is clearly beaten on the first splits, its other splits are not "
        "computed. The baseline is never stopped.",
    ),
    Param(
        "test", "What counts as clearly beaten", "choice", "curtailed", choices=tuple(RACE_TESTS),
        help="Curtailed: it is improbable that it would come out ahead once all splits are in; "
        "the risk is kept although folds share training rows. Friedman: its ranks over the splits "
        "are worse; stops more, but its level is meant for splits that share no rows.",
        source="Kuhn 2014; Birattari et al. 2002",
    ),
    Param(
        "level", "Risk of stopping the one that would have come first", "float", 0.05,
        low=0.001, high=0.5, scale="log",
        help="Less stops later and fewer. Curtailed: for the whole race. Friedman: at each "
        "decision.",
    ),
    Param(
        "first", "Splits before the first decision", "int", 3, low=2, high=20,
        help="Fewer decides earlier, from less.",
    ),
)  # fmt: skip
"""What can be set about racing, for forms and checks."""

QUICK: tuple[Param, ...] = (
    Param(
        "on", "First look at a sample of the rows", "bool", False,
        help="The same run measures every candidate on a sample first, then on the whole table; "
        "the final numbers are those of the whole table.",
    ),
    Param(
        "rows", "Rows of the first sample", "int", 2000, low=100, high=1_000_000, scale="log",
        help="A table of less than twice as many rows is not sampled.",
    ),
    Param(
        "samples", "Samples before the whole table", "int", 1, low=1, high=4,
        help="Each has four times the rows of the one before.",
    ),
)  # fmt: skip
"""What can be set about the quick look."""


@dataclass(frozen=True, slots=True)
class Racing:
    """Whether, and by what rule, candidates that are clearly beaten are stopped early.

    Attributes:
        on: Whether anything is stopped.
        test: See ``RACE_TESTS`` and ``outfold.study.race``.
        level: Risk of stopping the candidate that would have come first, 0.001 to 0.5.
        first: Splits that every candidate has before the first decision, 2 to 20.

    Raises:
        ParameterError: A value that is not allowed.
    """

    on: bool = False
    test: RaceTest = "curtailed"
    level: float = 0.05
    first: int = 3

    def __post_init__(self) -> None:
        for param in RACING:
            param.check(getattr(self, param.key))


@dataclass(frozen=True, slots=True)
class Quick:
    """Whether a run begins with a sample of the rows.

    Attributes:
        on: Whether it does.
        rows: Rows of the first sample, about.
        samples: Samples before the whole table, each four times as large as the one before.

    Raises:
        ParameterError: A value that is not allowed.
    """

    on: bool = False
    rows: int = 2000
    samples: int = 1

    def __post_init__(self) -> None:
        for param in QUICK:
            param.check(getattr(self, param.key))


NO_RACE = Racing()
NO_QUICK = Quick()
