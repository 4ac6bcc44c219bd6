"""Linear support vector machine."""

from __future__ import annotations

from typing import Any

from outfold.registry import Facts, Param, Strategy
from outfold.task import Task, is_classification


def build(task: Task, seed: int, C: float = 0.1, folds: int = 3) -> Any:
    """The machine with these parameters; a regression is fitted to the standardised target."""
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import LinearSVC, LinearSVR

    from outfold.models.encoding import EncodedClassifier, EncodedRegressor
    from outfold.models.platt import Platt

    if is_classification(task):
        machine = LinearSVC(C=C, dual="auto", max_iter=20_000, tol=1e-3, random_state=seed)
        return EncodedClassifier(Platt(machine, folds=folds, seed=seed))
    inner = LinearSVR(
        C=C,
        loss="squared_epsilon_insensitive",
        dual="auto",
        max_iter=20_000,
        tol=1e-3,
        random_state=seed,
    )
    return EncodedRegressor(TransformedTargetRegressor(inner, transformer=StandardScaler()))


def _requires(facts: Facts) -> str | None:
    if facts.smallest_class is not None and facts.smallest_class < 3:
        return "The rarest class has too few rows for the inner folds that make probabilities."
    return None


STRATEGY = Strategy(
    kind="model",
    key="svm_linear",
    label="SVM, linear",
    summary=(
        "Separates classes by the widest straight gap: a rival of logistic regression on wide "
        "tables, with probabilities only by a second step."
    ),
    build=build,
    tasks=("binary", "multiclass", "regression"),
    requires=_requires,
    order=52,
    family="kernel",
    source="Fan et al. 2008, LIBLINEAR: A library for large linear classification",
    params=(
        Param(
            "C",
            "Price of errors",
            "float",
            0.1,
            low=0.001,
            high=1000.0,
            scale="log",
            help="Larger values follow the training rows more closely.",
            search=(0.001, 100.0),
            search_source="Probst, Boulesteix & Bischl 2019, Tunability, up to 100",
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
