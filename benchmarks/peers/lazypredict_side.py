"""LazyPredict's side: it knows one split, so it is called once for each fold."""

from __future__ import annotations

import time

from task import answer, read


def main() -> None:
    """Fit its classifiers of the same kinds on every fold."""
    import numpy as np
    from lazypredict.Supervised import LazyClassifier
    from lightgbm import LGBMClassifier
    from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.tree import DecisionTreeClassifier

    frame, folds = read()
    y = (frame.pop("outcome") == "yes").astype(int).to_numpy()
    for name in frame.select_dtypes("category"):
        frame[name] = frame[name].astype(object)
    kinds = [LogisticRegression, DecisionTreeClassifier, RandomForestClassifier,
             ExtraTreesClassifier, LGBMClassifier, GaussianNB, KNeighborsClassifier]  # fmt: skip
    found: dict[str, list[float]] = {}
    start = time.perf_counter()
    for fold in range(5):
        train, test = folds != fold, folds == fold
        lazy = LazyClassifier(verbose=0, ignore_warnings=True, classifiers=kinds)
        table, _ = lazy.fit(frame[train], frame[test], y[train], y[test])
        for model, value in table["ROC AUC"].items():
            found.setdefault(str(model), []).append(float(value))
    answer(time.perf_counter() - start, {m: float(np.mean(v)) for m, v in found.items()})


if __name__ == "__main__":
    main()
