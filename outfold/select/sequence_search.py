"""Sequential search over source columns: the start and the steps that both directions share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outfold.registry import Param
from outfold.select.columns import Floats, Target, best_part, outcome, owners
from outfold.select.encode import encode
from outfold.select.evidence import neg_log10_p_of_f
from outfold.select.inner_score import InnerScore
from outfold.select.pillai import f_statistics
from outfold.select.sampling import said, sampled
from outfold.task import Task

MOST_ROWS = 2_000
"""A search fits hundreds of models; above this they are fitted on a sample of the rows."""

MOST_STEPS = 25
"""A forward search stops after this many columns, unless more are asked for by ``k``."""

POOL = Param(
    key="pool",
    label="Columns tried",
    kind="int",
    default=30,
    low=2,
    high=200,
    help="With more columns than this, only those with the strongest F test are tried.",
)

LEAST_GAIN = Param(
    key="least_gain",
    label="Least gain",
    kind="float",
    default=0.002,
    low=0.0,
    high=0.5,
    help="What a column must add to the R² of the inner folds to be worth having.",
)


@dataclass(frozen=True)
class Start:
    """What a search begins with.

    Attributes:
        sources: Every source column.
        pool: Positions of those that are tried, strongest first.
        score: Judges a set of positions.
        notes: What was sampled or left out.
    """

    sources: tuple[str, ...]
    pool: tuple[int, ...]
    score: InnerScore
    notes: tuple[str, ...]


def start(X: pd.DataFrame, y: Target, *, task: Task, seed: int, pool: int, model: str) -> Start:
    """Sample rows, choose the columns that are tried, and set up the inner folds."""
    sources, owner = owners(X)
    target = outcome(y, task)
    rows = sampled(target, task, MOST_ROWS, np.random.default_rng(seed))
    notes = said(len(rows), len(X), "Inner models were fitted on")
    evidence: Floats = np.nan_to_num(
        best_part(neg_log10_p_of_f(*f_statistics(X, y, task)), owner, len(sources)), nan=-1.0
    )
    tried = np.argsort(-evidence, kind="stable")[:pool]
    if len(tried) < len(sources):
        notes += (f"Tried were the {len(tried)} columns of {len(sources):,} with the best F test.",)
    score = InnerScore(encode(X.iloc[rows]), target[rows], task, model, seed)
    return Start(sources, tuple(int(i) for i in tried), score, notes)
