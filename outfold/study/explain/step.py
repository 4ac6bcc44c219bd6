"""Explaining as a step: one split's model, explained on that split's validation rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from outfold.metrics.metric import Floats, Ints
from outfold.study.explain.effects import LINES, POINTS, accumulated, grid_of, single_rows
from outfold.study.explain.explaining import explained_splits
from outfold.study.explain.fold_model import FoldModel, fold_model, one_column_each
from outfold.study.explain.permutation import shuffled_scores
from outfold.study.explain.players import owners, players_of
from outfold.study.explain.related import related
from outfold.study.explain.shapley import Shapley, shapley, spread_over
from outfold.study.explain.surrogate import surrogate
from outfold.study.explain.trees import trees_of
from outfold.study.scores import score, scored_from_arrays
from outfold.study.steps import (
    Loaded,
    Params,
    Prepared,
    Resampled,
    Selected,
    null_prediction,
    predict,
)
from outfold.study.study import Study
from outfold.study.tune.trial import Tuned

WORST = 5
"""Rows with the largest errors of each split that are explained whatever the draw."""
SHUFFLED_ROWS = (100, 1000)
"""Validation rows of a split that permutation importance scores, least and most."""
EFFECT_ROWS = (30, 300)
"""Validation rows of a split by which effects of a column are measured, least and most."""
SPEED_ROWS = 100
"""Rows by which it is found out how fast a model predicts."""
SURROGATE_ROWS = 5000
REFERENCE_ROWS = 5000
MOST_VALUES = 2_000_000
"""SHAP values of one split that are kept at the most; fewer rows where there are many classes."""
MOST_EFFECTS = 40
"""Columns whose effects are measured, those that matter most."""


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """What is kept of explaining one split's model.

    ``arrays`` has, among others: ``rows`` (positions in the table of the rows explained), ``shap``
    (n_rows, n_players, n_outputs), ``base``, ``output``, ``predicted`` (n_rows, n_outputs),
    ``worst`` (whether a row was taken for its error alone), ``test_predicted`` of all validation
    rows.
    """

    arrays: Mapping[str, np.ndarray]
    body: Mapping[str, Any] = field(default_factory=dict)


def explain(
    loaded: Loaded,
    prepared: Prepared,
    selected: Selected,
    resampled: Resampled,
    study: Study,
    split: int,
    strategy: str,
    params: Params,
    tuned: Tuned | None = None,
    say: Callable[[str], None] | None = None,
) -> Explained:
    """Fit a split's model again and explain it on rows that it has not seen.

    Args:
        loaded: The table and its splits.
        prepared: The split's prepared rows.
        selected: The columns kept.
        resampled: The rows that the model is fitted on.
        study: The study; its ``explaining`` says how much work is done.
        split: The split.
        strategy: The model.
        params: Its parameters, complete.
        tuned: What tuning chose, which goes before.
        say: Told what is being done.
    """
    began = time.perf_counter()
    tell = say or (lambda text: None)
    tell("fitting the model again")
    values = {**params, **dict(tuned.params)} if tuned is not None else params
    model = fold_model(loaded, prepared, selected, resampled, study, split, strategy, values)
    fitted = time.perf_counter() - began
    arrays, body = _explained(model, loaded, prepared, tell)
    body |= {"fit_seconds": fitted, "step_seconds": time.perf_counter() - began}
    return Explained(arrays, body)


def _explained(
    model: FoldModel, loaded: Loaded, prepared: Prepared, tell: Callable[[str], None]
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    table, cut, study = loaded.table, loaded.splits[model.split], model.study
    n_splits = splits_explained(loaded, study)
    exposure = None if table.exposure is None else table.exposure[cut.test]
    stored = predict(model.model, model.test, study, model.n_classes, exposure)
    rng = np.random.default_rng([study.seed % 2**32, model.split, 7])
    truth = table.target[cut.test]
    worst = _worst(stored, truth)
    players = players_of(model.test)
    outputs = max(1, one_column_each(stored).shape[1])
    asked, before = (study.explaining.rows * s // n_splits for s in (model.split + 1, model.split))
    most = max(20, min(asked - before, MOST_VALUES // max(1, len(players) * outputs)))
    drawn = rng.permutation(len(cut.test))[:most]
    place = np.concatenate([worst, drawn[~np.isin(drawn, worst)]])

    if trees_of(model.model) is not None:
        from outfold.study.explain.tree_walk import ready

        tell("compiling what walks trees, once on a machine")
        ready()
    tell("SHAP values")
    found = shap_of(model, model.test.iloc[place], study.explaining.seconds / n_splits)
    # Rows that chance had not drawn would mislead about all rows; should time have ended early, so
    # would any of the largest errors, which went first.
    apart = np.setdiff1d(worst, drawn) if len(found.values) == len(place) else worst
    place = place[: len(found.values)]
    arrays = shap_arrays(found, model.n_classes)
    arrays |= {
        "rows": cut.test[place],
        "worst": np.isin(place, apart),
        "predicted": one_column_each(stored)[place],
        "test_predicted": one_column_each(stored),
    }
    body: dict[str, Any] = {
        "players": list(found.players), "scale": found.scale, "method": found.method,
        "reference": found.reference, "walks": found.walks, "residual": found.residual,
        "error": found.error,
        "shap_seconds": found.seconds, "test_rows": len(cut.test), "train_rows": len(cut.train),
        "classes": list(found.classes), "probability": "probability" in stored,
    }  # fmt: skip

    # A model that predicts slowly is looked at by fewer rows: each part has the time SHAP has.
    calls = study.explaining.seconds / n_splits / _seconds_each(model)
    tell("permutation importance")
    body["permutation"] = _permutation(model, loaded, stored, rng, arrays, calls)
    tell("effects of each column")
    body["effects"] = _effects(model, loaded, rng, arrays, calls)
    tell("a small tree beside it")
    body["surrogate"] = _surrogate(model, loaded, prepared, rng, one_column_each(stored))
    return arrays, body


def shap_of(model: FoldModel, rows: pd.DataFrame, seconds: float) -> Shapley:
    """SHAP values of prepared rows by a split's model, always against the same training rows.

    Args:
        model: The split's model.
        rows: Prepared rows.
        seconds: Time for them.
    """
    study, reference = model.study, model.train
    if len(reference) > REFERENCE_ROWS:
        rng = np.random.default_rng([study.seed % 2**32, model.split, 8])
        drawn = rng.choice(len(reference), REFERENCE_ROWS, replace=False)
        reference = reference.iloc[np.sort(drawn)]
    seed = study.seed + model.split
    return shapley(model.model, rows, reference, study.task, seed=seed, seconds=seconds)


def splits_explained(loaded: Loaded, study: Study) -> int:
    """How many of a study's splits are explained."""
    judged = [s for s in loaded.splits if not s.apparent]
    return explained_splits([len(s.test) for s in judged], loaded.table.n_rows)


