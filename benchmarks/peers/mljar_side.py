"""mljar-supervised's side: its Explain mode, with five folds in place of its one split."""

from __future__ import annotations

import sys
import time

from task import answer, read

THEIRS = ["Linear", "Decision Tree", "Random Forest", "Extra Trees", "LightGBM",
          "Nearest Neighbors"]  # fmt: skip


def main() -> None:
    """Fit without the explanations, which the others do not make either."""
    from supervised.automl import AutoML

    frame, folds = read()
    y = (frame.pop("outcome") == "yes").astype(int)
    custom = [((folds != f).nonzero()[0], (folds == f).nonzero()[0]) for f in range(5)]
    start = time.perf_counter()
    automl = AutoML(
        mode="Explain", algorithms=THEIRS, eval_metric="auc", explain_level=0,
        train_ensemble=False, total_time_limit=None, model_time_limit=600,
        n_jobs=int(sys.argv[2]), random_state=0, validation_strategy={"validation_type": "custom"},
        results_path="results", start_random_models=1, hill_climbing_steps=0,
    )  # fmt: skip
    automl.fit(frame, y, cv=custom)
    seconds = time.perf_counter() - start
    table = automl.get_leaderboard()
    rows = zip(table["model_type"], table["metric_value"], strict=True)
    # It writes a metric that it maximises down as negative.
    answer(seconds, {str(model): abs(float(value)) for model, value in rows if model != "Baseline"})


if __name__ == "__main__":
    main()
