"""The command line as a contract: what each command prints, and how it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from outfold.cli import json_ready, main
from outfold.commands import COMMANDS
from tests.reference.cases import case, table
from tests.tables import mixed_table

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("OUTFOLD_HOME", str(tmp_path / "home"))


@pytest.fixture
def csv(tmp_path) -> str:
    """A small mixed table with a binary target ``y``."""
    path = tmp_path / "mixed.csv"
    mixed_table(160).to_csv(path, index=False)
    return str(path)


def printed(capsys, *arguments: str) -> dict:
    """The JSON document that a command prints."""
    assert main([*arguments, "--json"]) == 0
    out = capsys.readouterr().out
    return json.loads(out)


def test_profile_prints_columns_and_findings(capsys, csv):
    """The contract's fields are there, and say what the table holds."""
    found = printed(capsys, "profile", csv, "--target", "y")
    assert found["rows"] == 160
    columns = {c["name"]: c for c in found["columns"]}
    assert set(columns) == {"amount", "signal", "noise", "kind", "flag", "when", "y"}
    assert columns["y"]["role"] == "target"
    assert columns["kind"]["type"] == "categorical"
    assert columns["flag"]["type"] == "boolean"
    assert columns["when"]["type"] == "datetime"
    for field in ("missing", "unique", "summary"):
        assert field in columns["noise"]
    for finding in found["findings"]:
        assert {"code", "severity", "column", "message", "fix"} <= set(finding)


def test_associate_prints_each_pair_with_its_measure(capsys, csv):
    """Every pair comes once; with a target only its pairs."""
    found = printed(capsys, "associate", csv)
    names = {(p["a"], p["b"]) for p in found["pairs"]}
    assert len(names) == len(found["pairs"]) == 21
    for pair in found["pairs"]:
        assert {"measure", "value", "p_value", "n", "p_adjusted"} <= set(pair)
    with_target = printed(capsys, "associate", csv, "--target", "y")
    assert len(with_target["pairs"]) == 6
    assert all("y" in (p["a"], p["b"]) for p in with_target["pairs"])


def test_associate_gives_all_that_the_page_shows(capsys, csv):
    """Relevance with intervals, groups, inflation, gaps, and one pair by every measure."""
    found = printed(
        capsys, "associate", csv, "--target", "y", "--redundancy", "0.3", "--vif", "--missingness",
        "--pair", "signal", "noise", "--mixed", "mutual_info",
    )  # fmt: skip
    assert {r["column"] for r in found["relevance"]} >= {"signal", "noise", "kind"}
    best = found["relevance"][0]
    assert best["low"] <= abs(best["value"]) <= best["high"]
    assert {"gvif", "df", "scaled", "n"} <= set(found["vif"][0])
    assert "y" not in {v["column"] for v in found["vif"]}
    assert {"complete_rows", "columns", "patterns"} <= set(found["missingness"])
    assert all(len(g["members"]) > 1 for g in found["redundancy"])
    assert [m["name"] for m in found["pair"]][:2] == ["Pearson's r", "Spearman's rho"]
    given = printed(capsys, "associate", csv, "--given", "noise")
    assert {p["measure"] for p in given["pairs"]} == {"partial"}
    assert not any("noise" in (p["a"], p["b"]) for p in given["pairs"])


def test_select_prints_selection_scores_and_merit(capsys, csv):
    """CFS keeps the signal; its merit is printed."""
    found = printed(capsys, "select", csv, "--target", "y", "--selector", "cfs")
    assert "signal" in found["selected"]
    assert {s["feature"] for s in found["scores"]} >= {"signal", "noise", "kind"}
    assert sorted(s["rank"] for s in found["scores"]) == list(range(1, len(found["scores"]) + 1))
    assert 0 < found["merit"] < 1