def shap_arrays(found: Shapley, n_classes: int) -> dict[str, np.ndarray]:
    """SHAP values as they are kept: an output for each class of the study."""
    return {
        "shap": spread_over(found.values, found.classes, n_classes),
        "base": spread_over(found.base[None], found.classes, n_classes)[0],
        "output": spread_over(found.output, found.classes, n_classes),
    }


def _worst(stored: Mapping[str, np.ndarray], truth: np.ndarray) -> Ints:
    """Places of the rows with the largest errors, the largest first."""
    if "value" in stored:
        error = np.abs(stored["value"] - truth)
    elif "probability" in stored:
        error = 1 - stored["probability"][np.arange(len(truth)), truth.astype(int)]
    else:
        error = np.where(truth == 1, -stored["score"], stored["score"])
    return np.argsort(-error, kind="stable")[:WORST]


def _seconds_each(model: FoldModel) -> float:
    """Seconds in which the model predicts one row of many."""
    rows = model.test.iloc[np.resize(np.arange(len(model.test)), SPEED_ROWS)]
    began = time.perf_counter()
    model.answer_prepared(rows)
    return max((time.perf_counter() - began) / SPEED_ROWS, 1e-9)


def _some(n: int, limits: tuple[int, int], affordable: float, rng: np.random.Generator) -> Ints:
    """Places of as many of n rows as can be afforded within limits, ascending, by chance."""
    most = int(np.clip(affordable, *limits))
    return np.arange(n) if n <= most else np.sort(rng.choice(n, most, replace=False))


