"""The command line on tables that are worked with as a sample, and the learning curve."""

from __future__ import annotations

import json

import pytest

from outfold.cli import main
from tests.tables import mixed_table


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("OUTFOLD_HOME", str(tmp_path / "home"))


@pytest.fixture
def file(tmp_path) -> str:
    """A Parquet file of 900 rows with a binary target ``y``."""
    path = tmp_path / "mixed.parquet"
    mixed_table(900).to_parquet(path, row_group_size=200)
    return str(path)


def printed(capsys, *arguments: str) -> dict:
    """The JSON document that a command prints."""
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_profile_gives_the_figures_of_all_rows(capsys, file):
    """What is exact, what is not, and which sample the findings rest on."""
    found = printed(capsys, "profile", file, "--rows", "300", "--target", "y")
    whole = printed(capsys, "profile", file)
    assert found["rows"] == whole["rows"] == 900
    assert found["sample"]["rows"] == 300
    assert found["sample"]["stratified"] == "y"
    assert whole["sample"] is None
    assert any("Quartiles are those of the sample" in text for text in found["approximate"])
    for mine, known in zip(found["columns"], whole["columns"], strict=True):
        assert mine["missing"] == known["missing"]
        assert mine["unique"] == known["unique"]
    assert main(["profile", file, "--rows", "300"]) == 0
    text = capsys.readouterr().out
    assert "900 rows" in text
    assert "are exact" in text


def test_associate_measures_pearson_on_all_rows(capsys, file):
    """The pairs say on how many rows they rest, and the notes why these differ."""
    found = printed(capsys, "associate", file, "--rows", "300")
    rows = {(p["a"], p["b"]): p for p in found["pairs"]}
    assert rows["amount", "signal"]["n"] == 900
    assert rows["signal", "kind"]["n"] <= 300
    assert any("all 900 rows" in note for note in found["notes"])
    assert found["sample"]["of"] == 900


def test_a_sample_too_small_is_one_line(capsys, file):
    """Bad input is status 2 and says what would be right."""
    assert main(["profile", file, "--rows", "10"]) == 2
    assert "at least 50" in capsys.readouterr().err


def test_a_share_that_is_no_number_is_one_line(capsys, file):
    """Nothing is read for it."""
    assert main(["learning-curve", file, "--target", "y", "--shares", "half"]) == 2
    assert "is no share" in capsys.readouterr().err


@pytest.mark.cluster
def test_the_learning_curve_says_whether_more_rows_would_help(capsys, file, tmp_path):
    """Points, law and verdict per candidate, a sentence, and the sample that it used."""
    arguments = ["learning-curve", file, "--target", "y", "--models", "logistic", "--folds", "3",
                 "--rows", "600", "--workers", "1", "--out", str(tmp_path / "run")]  # fmt: skip
    found = printed(capsys, *arguments)
    best = found["curves"][0]
    assert best["candidate"].endswith("logistic")
    assert len(best["points"]) == 6
    assert best["verdict"] in ("helps", "hardly", "unsure")
    assert found["sentence"]
    assert found["sample"]["of"] == 900
    assert found["steps"] == {"computed": 36, "reused": 0, "failed": 0} | found["steps"]
