"""The options of ``compare`` that choose how rows are held out."""

from __future__ import annotations

import argparse
import json

import pytest

from outfold.commands.validation import add_validation, roles_in, validation_of
from outfold.errors import ParameterError, StudyError, UnknownNameError
from outfold.study.study import Validation
from outfold.validate.catalogue import schemes
from outfold.validate.fields import FIELDS


def given(*arguments: str) -> argparse.Namespace:
    """The options as a command line gives them."""
    parser = argparse.ArgumentParser()
    add_validation(parser)
    return parser.parse_args(list(arguments))


def test_nothing_asked_for_changes_nothing():
    """The study's own validation stands."""
    now = Validation("time", folds=4, gap=3)
    assert validation_of(given(), now) == now
    assert roles_in(given()) == []


@pytest.mark.parametrize("scheme", schemes())
def test_every_scheme_takes_its_settings(scheme):
    """Each field that a scheme uses is an option."""
    values = {"folds": 4, "repeats": 2, "test_share": 0.5, "gap": 6, "gap_time": 1.5, "window": 30,
              "resamples": 20}  # fmt: skip
    assert set(values) == {field.key for field in FIELDS}
    used = {k: v for k, v in values.items() if schemes()[scheme].uses(k)}
    words = [w for k, v in used.items() for w in ("--" + k.replace("_", "-"), str(v))]
    made = validation_of(given("--validation", scheme, *words), Validation())
    assert made == Validation(scheme, **used)


def test_a_setting_that_would_do_nothing_is_refused():
    """The hint says what the scheme uses."""
    with pytest.raises(ParameterError, match="--gap has no effect with the scheme stratified"):
        validation_of(given("--gap", "3"), Validation())
    with pytest.raises(UnknownNameError, match="Did you mean stratified"):
        validation_of(given("--validation", "stratifed"), Validation())
    with pytest.raises(StudyError, match="folds = 1"):
        validation_of(given("--folds", "1"), Validation())


def test_group_and_time_give_roles():
    """They are short for ``--role``."""
    assert roles_in(given("--group", "site", "--time", "day")) == ["site=group", "day=time"]


@pytest.mark.cluster
def test_a_bootstrap_is_compared_from_the_command_line(capsys, tmp_path, monkeypatch):
    """The document names the method of the figure and of its interval."""
    from outfold.cli import main
    from tests.tables import mixed_table

    monkeypatch.setenv("OUTFOLD_HOME", str(tmp_path / "home"))
    mixed_table(90).to_csv(tmp_path / "t.csv", index=False)
    words = ["compare", str(tmp_path / "t.csv"), "--target", "y", "--models", "logistic", "--json"]
    asked = ["--validation", "bootstrap_632_plus", "--resamples", "10", "--group", "amount"]
    assert main([*words, *asked]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["estimate"].startswith(".632+ bootstrap over 10 draws")
    assert told["study"]["validation"]["resamples"] == 10
    assert ["amount", "group"] in told["study"]["roles"]
    assert all(row["status"] == "finished" for row in told["leaderboard"])
    assert main([*words, "--validation", "time"]) == 2
    assert "needs a column with the role time" in capsys.readouterr().err