def _permutation(
    model: FoldModel, loaded: Loaded, stored: Mapping[str, np.ndarray], rng: np.random.Generator,
    arrays: dict[str, np.ndarray], calls: float,
) -> dict[str, Any]:  # fmt: skip
    table, cut, study = loaded.table, loaded.splits[model.split], model.study
    features = list(table.features)
    found = related(table.frame, table.schema, study.seed)
    sets = [[features.index(c)] for c in features]
    sets += [[features.index(c) for c in group] for group in found.groups]
    place = _some(len(cut.test), SHUFFLED_ROWS, calls / len(sets) / study.explaining.repeats, rng)
    given = {
        "truth": table.target[cut.test][place],
        "null": null_prediction(table, cut, study)[place],
    }
    if table.weight is not None:
        given["weight"] = table.weight[cut.test][place]
    exposure = None if table.exposure is None else table.exposure[cut.test][place]

    def answer(frame: pd.DataFrame, rows: Ints) -> Mapping[str, np.ndarray]:
        own = None if exposure is None else exposure[rows]
        return predict(model.model, frame, study, model.n_classes, own)

    def judge(made: Mapping[str, np.ndarray]) -> Mapping[str, float]:
        return score(scored_from_arrays({**made, **given}, study.task, table.positive))

    frame = model.test.iloc[place].reset_index(drop=True)
    owner = owners([str(c) for c in frame.columns], features)
    as_it_is, changed = shuffled_scores(
        answer, judge, frame, owner, sets, study.explaining.repeats, rng
    )
    names = sorted(as_it_is)
    arrays["shuffled"] = np.stack([changed[name] for name in names])
    arrays["unshuffled"] = np.array([as_it_is[name] for name in names])
    arrays["strength"] = found.strength
    return {
        "metrics": names, "features": features, "groups": [list(g) for g in found.groups],
        "rows": len(place), "repeats": study.explaining.repeats,
    }  # fmt: skip


def _effects(
    model: FoldModel, loaded: Loaded, rng: np.random.Generator, arrays: dict[str, np.ndarray],
    calls: float,
) -> dict[str, Any]:  # fmt: skip
    table, cut = loaded.table, loaded.splits[model.split]
    players = players_of(model.test)
    size = np.abs(arrays["shap"]).mean(axis=(0, 2))
    columns = [players[i] for i in np.argsort(-size, kind="stable")[:MOST_EFFECTS]]
    # Each column asks for every value of its grid, and for both ends of an interval.
    place = _some(len(cut.test), EFFECT_ROWS, calls / len(columns) / (POINTS + 3), rng)
    rows = table.frame.iloc[cut.test[place]].reset_index(drop=True)
    measured = []
    for number, column in enumerate(columns):
        # The values tried follow from the whole table's features, so that all splits try the same.
        grid = grid_of(table.frame, column)
        if grid is None:
            continue
        single = single_rows(model.answer, rows, grid)
        effect, weight = accumulated(model.answer, rows, grid)
        arrays |= {
            f"pdp_{number}": single.mean(axis=0), f"ice_{number}": single[:LINES],
            f"ale_{number}": effect, f"ale_rows_{number}": weight, f"at_{number}": grid.at,
        }  # fmt: skip
        measured.append(
            {"number": number, "column": column, "shown": list(grid.shown),
             "is_number": grid.is_number}
        )  # fmt: skip
    arrays["effect_rows"] = cut.test[place]
    return {"columns": measured, "rows": len(place)}


def _surrogate(
    model: FoldModel, loaded: Loaded, prepared: Prepared, rng: np.random.Generator, of_test: Floats
) -> list[dict[str, Any]]:
    table, cut = loaded.table, loaded.splits[model.split]
    place = np.arange(len(cut.train))
    if len(place) > SURROGATE_ROWS:
        place = np.sort(rng.choice(place, SURROGATE_ROWS, replace=False))
    train = table.frame.iloc[cut.train[place]].reset_index(drop=True)
    of_train = model.answer_prepared(model.train.iloc[place], _ones(table.exposure, len(place)))
    exposure = table.exposure
    if exposure is not None:  # both as rates
        of_test = of_test / exposure[cut.test][:, None]
    test = table.frame.iloc[cut.test].reset_index(drop=True)
    return surrogate(train, of_train, test, of_test, players_of(model.test))


def _ones(exposure: Floats | None, n: int) -> Floats | None:
    return None if exposure is None else np.ones(n)
