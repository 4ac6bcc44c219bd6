"""``leakage`` from the command line."""

from __future__ import annotations

import json

import pytest

from outfold.cli import main
from tests.tables import mixed_table


@pytest.mark.cluster
def test_leakage_is_measured_from_the_command_line(capsys, tmp_path, monkeypatch):
    """One document with every mistake; bad input is one sentence."""
    monkeypatch.setenv("OUTFOLD_HOME", str(tmp_path / "home"))
    mixed_table(120).to_csv(tmp_path / "t.csv", index=False)
    words = ["leakage", str(tmp_path / "t.csv"), "--target", "y", "--json"]
    assert main([*words, "--resampler", "smote,smotenc"]) == 2
    assert "one resampler at a time" in capsys.readouterr().err
    assert main([*words, "--budget", "0"]) == 2
    assert "Give it 1 to 3,600" in capsys.readouterr().err
    asked = [
        "--resampler",
        "random_over",
        "--model",
        "logistic",
        "--metric",
        "f1",
        "--workers",
        "1",
    ]
    assert main([*words, *asked, "--budget", "600"]) == 0
    told = json.loads(capsys.readouterr().out)
    by_name = {line["mistake"]: line for line in told["mistakes"]}
    assert list(by_name) == ["preparation", "selection", "resampling", "together", "threshold"]
    over = by_name["resampling"]
    assert over["optimism"] == pytest.approx(over["believed"] - over["honest"])
    assert by_name["selection"]["believed"] is None
    assert by_name["threshold"]["optimism"] is not None
    assert (told["metric"], told["resampler"], told["rows"]) == ("f1", "random_over", 120)
