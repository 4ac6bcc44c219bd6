"""What a comparison with resamplers says besides scores: thresholds moved, priors corrected."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from outfold.errors import NotApplicableError
from outfold.study.results import Predictions, RunResult


def resampling_of(
    measured: RunResult, predictions: Callable[[str], Predictions]
) -> list[dict[str, Any]]:
    """One entry per selector and model that was tried with and without resampling.

    ``calibration`` has a row per resampler, as predicted and prior-corrected; ``moved_threshold``,
    for two classes, each resampler at 0.5 beside the moved threshold; ``sentence`` sums it up.
    """
    from outfold.judge.calibration_damage import damage, frame_of
    from outfold.judge.moved_threshold import moved_threshold
    from outfold.task import is_classification

    if not is_classification(measured.study.task):
        return []
    groups: dict[tuple[str, str], list[str]] = {}
    for row in measured.finished():
        c = row.candidate
        if not c.is_baseline:
            groups.setdefault((c.selector.label(), c.model.label()), []).append(row.name)
    found = []
    for (selector, model), members in groups.items():
        stored = {name: predictions(name) for name in members}
        plain = [n for n, p in stored.items() if p.candidate.resampler.key == "none"]
        if len(plain) != 1 or len(stored) < 2:
            continue
        each = {n: d for n, p in stored.items() if (d := damage(p)) is not None}
        if not each:
            continue
        calibration = frame_of(each).to_dict("records")
        entry: dict[str, Any] = {
            "selector": selector, "model": model, "calibration": _plain(calibration),
            "moved_threshold": {}, "sentence": "",
        }  # fmt: skip
        others = [p for n, p in stored.items() if n != plain[0]]
        names = {n: p.candidate.resampler.label() for n, p in stored.items()}
        for measure in ("f1", "balanced_accuracy"):
            try:
                moved = moved_threshold(
                    stored[plain[0]], others, measured.test_train_ratio, measure
                )
            except NotApplicableError as error:
                entry["sentence"] = str(error)
                break
            rows = _plain(moved.frame().to_dict("records"))
            entry["moved_threshold"][measure] = rows
            entry["sentence"] += f"{moved.sentence(names)}. "
        found.append(entry | {"sentence": entry["sentence"].strip()})
    return found


def _plain(rows: list[dict[Any, Any]]) -> list[dict[str, Any]]:
    """Rows for JSON, which knows neither infinity nor NaN."""
    return [
        {str(k): None if isinstance(v, float) and not math.isfinite(v) else v
         for k, v in row.items()}
        for row in rows
    ]  # fmt: skip


def show_resampling(entries: list[dict[str, Any]]) -> None:
    """Print what was found, in words."""
    several = len({entry["selector"] for entry in entries}) > 1
    for entry in entries:
        if entry["sentence"]:
            after = f" after {entry['selector']}" if several else ""
            print(f"\nResampling, {entry['model']}{after}: {entry['sentence']}")
