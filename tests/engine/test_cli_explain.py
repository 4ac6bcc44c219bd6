"""``explain`` from the command line: a kept run of several models, every option, and refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from outfold.cli import main
from tests.tables import mixed_table


@pytest.mark.cluster
def test_a_kept_run_is_explained_from_the_command_line(capsys, tmp_path, monkeypatch):
    """The best or a named candidate, a class, a metric, any row; one document; kept for later."""
    monkeypatch.setenv("OUTFOLD_HOME", str(tmp_path / "home"))
    mixed_table(160).to_csv(tmp_path / "t.csv", index=False)
    kept = tmp_path / "kept"
    models = "logistic,random_forest:n_estimators=10"
    words = ["compare", str(tmp_path / "t.csv"), "--target", "y", "--models", models]
    assert main([*words, "--folds", "2", "--workers", "1", "--out", str(kept), "--json"]) == 0
    board = json.loads(capsys.readouterr().out)["leaderboard"]
    forest = next(r["candidate"] for r in board if "random_forest" in r["candidate"])

    def explained(*words: str) -> dict:
        assert main(["explain", str(kept), "--workers", "1", "--json", *words]) == 0
        return json.loads(capsys.readouterr().out)

    best = explained()
    assert best["candidate"] == next(r["candidate"] for r in board if r["rank"] == 1)
    assert (best["rows"], best["splits"], best["row"]) == (160, 2, None)
    assert best["largest_difference_from_run"] == 0.0
    assert best["largest_residual"] < 1e-9
    features = {"amount", "signal", "noise", "kind", "flag", "when"}
    assert {c["feature"] for c in best["importance"]} == features
    sizes = [c["mean_abs_shap"] for c in best["importance"]]
    assert sizes == sorted(sizes, reverse=True)
    assert {c["features"][0] for c in best["permutation"]["columns"]} == features
    assert best["steps"]["failed"] == 0

    asked = ("--candidate", forest, "--class", "no", "--rows", "20", "--metric", "brier")
    shown = explained(*asked)
    drawn = explained(*asked, "--row", "1")
    assert drawn["steps"]["computed"] == 0
    assert drawn["importance"] == shown["importance"]
    assert (drawn["candidate"], drawn["class"]) == (forest, "no")
    assert drawn["permutation"]["metric"] == "brier"
    other = explained("--candidate", forest, "--rows", "20", "--row", "1")
    for row, sign in ((drawn["row"], 1), (other["row"], -1)):
        assert row["row"] == 1
        total = row["base"] + sum(v["shap"] for v in row["values"])
        assert total == pytest.approx(row["output"], abs=1e-9)
        assert row["output"] == pytest.approx(row["prediction"], abs=1e-9)
        assert sign * row["values"][0]["shap"] == pytest.approx(drawn["row"]["values"][0]["shap"])

    assert main(["explain", str(kept), "--workers", "1"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(best["candidate"])
    assert "gets worse by" in out

    for wrong, told in (
        (["--metric", "mae"], "Mean absolute error is not defined for this task"),
        (["--metric", "rocauc"], "no metric named 'rocauc'"),
        (["--class", "maybe"], "There is no class 'maybe'. Known: no, yes."),
        (["--candidate", "none + none + dummy"], "no candidate 'none + none + dummy' to explain"),
        (["--rows", "3"], "It takes a whole number from 20"),
        (
            ["--row", "0"],
            "There is no row 0. Rows are numbered from 1, the first below the heading",
        ),
        (["--row", "161"], "There is no row 161. Rows are numbered from 1"),
    ):
        assert main(["explain", str(kept), "--workers", "1", *wrong]) == 2
        caught = capsys.readouterr()
        assert told in caught.err
        assert "Traceback" not in caught.err
        assert not caught.out


def test_a_folder_without_a_run_is_refused(capsys, tmp_path: Path):
    """One sentence, and how to make one."""
    assert main(["explain", str(tmp_path)]) == 2
    assert "holds no run. Make one with compare DATA --out DIR." in capsys.readouterr().err
