"""A grid of candidates against a plain ``cross_validate`` loop over the same pipelines.

Command: ``python benchmarks/grid.py [--rows 32000] [--workers 2] [--repeat 1] [--full]``

Three models × two selectors × two resamplers × five folds on 32,000 × 14 generated mixed rows; with
``--full`` five × four × three. Both sides use the same folds, steps and number of processes;
Outfold also measures latency, memory, size and every metric, where the loop scores ROC AUC alone.
The cluster is started and warm before the clock starts on our side, as it is when a person presses
Run; joblib's workers are warmed the same way. Prints wall seconds of both, their ratio, how far the
scores are apart, and our wall seconds over the sum of the distinct steps' own times divided by the
workers (at most 1.15 is asked for; the own times leave out measuring latency, the wall does not).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd

from benchmarks.overhead import own_seconds
from outfold.data.store import DatasetStore
from outfold.study.cluster import connected
from outfold.study.defaults import default_study
from outfold.study.execute import execute
from outfold.study.run import new_run, result
from outfold.study.split import splits
from outfold.study.study import Choice, Study
from outfold.study.table import study_table
from outfold.study.workspace import Workspace

MODELS = ("logistic", "random_forest", "hist_gradient_boosting")
SELECTORS = ("none", "mutual_info")
RESAMPLERS = ("none", "smotenc")
FULL = (
    (*MODELS, "lightgbm", "extra_trees"),
    (*SELECTORS, "anova_f", "l1"),
    (*RESAMPLERS, "class_weight"),
)


def mixed_table(n_rows: int, seed: int = 0) -> pd.DataFrame:
    """A table like a census: 6 numbers, 8 categories, 24 % positives, some cells missing."""
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=n_rows)
    frame = pd.DataFrame({f"number {i}": rng.normal(size=n_rows) for i in range(6)})
    frame["number 0"] += latent
    frame["number 1"] = np.exp(frame["number 1"] + 0.5 * latent)
    levels = (2, 5, 6, 7, 9, 14, 16, 40)
    for i, n in enumerate(levels):
        codes = np.clip(((rng.normal(size=n_rows) + latent * (i % 3)) * n / 4 + n / 2), 0, n - 1)
        frame[f"kind {i}"] = pd.Categorical([f"level {c:02d}" for c in codes.astype(int)])
    frame.loc[rng.random(n_rows) < 0.05, "number 2"] = np.nan
    chance = 1 / (1 + np.exp(-(1.3 * latent - 1.6)))
    frame["outcome"] = pd.Categorical(np.where(rng.random(n_rows) < chance, "yes", "no"))
    return frame


def ours(
    workspace: Workspace, study: Study, client: object
) -> tuple[float, float, dict[str, float]]:
    """Wall seconds, the distinct steps' own seconds, and mean ROC AUC by candidate."""
    run = new_run(workspace, study, "", claimed=True)
    start = time.perf_counter()
    execute(workspace, run, client)
    measured = result(workspace, run)
    seconds = time.perf_counter() - start
    assert measured.state == "finished", measured.reason
    assert len(measured.finished()) == len(measured.candidates), [
        (c.name, c.reason) for c in measured.candidates if c.status != "finished"
    ]
    _, own, _ = own_seconds(workspace, run)
    scores = {c.name: float(np.mean(c.scores["roc_auc"])) for c in measured.candidates}
    return seconds, own, scores


def loop(workspace: Workspace, study: Study, jobs: int) -> tuple[float, dict[str, float]]:
    """The same by one ``cross_validate`` call per pipeline."""
    from sklearn.model_selection import cross_validate

    from outfold.study.candidate import pipeline

    table = study_table(workspace, study)
    cut = [(s.train, s.test) for s in splits(study.validation, table.target, study.task, seed=0)]
    scores: dict[str, float] = {}
    start = time.perf_counter()
    for candidate in study.candidates():
        if candidate.is_baseline:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            done = cross_validate(
                pipeline(study, candidate), table.frame, table.target, cv=cut,
                scoring="roc_auc", n_jobs=jobs, error_score="raise",
            )  # fmt: skip
        scores[candidate.name] = float(done["test_score"].mean())
    return time.perf_counter() - start, scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=32_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args()
    models, selectors, resamplers = FULL if options.full else (MODELS, SELECTORS, RESAMPLERS)
    ratios = []
    with connected("", options.workers) as client:
        for repeat in range(options.repeat):
            with tempfile.TemporaryDirectory() as folder:
                workspace = Workspace(Path(folder))
                store: DatasetStore = workspace.datasets
                dataset = store.add_frame(mixed_table(options.rows, repeat), "generated")
                frame = store.frame(dataset.key)
                study = default_study(dataset, frame).replace(
                    target="outcome", task="binary", positive="yes",
                    models=tuple(map(Choice, models)), selectors=tuple(map(Choice, selectors)),
                    resamplers=tuple(map(Choice, resamplers)), metric="roc_auc",
                )  # fmt: skip
                tiny = study.replace(models=(Choice("logistic"),), seed=99)
                ours(workspace, tiny, client)  # warm
                from joblib import Parallel, delayed

                Parallel(n_jobs=options.workers)(delayed(_warm)() for _ in range(8))
                our_seconds, own, our_scores = ours(workspace, study, client)
                print(
                    f"outfold {our_seconds:.1f} s, {our_seconds * options.workers / own:.2f} times "
                    "the steps' own times (at most 1.15 is asked for)",
                    flush=True,
                )
                their_seconds, their_scores = loop(workspace, study, options.workers)
            gap = max(abs(our_scores[name] - score) for name, score in their_scores.items())
            ratios.append(our_seconds / their_seconds)
            print(
                f"cross_validate {their_seconds:.1f} s, ratio {ratios[-1]:.2f}; largest difference "
                f"of a mean ROC AUC {gap:.1e}"
            )
    print(f"median ratio {np.median(ratios):.2f} (at most 1.00 is asked for)")


def _warm() -> None:
    import imblearn.over_sampling
    import sklearn.ensemble

    del imblearn, sklearn


if __name__ == "__main__":
    main()
