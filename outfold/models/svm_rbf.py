"""Support vector machine with a Gaussian kernel."""

from __future__ import annotations

from typing import Any

from outfold.registry import Facts, Param, Strategy
from outfold.task import Task, is_classification

MOST_ROWS = 30_000
"""Beyond so many rows a fit takes many minutes."""


def build(task: Task, seed: int, C: float = 1.0, gamma: float | None = None, folds: int = 3) -> Any:
    """The machine with these parameters; a regression is fitted to the standardised target."""
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC, SVR

    from outfold.models.encoding import EncodedClassifier, EncodedRegressor
    from outfold.models.platt import Platt

    width: float | str = "scale" if gamma is None else gamma
    if is_classification(task):
        return EncodedClassifier(Platt(SVC(C=C, gamma=width), folds=folds, seed=seed))
    inner = SVR(C=C, gamma=width)
    return EncodedRegressor(TransformedTargetRegressor(inner, transformer=StandardScaler()))


def _requires(facts: Facts) -> str | None:
    if facts.n_rows > MOST_ROWS:
        return (
            f"Its training time grows with the square of the rows, and {facts.n_rows:,} rows are "
            f"more than {MOST_ROWS:,}: take the linear SVM."
        )
    if facts.smallest_class is not None and facts.smallest_class < 3:
        return "The rarest class has too few rows for the inner folds that make probabilities."
    return None


STRATEGY = Strategy(
    kind="model",
    key="svm_rbf",
    label="SVM, Gaussian kernel",
    summary=(
        "Separates classes by smooth curved borders that depend on the nearest rows only; strong "
        "on small and middling tables of scaled numbers."
    ),
    build=build,
    tasks=("binary", "multiclass", "regression"),
    requires=_requires,
    order=50,
    family="kernel",
    source="Cortes & Vapnik 1995, Support-vector networks",
    params=(
        Param(
            "C",
            "Price of errors",
            "float",
            1.0,
            low=0.01,
            high=1000.0,
            scale="log",
            help="Larger values follow the training rows more closely.",
            source="scikit-learn's default",
            search=(0.03125, 1000.0),
            search_source="Hsu, Chang & Lin 2003, up to this parameter’s limit",
        ),
        Param(
            "gamma",
            "Kernel width",
            "float",
            None,
            low=0.0001,
            high=10.0,
            scale="log",
            none_label="from the number and spread of the features",
            help="Larger values make each row’s influence more local.",
            source="scikit-learn's default",
            search=(0.0001, 8.0),
            search_source="Hsu, Chang & Lin 2003, from this parameter’s limit on",
        ),
        Param(
            "folds",
            "Inner folds",
            "int",
            3,
            low=2,
            high=10,
            help="Scores become probabilities by a sigmoid fitted on inner folds; more cost time.",
            source="Platt 1999, Probabilistic outputs for support vector machines",
            search=(),
            search_source="It makes probabilities, not decisions",
        ),
    ),
)
