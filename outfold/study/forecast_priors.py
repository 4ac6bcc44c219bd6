"""The built-in power laws: measured once on a small machine, for workspaces that have no history.

The table is written by ``benchmarks/step_priors.py``, which says how.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from outfold.registry import registry
from outfold.study.forecast_law import Law

TABLE = Path(__file__).with_name("step_priors.json")
Target = Literal["classes", "numbers"]
CUTTING = 1e-3
"""Seconds of cutting a ranking."""
UNKNOWN_SPREAD = 1.5
"""Spread of the level of a strategy that the table does not have, in log seconds."""


@cache
def table() -> dict[str, Any]:
    """The measured table, as it was written."""
    read: dict[str, Any] = json.loads(TABLE.read_text())
    return read


def target_of(classes: int) -> Target:
    """Which of a strategy's two laws serves a target."""
    return "classes" if classes else "numbers"


@cache
def law_of(kind: str, strategy: str, target: Target, cuts: bool = True) -> Law:
    """The built-in law of a strategy; for one that was never measured, its kind's middle one.

    A selector is measured whole. Where it cuts a ranking its time is that of the ranking, and
    cutting takes next to none.

    Args:
        kind: Kind of step.
        strategy: Key of the strategy.
        target: What is predicted.
        cuts: Whether a selection may be taken for the cut of a ranking.
    """
    if kind == "rank":  # it gives on what it takes
        whole = law_of("select", strategy, target, cuts=False)
        return replace(whole, rows_out=1.0, columns_out=1.0, width_out=1.0)
    if kind == "select" and cuts and _cuts_a_ranking(strategy):
        kept = law_of("select", strategy, target, cuts=False)
        return replace(
            kept, level=math.log(CUTTING), rows=0.0, columns=0.0, levels=0.0, classes=0.0,
            params={}, fixed=CUTTING,
        )  # fmt: skip
    laws = table()["laws"]
    of_kind = laws.get(kind, {})
    of_strategy = of_kind.get(strategy, {})
    if raw := of_strategy.get(target) or next(iter(of_strategy.values()), None):
        return _law(raw)
    kindred = [_law(raw) for entry in of_kind.values() for raw in entry.values()]
    kindred = kindred or [_law(raw) for entry in laws["fit"].values() for raw in entry.values()]

    def middle(name: str) -> float:
        return float(np.median([getattr(law, name) for law in kindred]))

    return Law(
        level=middle("level"), rows=middle("rows"), columns=middle("columns"),
        levels=middle("levels"), classes=middle("classes"), params={}, spread=UNKNOWN_SPREAD,
    )  # fmt: skip


def _cuts_a_ranking(strategy: str) -> bool:
    known = registry("selector")
    return strategy in known and known[strategy].ranks is not None


def _law(raw: dict[str, Any]) -> Law:
    return Law(**raw | {"params": {k: (a, b) for k, (a, b) in raw["params"].items()}})


def overheads() -> tuple[float, float]:
    """Seconds that a run takes besides its steps, and that each step takes besides its work."""
    run = table()["run"]
    return float(run.get("fixed_seconds", 0.0)), float(run.get("seconds_per_step", 0.0))
