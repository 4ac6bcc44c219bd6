"""What the leakage meter shows on pure noise, and that it shows nothing where nothing leaks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from outfold.judge.leakage import Leakage, leakage
from outfold.study.defaults import default_study, with_target
from outfold.study.leakage import leakage_study
from outfold.study.leaky_kept import as_step
from outfold.study.leaky_measure import measure
from outfold.study.leaky_run import at_once
from outfold.study.leaky_scores import from_step
from outfold.study.steps import with_splits
from outfold.study.study import NONE, Choice, Validation
from outfold.study.table import study_table
from outfold.study.workspace import Workspace

FOREST = Choice.of("random_forest", n_estimators=20)


def noise(n_rows: int, n_columns: int, n_positive: int, seed: int) -> pd.DataFrame:
    """Columns that tell nothing of ``y``."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(n_rows, n_columns))).add_prefix("x")
    return frame.assign(y=np.where(rng.permutation(n_rows) < n_positive, "yes", "no"))


def metered(
    workspace: Workspace, frame: pd.DataFrame, metric: str, *choices: Choice, seed: int = 0
) -> Leakage:
    """The meter on a table, all rows and five folds, in this process."""
    dataset = workspace.datasets.add_frame(frame, "table")
    stored = workspace.datasets.frame(dataset.key)
    study = with_target(default_study(dataset, stored), dataset, stored, "y", "binary")
    study = study.replace(validation=Validation("stratified", folds=5), seed=seed)
    asked = leakage_study(study, *choices, seconds=3600)
    table = study_table(workspace, asked)
    found = measure(with_splits(table, asked), asked, table.positive, at_once)
    body, arrays = as_step(found)
    return leakage(from_step(asked, body, arrays, table.positive), metric)


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace(tmp_path)


def test_smote_first_makes_a_rare_class_of_noise_look_solved(workspace):
    """AUC about .99 against .5: relatives of validation rows are trained on."""
    found = [
        metered(workspace, noise(300, 10, 15, seed), "roc_auc", NONE, Choice("smote"), FOREST,
                seed=seed)["resampling"]
        for seed in range(2)
    ]  # fmt: skip
    assert np.mean([line.believed for line in found]) > 0.95
    assert np.mean([line.honest for line in found]) == pytest.approx(0.5, abs=0.15)
    assert all(line.flatters for line in found)


def test_copies_made_first_do_the_same(workspace):
    """A copy on the other side of the split is the row itself."""
    found = metered(
        workspace, noise(300, 10, 15, 1), "roc_auc", NONE, Choice("random_over"), FOREST
    )
    assert found["resampling"].believed > 0.97
    assert found["resampling"].honest < 0.7


def test_the_best_of_many_noise_columns_chosen_first_predict_well(workspace):
    """Accuracy about .88 against .5 for 20 of 2,000 columns."""
    best = Choice.of("anova_f", k=20, alpha=1.0)
    found = [
        metered(workspace, noise(60, 2000, 30, seed), "accuracy", best, NONE, Choice("logistic"),
                seed=seed)["selection"]
        for seed in range(2)
    ]  # fmt: skip
    assert np.mean([line.believed for line in found]) == pytest.approx(0.9, abs=0.08)
    assert np.mean([line.honest for line in found]) == pytest.approx(0.5, abs=0.1)
    assert all(line.optimism > 0.2 for line in found)


def test_removing_rows_first_flatters_no_ranking(workspace):
    """Fewer rows of the common class on both sides are no copies: the AUC stays about the same."""
    found = metered(
        workspace, noise(600, 5, 60, 2), "roc_auc", NONE, Choice("random_under"), Choice("logistic")
    )
    line = found["resampling"]
    assert abs(line.optimism) < 0.1
    assert line.low < 0 < line.high


def test_with_signal_and_nothing_to_leak_the_difference_is_nothing(workspace):
    """A selector that keeps every column on any rows: equal to the last bit."""
    frame = noise(300, 5, 100, 3)
    frame["x0"] += 2.0 * (frame["y"] == "yes")
    frame["y"] = frame["y"].astype("category")
    found = metered(workspace, frame, "roc_auc", Choice("variance"), NONE, Choice("logistic"))
    assert found["selection"].optimism == 0
    assert found["selection"].honest > 0.8
    assert abs(found["preparation"].optimism) < 0.002
    assert not found["resampling"].measured
    assert "No row is resampled" in found["resampling"].reason
