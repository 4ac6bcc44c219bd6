"""FLAML's side: ten trials for each of its estimators, on the given folds.

Its first trials are of tiny models, such as four trees of four leaves, which grow with the trials.
"""

from __future__ import annotations

import sys
import time

from task import answer, read

THEIRS = ["lrl1", "rf", "extra_tree", "lgbm", "kneighbor"]


def main() -> None:
    """Search each estimator by itself, so that each has a score."""
    from flaml import AutoML
    from sklearn.model_selection import PredefinedSplit

    frame, folds = read()
    y = (frame.pop("outcome") == "yes").astype(int).to_numpy()
    scores = {}
    start = time.perf_counter()
    for name in THEIRS:
        automl = AutoML()
        automl.fit(
            frame, y, task="classification", metric="roc_auc", estimator_list=[name], max_iter=10,
            time_budget=-1,
            eval_method="cv", split_type=PredefinedSplit(folds), n_jobs=int(sys.argv[2]),
            retrain_full=False, verbose=0, seed=0,
        )  # fmt: skip
        scores[name] = 1.0 - float(automl.best_loss)
    answer(time.perf_counter() - start, scores)


if __name__ == "__main__":
    main()
