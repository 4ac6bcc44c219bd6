"""Real tables as people pass them round, faults included, are read as they are described."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from outfold.data.propose import propose_target, propose_task
from outfold.errors import ReadError
from tests.engine.data.in_process import Reading

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not (FOLDER / "datasets.json").exists(),
        reason="the real tables are not beside the checkout (../shared/data)",
    ),
]


@cache
def read_once(name: str) -> Reading:
    return Reading(FOLDER / name)


def described() -> dict[str, dict[str, Any]]:
    path = FOLDER / "datasets.json"
    if not path.exists():
        return {}
    content = json.loads(path.read_text("utf-8"))
    entries = next(v for v in content.values() if isinstance(v, list))
    return {e["file"]: e for e in entries if not e["file"].endswith(".sqlite")}


MISSING_DIFFERS = {
    "air_quality.csv": "counted exactly below",
    "ames_housing.csv": "the level None is a level here",
    "mushrooms.csv": "'?' is taken as missing here, and said to be doubtful",
    "cardiotocography.xls": "no share is given",
}


@pytest.mark.parametrize("name", described() or ["none"])
def test_real_tables_have_the_described_shape(name: str) -> None:
    """Rows, columns and the share of missing cells are those of the description."""
    entry = described()[name]
    read = read_once(name)
    assert read.frame.shape == (entry["rows"], entry["columns"])
    if name not in MISSING_DIFFERS:
        assert read.frame.isna().to_numpy().mean() == pytest.approx(
            entry["missing_share"], abs=1e-4
        )


TYPES = {
    "titanic.csv": {
        "PassengerId": "identifier",
        "Name": "text",
        "Ticket": "text",
        "Sex": "categorical",
    },
    "ames_housing.csv": {"Order": "identifier", "PID": "identifier", "Mas.Vnr.Type": "categorical"},
    "telco_churn.csv": {
        "customerID": "identifier",
        "TotalCharges": "numeric",
        "Churn": "categorical",
    },
    "horse_colic.csv": {"column 25": "categorical", "column 4": "numeric", "column 3": "numeric"},
    "air_quality.csv": {
        "Date": "datetime",
        "CO(GT)": "numeric",
        "AH": "numeric",
        "Time": "categorical",
    },
    "bike_sharing_hourly.csv": {"instant": "identifier", "dteday": "datetime", "cnt": "numeric"},
    "sms_spam.csv": {"label": "categorical", "text": "text"},
    "hypothyroid.csv": {"TBG": "numeric", "age": "numeric", "Class": "categorical"},
    "mice_protein.csv": {"MouseID": "identifier", "class": "categorical"},
    "mammography.csv": {"column 7": "categorical", "column 1": "numeric"},
    "french_motor_mini.parquet": {"Area": "categorical", "ClaimRate": "numeric"},
    "abalone.xlsx": {"rings": "numeric", "length": "numeric"},
    "khan_tumours.csv.gz": {"tumour": "numeric", "split": "categorical", "V1": "numeric"},
}


@pytest.mark.parametrize("name", TYPES)
def test_real_columns_have_the_type_a_person_would_give(name: str) -> None:
    """Names of rows, free text, codes and dates are seen as such."""
    types = read_once(name).types()
    assert {column: types[column] for column in TYPES[name]} == TYPES[name]


def test_a_level_called_none_stays_a_level() -> None:
    """1,752 houses have no masonry; that is no missing value."""
    column = read_once("ames_housing.csv").frame["Mas.Vnr.Type"]
    assert (column == "None").sum() == 1752


def test_names_without_a_header_are_numbered() -> None:
    """Tables of numbers without names are seen as such."""
    for name, n in (("yeast.csv", 9), ("horse_colic.csv", 28), ("mammography.csv", 7)):
        read = read_once(name)
        assert list(read.frame.columns) == [f"column {i}" for i in range(1, n + 1)]
        assert read.options["header"] is False


PROPOSED = {
    "adult_income.csv": ("income >50K", "binary"),
    "bank_marketing.csv": ("deposit", "binary"),
    "german_credit.csv": ("class", "binary"),
    "telco_churn.csv": ("Churn", "binary"),
    "titanic.csv": ("Survived", "binary"),
    "penguins.csv": ("species", "multiclass"),
    "yeast.csv": ("column 9", "multiclass"),
    "bikeshare_counts.csv": ("bikers", "count"),
    "ames_housing.csv": ("SalePrice", "regression"),
    "medical_insurance.csv": ("charges", "regression"),
    "khan_tumours.csv.gz": ("tumour", "multiclass"),
    "concrete.csv": ("strength", "regression"),
}


@pytest.mark.parametrize("name", PROPOSED)
def test_the_proposed_target_and_task_are_those_a_person_would_choose(name: str) -> None:
    """Pressing Run without changing anything does something sensible."""
    read = read_once(name)
    target = propose_target(read.frame, read.schema)
    assert target is not None
    assert (target, propose_task(read.frame[target], read.schema[target].type)) == PROPOSED[name]


def test_the_database_is_refused_by_name() -> None:
    """Several tables are no table."""
    with pytest.raises(ReadError, match="is a SQLite database"):
        Reading(FOLDER / "chinook.sqlite")


def test_air_quality_lacks_exactly_what_is_empty() -> None:
    """Two nameless columns hold at most stray commas, and 114 rows of the others are empty."""
    read = read_once("air_quality.csv")
    assert read.frame.isna().to_numpy().sum() == 2 * 9471 + 114 * 15
    assert "114 rows hold nothing but empty cells" in read.said
    assert (read.options["delimiter"], read.options["decimal"]) == (";", ",")
