"""The command line beyond one comparison: several tables, costs, and training rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from outfold.cli import main
from outfold.commands.compare import RUN_FILE
from outfold.study.defaults import default_study, with_target
from outfold.study.study import NONE, Choice, Validation
from outfold.study.workspace import Workspace
from tests.here import carry_out_here
from tests.tables import mixed_table


def kept(folder: Path, rows: int) -> Path:
    """A folder as compare --out leaves it."""
    workspace = Workspace(folder)
    dataset = workspace.datasets.add_frame(mixed_table(rows, "binary"), f"table of {rows}")
    frame = workspace.datasets.frame(dataset.key)
    study = with_target(default_study(dataset, frame), dataset, frame, "y", "binary")
    run, _ = carry_out_here(
        workspace,
        study.replace(
            validation=Validation("stratified", folds=2), selectors=(NONE,), resamplers=(NONE,),
            models=(Choice("logistic"), Choice("naive_bayes"), Choice("decision_tree")),
        ),
    )  # fmt: skip
    (folder / RUN_FILE).write_text(json.dumps({"run": run}))
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Three kept runs, each on a table of its own."""
    root = tmp_path_factory.mktemp("tables")
    return [str(kept(root / f"run{rows}", rows)) for rows in (120, 140, 160)]


def test_kept_runs_are_ranked_over_their_tables(folders, capsys):
    """As JSON and for people; few tables are told."""
    assert main(["across", *folders, "--metric", "roc_auc", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["tables"] == ["table of 120", "table of 140", "table of 160"]
    ranks = [row["average_rank"] for row in told["ranks"]]
    assert ranks == sorted(ranks)
    assert sum(ranks) == pytest.approx(6)
    assert len(told["pairs"]) == 3
    assert told["friedman"]["df"] == 2
    assert any("3 tables are few" in note for note in told["notes"])
    assert main(["across", *folders]) == 0
    assert "critical difference" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda f: [f[0]], "at least two tables"),
        (lambda f: [f[0], f[0]], "of one table"),
        (lambda f: [f[0], "nowhere"], "neither a folder nor a run"),
        (lambda f: [f[0], str(Path(f[0]).parent)], "holds no run"),
        (lambda f: [*f, "--alpha", "2"], "between 0 and 0.5"),
        (lambda f: [*f, "--metric", "rmse"], "not defined"),
    ],
)
def test_what_is_no_comparison_over_tables_is_refused(folders, capsys, change, says):
    """One line, and exit status 2."""
    assert main(["across", *change(folders)]) == 2
    told = capsys.readouterr().err
    assert says in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("costs", "says"), [("fp=1", "fn is not said"), ("fp=1,fn=x", "no cost"), ("fp=0,fn=1", "more")]
)
def test_costs_that_are_none_are_refused_before_anything_is_fitted(tmp_path, capsys, costs, says):
    """The sentence says how costs are written."""
    asked = ["compare", "sample:breast_cancer", "--costs", costs, "--out", str(tmp_path / "out")]
    assert main(asked) == 2
    assert says in capsys.readouterr().err


@pytest.mark.cluster
def test_candidates_are_ranked_by_cost_and_then_judged_in_training(tmp_path, capsys):
    """One folder: the second command reuses what comes before the fits."""
    path = tmp_path / "table.csv"
    mixed_table(120, "binary").to_csv(path, index=False)
    asked = [str(path), "--target", "y", "--models", "logistic,naive_bayes", "--folds", "2",
             "--repeats", "1", "--workers", "1", "--out", str(tmp_path / "out"),
             "--json"]  # fmt: skip
    assert main(["compare", *asked, "--costs", "fp=1,fn=9"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["metric"] == "expected_cost:fp=1:fn=9:tp=0:tn=0"
    means = [row["metrics"][told["metric"]]["mean"] for row in told["leaderboard"]]
    assert means == sorted(means)
    assert told["comparison"]["metric"] == told["metric"]
    assert main(["gap", *asked]) == 0
    told = json.loads(capsys.readouterr().out)
    best = told["candidates"][0]
    assert len(best["by_split"]["train"]) == 2
    assert best["sentence"] == told["sentence"]
    assert {"train", "held_out", "lost", "verdict"} <= set(best)
