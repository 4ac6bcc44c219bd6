"""Outfold's side: every candidate measured on the given folds, with all metrics and costs."""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from task import MODELS, answer, read

MINE = {
    "logistic": "logistic",
    "decision tree": "decision_tree",
    "random forest": "random_forest",
    "extra trees": "extra_trees",
    "lightgbm": "lightgbm",
    "naive bayes": "naive_bayes",
    "nearest neighbours": "knn",
}


def main() -> None:
    """Run the study on embedded workers, started before the clock as other imports are."""
    import numpy as np

    from outfold.study.cluster import connected
    from outfold.study.defaults import default_study
    from outfold.study.execute import execute
    from outfold.study.run import new_run, result
    from outfold.study.study import Choice, Validation
    from outfold.study.workspace import Workspace

    frame, folds = read()
    workspace = Workspace(Path("home"))
    # The given folds as groups: leaving out one group at a time gives just these splits.
    dataset = workspace.datasets.add_frame(frame.assign(fold=[f"fold {f}" for f in folds]), "peers")
    study = default_study(dataset, workspace.datasets.frame(dataset.key)).replace(
        models=tuple(Choice(MINE[m]) for m in MODELS),
        roles={"fold": "group"},
        validation=Validation("grouped", folds=5),
    )
    with connected("", int(sys.argv[2])) as client:
        start = time.perf_counter()
        run = new_run(workspace, study, "", claimed=True)
        execute(workspace, run, client)
        measured = result(workspace, run)
        seconds = time.perf_counter() - start
    scores = {
        c.candidate.model.key: float(np.mean(c.scores["roc_auc"]))
        for c in measured.finished()
        if not c.candidate.is_baseline
    }
    answer(seconds, scores)


if __name__ == "__main__":
    main()
