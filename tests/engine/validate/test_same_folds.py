"""Splits stay what they were, row by row, whatever the code that draws them looks like."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from outfold.study.split import splits
from outfold.study.study import Validation
from tests.engine.validate.split_cases import digest, settings, tables

WRITTEN = json.loads((Path(__file__).parent / "splits.json").read_text())["cases"]


@pytest.mark.parametrize(
    "case", WRITTEN, ids=lambda c: f"{c['table']}-{'-'.join(map(str, c['validation'].values()))}"
)
def test_the_same_seed_gives_the_folds_written_down(case):
    """A study run again years later holds out the same rows."""
    found = splits(Validation(**case["validation"]), **tables()[case["table"]], seed=case["seed"])
    assert digest(found) == case["digest"]


def test_every_setting_was_written_down():
    """The file covers each table and validation for two seeds."""
    assert len(WRITTEN) == 2 * len(list(settings()))
