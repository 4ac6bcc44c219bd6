"""Italian wines: three growers, told apart by chemistry."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

from outfold.data.sample import Sample


def _load() -> pd.DataFrame:
    from sklearn.datasets import load_wine

    bunch = load_wine(as_frame=True)
    frame: pd.DataFrame = bunch.data.copy()
    frame["grower"] = bunch.target.map({0: "first", 1: "second", 2: "third"}).astype("str")
    return frame


SAMPLE = Sample(
    key="wine",
    title="Wine growers",
    story="Which of three growers made the wine? A small table with classes that are easy to part.",
    source="Forina et al. (1988), UCI; from scikit-learn.",
    load=_load,
    target="grower",
    task="multiclass",
    order=30,
)
