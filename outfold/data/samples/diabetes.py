"""Diabetes progression: a regression in which much stays unexplained."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

from outfold.data.sample import Sample


def _load() -> pd.DataFrame:
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes(as_frame=True, scaled=False)
    names = {
        "bp": "blood pressure",
        "s1": "total cholesterol",
        "s2": "LDL",
        "s3": "HDL",
        "s4": "cholesterol ratio",
        "s5": "log triglycerides",
        "s6": "blood sugar",
    }
    frame: pd.DataFrame = bunch.data.rename(columns=names)
    frame["sex"] = frame["sex"].map({1.0: "group 1", 2.0: "group 2"}).astype("str")
    frame["progression"] = bunch.target
    return frame


SAMPLE = Sample(
    key="diabetes",
    title="Diabetes progression",
    story="How far does the disease advance in a year? Ten measurements, half of it unexplained.",
    source="Efron, Hastie, Johnstone & Tibshirani (2004); from scikit-learn.",
    load=_load,
    target="progression",
    task="regression",
    order=40,
)
