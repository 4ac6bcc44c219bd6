"""Associations of a large table: Pearson's r of all rows is the one from memory, and is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outfold.data.infer import infer
from outfold.explore.associate import associate
from outfold.explore.whole_table import with_all_rows


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    n = 4000
    x = rng.normal(size=n)
    table = pd.DataFrame(
        {
            "x": x + 1e7,
            "y": 0.6 * x + rng.normal(size=n),
            "z": rng.normal(size=n) * 1e-6,
            "flat": np.ones(n),
            "level": rng.choice(["a", "b"], n),
            "when": pd.Timestamp("2020-01-01") + pd.to_timedelta((1e6 * x).round(), "s"),
        }
    )
    table.loc[::7, "y"] = np.nan
    table.loc[3::5, "z"] = np.nan
    return table


@pytest.fixture(scope="module")
def file(frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "t.parquet"
    frame.to_parquet(path, row_group_size=600)
    return path


def test_pearson_of_all_rows_is_that_from_memory(frame, file):
    """Sums over pieces of the file give r, n and p of each pair as the whole frame does."""
    whole = associate(*infer(frame)).frame()
    sample = frame.iloc[::10].reset_index(drop=True)
    found = with_all_rows(associate(*infer(sample)), file, len(sample))
    mine = found.frame()
    linear = (mine["measure"] == "pearson") & mine["reason"].eq("")
    assert linear.sum() == 6
    for name in ("value", "p_value", "n"):
        got, known = mine.loc[linear, name].to_numpy(), whole.loc[linear, name].to_numpy()
        assert got == pytest.approx(known, rel=1e-9, abs=1e-12)
    others = ~linear & mine["value"].notna()
    assert (mine.loc[others, "n"] <= len(sample)).all()
    assert "all 4,000 rows, the other measures on a sample of 400 rows" in found.notes[-1]


def test_columns_that_a_study_changed_keep_the_sample(frame, file):
    """A column read otherwise than the file has it is measured where it was read."""
    sample = frame.iloc[::10].reset_index(drop=True)
    mine = with_all_rows(associate(*infer(sample)), file, 400, changed=["x"]).frame()
    with_x = mine[(mine["a"] == "x") & (mine["b"] == "y")].iloc[0]
    without = mine[(mine["a"] == "y") & (mine["b"] == "z")].iloc[0]
    assert with_x["n"] <= 400
    assert without["n"] > 2000


def test_nothing_linear_says_so(frame, file):
    """Spearman needs the rows together."""
    sample = frame.iloc[::10].reset_index(drop=True)
    found = with_all_rows(associate(*infer(sample), measure="spearman"), file, 400)
    assert "Everything was measured on a sample of 400 rows." in found.notes
