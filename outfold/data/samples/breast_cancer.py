"""Wisconsin breast cancer: two classes, thirty numbers that say much the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

from outfold.data.sample import Sample


def _load() -> pd.DataFrame:
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer(as_frame=True)
    frame: pd.DataFrame = bunch.data.copy()
    frame["diagnosis"] = bunch.target.map({0: "malignant", 1: "benign"}).astype("str")
    return frame


SAMPLE = Sample(
    key="breast_cancer",
    title="Breast cancer",
    story="Is a tumour malignant? Thirty measurements of cell nuclei, many of them redundant.",
    source="Street, Wolberg & Mangasarian (1993), UCI; from scikit-learn.",
    load=_load,
    target="diagnosis",
    task="binary",
    order=10,
)
