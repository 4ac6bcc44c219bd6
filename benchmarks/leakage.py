"""How soon the leakage meter has something to show, and a result, after the click.

Command: ``python benchmarks/leakage.py [--table forest|wide|long] [--cold] [--peer]``

The meter is asked through the run service, as the page does it, and looked at once a second. Wall
seconds count from the click to the moment at which the figures are computed for the chart: reading
the table and handing it out count too. Printed as shares of the 30 s that are promised.

* ``forest``: 100,000 × 100 mixed columns with missing cells, mutual information, SMOTE, a forest.
* ``wide``: 60 × 2,000, mRMR, logistic regression.
* ``long``: 1,000,000 × 20, logistic regression.

With ``--cold`` no service is there yet. With ``--peer`` the same rows and splits are done with
scikit-learn and imbalanced-learn alone, honestly and with every step first, one after the other,
and the ratio to it is printed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd

from outfold.judge.leakage import leakage
from outfold.study.defaults import default_study, with_target
from outfold.study.leakage import SECONDS, leakage_study
from outfold.study.leaky_scores import LeakyScores, leaky_scores
from outfold.study.run import progress, start
from outfold.study.study import NONE, Choice, Study
from outfold.study.table import study_table
from outfold.study.workspace import Workspace

WAYS = {
    "forest": (Choice("mutual_info"), Choice("smote"), Choice("random_forest")),
    "wide": (Choice("mrmr"), NONE, Choice("logistic")),
    "long": (NONE, NONE, Choice("logistic")),
}
LOOK = 1.0
"""Seconds between two looks, as on the page."""


def generated(which: str) -> pd.DataFrame:
    """A table whose target ``y`` follows some columns; a tenth of its cells is missing."""
    rows, columns = {"forest": (100_000, 100), "wide": (60, 2000), "long": (1_000_000, 20)}[which]
    rng = np.random.default_rng(0)
    values = rng.normal(size=(rows, columns))
    score = values[:, :5].sum(axis=1) + 2 * rng.normal(size=rows)
    rare = {"forest": 0.1, "wide": 0.5, "long": 0.2}[which]
    target = np.where(score > np.quantile(score, 1 - rare), "yes", "no")
    if which == "forest":
        values[rng.random(values.shape) < 0.1] = np.nan
    frame = pd.DataFrame(values).add_prefix("x")
    if which == "forest":
        for place in range(80, 100):
            codes = rng.integers(0, 5, rows)
            frame[f"x{place}"] = pd.Categorical.from_codes(codes, list("abcde"))
    return frame.assign(y=target)


def measure(
    workspace: Workspace, asked: Study, positive: int
) -> tuple[float, float, LeakyScores | None, str]:
    """Click and look; seconds to the first figures and to the end, what was found, or why not."""
    began, first = time.perf_counter(), float("nan")
    run = start(workspace, asked)
    while True:
        now = progress(workspace, run, 12)
        early = leaky_scores(workspace, asked, positive, so_far=True)
        if early is not None and np.isnan(first):
            leakage(early)
            first = time.perf_counter() - began
        if now.has_ended:
            break
        time.sleep(LOOK)
    found = leaky_scores(workspace, asked, positive)
    if found is not None:
        leakage(found)
    took = time.perf_counter() - began
    return (took if np.isnan(first) else first), took, found, now.reason


def by_hand(frame: pd.DataFrame, which: str, found: LeakyScores) -> float:
    """Seconds that the same takes with scikit-learn alone: honestly, and with all steps first."""
    from imblearn.over_sampling import SMOTE
    from imblearn.pipeline import make_pipeline
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.feature_selection import SelectPercentile, mutual_info_classif
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline as plain
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    sample = frame.sample(found.rows, random_state=0) if found.rows < len(frame) else frame
    X, y = sample.drop(columns="y"), sample["y"]
    numeric = plain(SimpleImputer(), StandardScaler())
    prepared = make_column_transformer(
        (numeric, make_column_selector(dtype_include="number")),
        (OneHotEncoder(sparse_output=False), make_column_selector(dtype_include="category")),
    )
    steps = [SelectPercentile(mutual_info_classif, percentile=50), SMOTE(random_state=0)]
    model = LogisticRegression(max_iter=1000)
    if which == "forest":
        model = RandomForestClassifier(300, random_state=0)
    steps = {"forest": steps, "wide": steps[:1], "long": []}[which]
    done = len(found.honest["roc_auc"])
    folds = list(StratifiedKFold(max(2, done), shuffle=True, random_state=0).split(X, y))[:done]
    began = time.perf_counter()
    cross_val_score(make_pipeline(prepared, *steps, model), X, y, cv=folds, scoring="roc_auc")
    Z = prepared.fit_transform(X)
    for step in steps:
        Z, y = step.fit_resample(Z, y) if isinstance(step, SMOTE) else (step.fit_transform(Z, y), y)
    folds = StratifiedKFold(max(2, done), shuffle=True, random_state=0)
    cross_val_score(model, Z, y, cv=folds, scoring="roc_auc")
    return time.perf_counter() - began


def main() -> None:
    """Measure, and print shares of what is promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", choices=list(WAYS), default="forest")
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--peer", action="store_true")
    options = parser.parse_args()
    frame = generated(options.table)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        dataset = workspace.datasets.add_frame(frame, "generated")
        stored = workspace.datasets.frame(dataset.key)
        study = with_target(default_study(dataset, stored), dataset, stored, "y", "binary")
        asked = leakage_study(study, *WAYS[options.table])
        positive = study_table(workspace, asked).positive
        if not options.cold:
            small = workspace.datasets.add_frame(generated("wide").iloc[:, -9:], "small")
            read = workspace.datasets.frame(small.key)
            easy = with_target(default_study(small, read), small, read, "y", "binary")
            measure(workspace, leakage_study(easy, NONE, NONE, Choice("logistic")), positive)
        first, took, found, reason = measure(workspace, asked, positive)
        said = f"nothing: {reason}"
        if found is not None:
            lines = [len(values["roc_auc"]) for values in found.leaky.values()]
            done = len(found.honest["roc_auc"])
            said = f"{found.rows:,} of {found.of_rows:,} rows, {done} of {found.n_splits} splits"
            said += f" in {len(lines)} wrong ways"
        print(
            f"{options.table}: first figures after {first:.1f} s ({first / SECONDS:.2f} of the "
            f"time promised), the end after {took:.1f} s ({took / SECONDS:.2f}); {said}"
        )
        if options.peer and found is not None:
            peer = by_hand(frame, options.table, found)
            print(f"scikit-learn alone, two ways, on as many rows: {peer:.1f} s; "
                  f"ratio {took / peer:.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