def test_select_follows_one_selector_by_another(capsys, csv):
    """Settings go to the link that has them, or to the one named; each link's own find is there."""
    found = printed(
        capsys, "select", csv, "--target", "y", "--selector",
        "variance:threshold=0.6+anova_f+correlation", "--param", "relevance=0.0",
        "--param", "anova_f.k=3", "--param", "3.k=1",
    )  # fmt: skip
    chain = "variance(threshold=0.6)+anova_f(k=3)+correlation(k=1, relevance=0.0)"
    assert found["selector"] == chain
    assert [link["selector"] for link in found["links"]] == chain.split("+")
    assert found["selected"] == ["signal"]
    assert len(found["links"][1]["selected"]) <= 3
    assert {s["feature"] for s in found["scores"]} == set(found["links"][0]["scores"])
    assert sorted(s["rank"] for s in found["scores"]) == list(range(1, len(found["scores"]) + 1))
    last = max(found["scores"], key=lambda s: s["rank"])
    assert last["score"] is None
    assert main(["select", csv, "--target", "y", "--selector", "variance+cfs"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("variance+cfs: ")
    assert "variance left out nothing" in said


def test_resample_prints_counts_and_writes_rows(capsys, csv, tmp_path):
    """Over-sampling evens out the classes; the rows written are those counted."""
    out = tmp_path / "rows.csv"
    found = printed(
        capsys, "resample", csv, "--target", "y", "--resampler", "random_over", "--out", str(out)
    )
    assert found["before"] == {"no": 120, "yes": 40}
    assert found["after"] == {"no": 120, "yes": 120}
    assert len(out.read_text().splitlines()) == 241


def test_deviance_agrees_with_r(capsys, tmp_path):
    """The warp breaks model of R's manual: deviances 297.372, 226.431 and 182.305."""
    path = tmp_path / "warpbreaks.csv"
    table("warpbreaks.csv").to_csv(path, index=False)
    found = printed(
        capsys, "deviance", str(path), "--formula", "breaks ~ wool * tension",
        "--family", "poisson", "--against", "breaks ~ tension",
    )  # fmt: skip
    assert found["fit"]["null_deviance"] == pytest.approx(297.372211804605, rel=1e-9)
    assert found["fit"]["residual_deviance"] == pytest.approx(182.305131285847, rel=1e-8)
    last = found["analysis_of_deviance"][-1]
    assert last["delta"] == pytest.approx(44.1255, abs=1e-4)
    assert last["df"] == 3
    assert last["p_value"] == pytest.approx(1.42e-9, rel=1e-2)


def test_deviance_gives_errors_by_group(capsys, tmp_path):
    """--cluster names the groups; the errors are t on one degree less than there are groups."""
    path = tmp_path / "warpbreaks.csv"
    table("warpbreaks.csv").assign(loom=[f"l{i % 9}" for i in range(54)]).to_csv(path, index=False)
    arguments = ["deviance", str(path), "--formula", "breaks ~ wool", "--family", "poisson"]
    usual, by_group = printed(capsys, *arguments), printed(capsys, *arguments, "--cluster", "loom")
    assert by_group["fit"]["errors"] == "cluster"
    assert by_group["fit"]["statistic_kind"] == "t"
    assert by_group["fit"]["coefficients"] == usual["fit"]["coefficients"]
    assert by_group["fit"]["standard_errors"] != usual["fit"]["standard_errors"]
    assert any("9 groups only" in n for n in by_group["fit"]["notes"])


def test_deviance_steps_as_r_does_and_says_that_its_p_values_are_optimistic(capsys, tmp_path):
    """R's ``step`` in both directions on the Swiss fertility data."""
    expected = case("deviance.json", "step-both-swiss").expected["path"]
    path = tmp_path / "swiss.csv"
    table("swiss.csv").to_csv(path, index=False)
    wide = "Fertility ~ Agriculture + Examination + Education + Catholic + `Infant.Mortality`"
    arguments = ["deviance", str(path), "--formula", wide, "--family", "gaussian"]
    found = printed(capsys, *arguments, "--stepwise", "aic")
    steps = found["path"]["steps"]
    assert [s["action"].replace("`", "") for s in steps] == [e["step"] for e in expected]
    assert [s["criterion"] for s in steps] == pytest.approx([e["criterion"] for e in expected])
    assert found["fit"]["residual_deviance"] == pytest.approx(expected[-1]["resid_dev"])
    assert "optimistic" in found["fit"]["notes"][-1]
    assert "Examination" not in found["fit"]["formula"]


def test_deviance_adds_the_terms_of_a_wider_formula_one_at_a_time(capsys, tmp_path):
    """R's ``add1`` on the infertility data."""
    expected = case("deviance.json", "aod-add1-chisq-infert").expected["rows"]
    path = tmp_path / "infert.csv"
    table("infert.csv").to_csv(path, index=False)
    found = printed(
        capsys, "deviance", str(path), "--formula", "case ~ age", "--family", "binomial",
        "--against", "case ~ age + parity + education + induced + spontaneous", "--table", "add1",
    )["analysis_of_deviance"]  # fmt: skip
    assert [r["term"] for r in found] == [e["row"] for e in expected]
    assert [r["p_value"] for r in found[1:]] == pytest.approx([e["p"] for e in expected[1:]])


@pytest.mark.cluster
def test_compare_prints_keeps_and_reuses_a_run(capsys, csv, tmp_path):
    """The leaderboard's fields, a second run that computes nothing, and the run's trade-off."""
    out = str(tmp_path / "run")
    arguments = ["compare", csv, "--target", "y", "--selectors", "none,anova_f",
                 "--folds", "3", "--repeats", "1", "--out", out,
                 "--models", "logistic,decision_tree:max_depth=3"]  # fmt: skip
    found = printed(capsys, *arguments)
    assert found["steps"].pop("predicted_seconds") > 0
    assert found["steps"].pop("seconds") > 0
    assert found["steps"] == {"computed": 15, "reused": 0, "failed": 0}
    assert found["study"]["target"] == "y"
    assert len(found["leaderboard"]) == 5
    fields = {"candidate", "selector", "resampler", "model", "metrics", "fit_seconds",
              "predict_seconds_per_1000", "size_bytes", "status", "reason"}  # fmt: skip
    for row in found["leaderboard"]:
        assert fields <= set(row)
        assert {"mean", "std", "low", "high"} <= set(row["metrics"]["roc_auc"])
    assert found["comparison"]["pairs"]

    again = printed(capsys, *arguments)
    assert again["steps"].items() >= {"computed": 0, "reused": 15, "failed": 0}.items()
    assert again["leaderboard"] == found["leaderboard"]

    study = tmp_path / "study.json"
    study.write_text(json.dumps(found["study"]))
    once_more = printed(capsys, "compare", csv, "--study", str(study), "--out", out)
    assert once_more["steps"]["reused"] == 15

    offers = printed(capsys, "tradeoff", out, "--cost", "size_bytes")
    assert set(offers["pareto"]) <= {row["candidate"] for row in found["leaderboard"]}
    assert offers["pareto"]


GLM = ["deviance", "CSV", "--formula", "y ~ signal", "--family", "binomial"]
BAD = {
    "no such file": (["profile", "nowhere.csv"], "nowhere.csv"),
    "no such sample": (["profile", "sample:wined"], "Did you mean wine"),
    "no such command": (["profil"], "invalid choice"),
    "no such target": (["select", "CSV", "--target", "z", "--selector", "cfs"], "no column 'z'"),
    "no such selector": (["select", "CSV", "--target", "y", "--selector", "cf"], "mean cfs"),
    "a parameter of several links": (
        ["select", "CSV", "--target", "y", "--selector", "variance+anova_f", "--param", "k=1"],
        "Write 1.k=value or 2.k=value",
    ),
    "a parameter of no link": (
        ["select", "CSV", "--target", "y", "--selector", "variance+cfs", "--param", "q=1"],
        "No link of variance+cfs has a parameter 'q'",
    ),
    "no such link": (
        ["select", "CSV", "--target", "y", "--selector", "variance+cfs", "--param", "l1.k=1"],
        "'l1' is no link of variance+cfs",
    ),
    "a chain of five": (
        ["select", "CSV", "--target", "y", "--selector", "cfs+cfs+cfs+cfs+cfs"],
        "At most 3 can follow one another",
    ),
    "no such parameter": (
        ["select", "CSV", "--target", "y", "--selector", "cfs", "--param", "q=1"],
        "has no parameter 'q'",
    ),
    "a parameter out of range": (
        ["compare", "CSV", "--target", "y", "--models", "knn:n_neighbors=0"],
        "a whole number from 1",
    ),
    "one fold": (["compare", "CSV", "--target", "y", "--folds", "1"], "from 2 to 50"),
    "a resampler for a number": (
        ["resample", "CSV", "--target", "signal", "--resampler", "smotenc"],
        "no classes to balance",
    ),
    "a formula that runs code": (
        ["deviance", "CSV", "--formula", "y ~ __import__('os')", "--family", "binomial"],
        "no meaning",
    ),
    "terms to add from nowhere": (
        [*GLM, "--table", "add1"],
        "add1 takes one wider formula, and 0 were given",
    ),
    "a direction without steps": ([*GLM, "--direction", "both"], "none is asked for"),
    "steps against a formula": (
        [*GLM, "--stepwise", "aic", "--against", "y ~ 1"],
        "nothing to put it against",
    ),
    "two kinds of standard errors": (
        [
            "deviance",
            "CSV",
            "--formula",
            "y ~ signal",
            "--family",
            "binomial",
            "--errors",
            "HC1",
            "--cluster",
            "kind",
        ],
        "two kinds of standard errors",
    ),
    "a study that is no JSON": (["compare", "CSV", "--study", "CSV"], "no JSON"),
    "a folder without a run": (["tradeoff", "."], "holds no run"),
    "a role that is none": (
        ["compare", "CSV", "--target", "y", "--role", "kind=boss"],
        "gives no role",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_one_line_and_status_two(capsys, csv, name):
    """One line on standard error names what is wrong; nothing is printed, nothing traced."""
    arguments, complaint = BAD[name]
    assert main([csv if a == "CSV" else a for a in arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("outfold: ")
    assert said.err.count("\n") == 1
    assert complaint in said.err


FILES = {
    "empty": b"",
    "header only": b"a,b,c\n",
    "one row": b"a,b\n1,2\n",
    "noise": bytes(range(256)) * 40,
    "pickle": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94(K\x01K\x02u.",
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_table_gets_one_line(capsys, tmp_path, name):
    """From an empty file to binary noise: a sentence, never a traceback."""
    path = tmp_path / "input.csv"
    path.write_bytes(FILES[name])
    status = main(["compare", str(path), "--target", "a"])
    said = capsys.readouterr()
    assert status == 2
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
def test_every_command_prints_for_people_too(command):
    """Without --json a command prints words; its help names its arguments."""
    done = subprocess.run(
        [sys.executable, "-m", "outfold", command.name, "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert command.summary in " ".join(done.stdout.split())
    assert "--json" in done.stdout


def test_what_json_cannot_hold_becomes_null():
    """NaN and infinities are not JSON."""
    import numpy as np

    assert json_ready({"a": float("nan"), "b": [np.float64("inf"), np.int64(3)]}) == {
        "a": None,
        "b": [None, 3],
    }
