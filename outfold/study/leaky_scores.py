"""What a run of the leakage meter measured, read back from the store."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from outfold.errors import StudyError
from outfold.metrics.metric import Scored
from outfold.study.leakage import Mistake, leakage_key, so_far_key
from outfold.study.study import Study
from outfold.study.workspace import Workspace


@dataclass(frozen=True, slots=True, eq=False)
class LeakyScores:
    """Scores of every split, done right and with each mistake.

    Attributes:
        study: What was measured.
        rows: Rows that were measured on.
        of_rows: Rows of the whole table.
        n_splits: Splits that the study has on these rows.
        ratio: Validation rows over training rows, mean over the splits that were done.
        honest: For each metric, the score of each split that was done.
        leaky: The same for each mistake; NaN where a split failed.
        nothing: For each metric, what a model that looks at no feature scores.
        nothing_resampled: The same on validation rows of the resampled table; empty without one.
        made: Share of the resampled table's validation rows that were made; NaN without one.
        reasons: Why a mistake was not measured.
        notes: What had to be left out, in sentences.
        honest_splits: The honest predictions of each split; empty where they were let go.
    """

    study: Study
    rows: int
    of_rows: int
    n_splits: int
    ratio: float
    honest: Mapping[str, tuple[float, ...]]
    leaky: Mapping[Mistake, Mapping[str, tuple[float, ...]]]
    nothing: Mapping[str, tuple[float, ...]]
    nothing_resampled: Mapping[str, tuple[float, ...]]
    made: float
    reasons: Mapping[Mistake, str]
    notes: tuple[str, ...]
    honest_splits: tuple[Scored, ...]


def leaky_scores(
    workspace: Workspace, study: Study, positive: int, *, so_far: bool = False
) -> LeakyScores | None:
    """What was measured of a meter's study with the code as it is now, or None.

    Args:
        workspace: Where it is kept.
        study: A meter's study.
        positive: Code of the positive class.
        so_far: Whether to read what a measurement that is still going on has found by now.

    Raises:
        StudyError: The study is none of a leakage meter.
    """
    if not study.meter_seconds:
        raise StudyError("This study is none of the leakage meter.", "Take ``leakage_study``.")
    key = leakage_key(study, positive)
    if so_far:
        key = so_far_key(key)
    body = workspace.records.steps([key]).get(key)
    if body is None:
        return None
    return from_step(study, body, None if so_far else workspace.step_arrays(key), positive)


def from_step(
    study: Study, body: Mapping[str, Any], arrays: Mapping[str, np.ndarray] | None, positive: int
) -> LeakyScores:
    """A measurement as it was kept by ``leaky_kept.as_step``."""
    splits = body["splits"]
    made = [s["made"] for s in splits if s["made"] is not None]
    mistakes: list[Mistake] = list(dict.fromkeys(m for s in splits for m in s["leaky"]))
    return LeakyScores(
        study, body["rows"], body["of_rows"], body["n_splits"],
        float(np.mean([s["test_rows"] / s["train_rows"] for s in splits])),
        _columns([s["honest"] for s in splits]),
        {mistake: _columns([s["leaky"].get(mistake, {}) for s in splits]) for mistake in mistakes},
        _columns([s["nothing"] for s in splits]),
        _columns([s["nothing_resampled"] for s in splits]),
        float(np.mean(made)) if made else math.nan,
        body["reasons"], tuple(body["notes"]), _scored(study, arrays, positive),
    )  # fmt: skip


def _columns(rows: list[Mapping[str, float | None]]) -> dict[str, tuple[float, ...]]:
    names = dict.fromkeys(name for row in rows for name in row)
    return {
        name: tuple(math.nan if (v := row.get(name)) is None else v for row in rows)
        for name in names
    }


def _scored(
    study: Study, arrays: Mapping[str, np.ndarray] | None, positive: int
) -> tuple[Scored, ...]:
    if arrays is None:
        return ()
    found = []
    for number in np.unique(arrays["split"]):
        own = {name: values[arrays["split"] == number] for name, values in arrays.items()}
        found.append(
            Scored(
                study.task, own["truth"], own.get("probability"), own.get("score"),
                own.get("value"), positive, weight=own.get("weight"),
            )
        )  # fmt: skip
    return tuple(found)
