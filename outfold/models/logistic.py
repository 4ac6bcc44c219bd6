"""Logistic regression: log-odds as a weighted sum of the features."""

from __future__ import annotations

from typing import Any

from outfold.registry import Param, Strategy
from outfold.task import CLASSIFICATION, Task


def build(task: Task, seed: int, C: float = 1.0, l1_ratio: float = 0.0) -> Any:
    """The classifier with these parameters; multinomial with more than two classes."""
    from sklearn.linear_model import LogisticRegression

    from outfold.models.encoding import EncodedClassifier

    if l1_ratio == 0:
        inner = LogisticRegression(C=C, max_iter=2000)
    else:
        inner = LogisticRegression(
            C=C, l1_ratio=l1_ratio, solver="saga", max_iter=5000, tol=1e-3, random_state=seed
        )
    return EncodedClassifier(inner)


STRATEGY = Strategy(
    kind="model",
    key="logistic",
    label="Logistic regression",
    summary=(
        "Log-odds as a weighted sum of the features: fast, small, well calibrated, and often hard "
        "to beat."
    ),
    build=build,
    tasks=CLASSIFICATION,
    order=10,
    default=True,
    family="linear",
    source="Cox 1958, The regression analysis of binary sequences",
    params=(
        Param(
            "C",
            "Inverse penalty",
            "float",
            1.0,
            low=1e-4,
            high=1e4,
            scale="log",
            help="Smaller values shrink the coefficients more; larger ones trust the data more.",
            source="scikit-learn's default; range as in its LogisticRegressionCV",
        ),
        Param(
            "l1_ratio",
            "Share of L1 penalty",
            "float",
            0.0,
            low=0.0,
            high=1.0,
            help="0 shrinks all coefficients (ridge), 1 sets some to zero (lasso); between, both.",
            source="Zou & Hastie 2005, Regularization and variable selection via the elastic net",
            search=(),
            search_source="The solver that can leave features out takes many times longer",
        ),
    ),
)
