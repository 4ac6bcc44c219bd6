"""On pure noise the best inner score flatters, and the score held out from tuning does not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from outfold.metrics.ranking import roc_auc
from outfold.registry import registry
from outfold.study import selecting, steps
from outfold.study.scores import scored_from_arrays
from outfold.study.study import Choice, Study, Validation
from outfold.study.table import study_table
from outfold.study.tune.folds import Recipe
from outfold.study.tune.step import tune
from outfold.study.tune.tuning import Tuning
from outfold.study.workspace import Workspace

SEEDS, ROWS, TRIALS = 8, 90, 12
RECIPE = Recipe(
    ("minimal", registry("preparation")["minimal"].defaults()), (("none", {}),), ("none", {})
)


def noise(seed: int) -> pd.DataFrame:
    """Five columns that know nothing of a balanced target."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(ROWS, 5)), columns=list("abcde"))
    return frame.assign(y=rng.permutation(np.repeat(["no", "yes"], ROWS // 2)))


def test_nested_tuning_finds_nothing_in_noise(tmp_path):
    """Inner AUC lies clearly above a half, outer AUC about at it (Varma & Simon 2006)."""
    workspace = Workspace(tmp_path / "home")
    params = registry("model")["decision_tree"].defaults()
    inner, outer = [], []
    for seed in range(SEEDS):
        dataset = workspace.datasets.add_frame(noise(seed), f"noise {seed}")
        study = Study(
            dataset.key, "y", "binary", validation=Validation("stratified", folds=3),
            preparation=Choice("minimal"), models=(Choice("decision_tree"),),
            tuning=Tuning("random", trials=TRIALS, metric="roc_auc"), seed=seed,
        )  # fmt: skip
        loaded = steps.with_splits(study_table(workspace, study), study)
        for split in range(3):
            found = tune(loaded, study, split, "decision_tree", params, RECIPE)
            prepared = steps.prepare(loaded, study, split, *RECIPE.preparation)
            selected = selecting.select(prepared, study, *RECIPE.selectors[0])
            resampled = steps.resample(prepared, selected, study, *RECIPE.resampler)
            model, fit_with = steps.unfitted(
                resampled, study, "decision_tree", params | dict(found.params)
            )
            model.fit(resampled.frame, resampled.target, **fit_with)
            cut = loaded.splits[split]
            said = steps.predict(model, prepared.test, study, 2, None)
            said |= {"truth": loaded.table.target[cut.test], "null": np.array([0.5, 0.5])}
            inner.append(found.score)
            outer.append(roc_auc(scored_from_arrays(said, "binary", 1)))
    error = np.std(outer) / np.sqrt(len(outer))
    assert np.mean(inner) > 0.54
    assert abs(np.mean(outer) - 0.5) < 3 * error
    assert np.mean(inner) - np.mean(outer) > 2 * error
