"""Racing and the quick look from the command line."""

from __future__ import annotations

import json

import pytest

from outfold.cli import main
from tests.tables import mixed_table


@pytest.fixture
def csv(tmp_path, monkeypatch) -> str:
    """A table as a file, in a workspace of its own."""
    monkeypatch.setenv("OUTFOLD_HOME", str(tmp_path / "home"))
    path = tmp_path / "table.csv"
    mixed_table(900).to_csv(path, index=False)
    return str(path)


@pytest.mark.cluster
def test_a_raced_comparison_says_who_was_stopped_and_what_it_saved(csv, capsys):
    """Status, reason, splits and rows of each line; rule and savings beside the leaderboard."""
    asked = ["compare", csv, "--target", "y", "--models", "logistic,decision_tree:max_depth=1",
             "--folds", "6", "--race", "--race-level", "0.2", "--quick", "300",
             "--json"]  # fmt: skip
    assert main(asked) == 0
    said = json.loads(capsys.readouterr().out)
    lines = {line["model"]: line for line in said["leaderboard"]}
    stump = lines["decision_tree(max_depth=1)"]
    assert stump["status"] == "stopped"
    assert stump["rank"] is None
    assert stump["reason"].startswith(f"Stopped after {stump['splits_done']} of 6 splits")
    assert 3 <= stump["splits_done"] < 6
    assert stump["metrics"][said["metric"]]["n_splits"] == stump["splits_done"]
    assert (lines["dummy"]["status"], lines["logistic"]["status"]) == ("finished", "finished")
    assert {line["rows"] for line in lines.values()} == {900}
    race = said["race"]
    assert race["candidates_stopped"] == 1
    assert 0 <= race["fits_not_computed"] <= 6 - stump["splits_done"]
    assert "2 rivals and 3 decisions" in race["rule"]
    # 18 fits on the sample, 18 planned on the whole table
    assert said["steps"]["computed"] == 36 - race["fits_not_computed"]
    assert said["study"]["racing"] == {"on": True, "test": "curtailed", "level": 0.2, "first": 3}
    assert said["study"]["quick"]["rows"] == 300
    assert not [p for p in said["comparison"]["pairs"] if "max_depth" in p["a"] + p["b"]]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--race-level", "0.1"], "--race"),
        (["--race", "--race-level", "2"], "It takes a number from 0.001 to 0.5"),
        (["--race", "--race-first", "1"], "It takes a whole number from 2 to 20"),
        (["--quick", "5"], "from 100 to"),
        (["--quick-samples", "2"], "--quick"),
    ],
)
def test_settings_that_cannot_be_are_refused_in_a_sentence(csv, capsys, options, complaint):
    """A level beyond its range, or one without a race: a sentence and status 2."""
    assert main(["compare", csv, "--target", "y", *options]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert complaint in said.err
    assert said.err.count("\n") == 1
