from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from outfold.data.profile import profile
from tests.engine.data.quality_cases import typed


def mixed():
    return typed(
        {
            "x": [1.0, 2.0, 3.0, 10.0, np.nan],
            "k": [0, 1, 1, 2, 4],
            "c": ["a", "b", "b", None, "b"],
            "flag": [True, False, True, True, True],
            "when": pd.to_datetime(["2024-01-01", "2024-01-03", None, "2024-01-02", "2024-01-31"]),
            "note": ["some words", "more words", "", "x", "y"],
            "id": ["p1", "p2", "p3", "p4", "p5"],
        },
        note="text",
        id="identifier",
    )


def test_numbers_are_summarised_as_r_does():
    """summary(c(1, 2, 3, 10)) and sd() of R 4: 1, 1.75, 2.5, 4, 4.75, 10 and 4.0825."""
    told = profile(*mixed())["x"].summary
    wanted = {"min": 1, "q1": 1.75, "median": 2.5, "mean": 4, "q3": 4.75, "max": 10, "sd": 4.082483}
    assert told == pytest.approx(wanted, abs=1e-6)


def test_roles_follow_types_unless_given():
    """Text and identifiers are no features; the target is the target."""
    told = profile(*mixed(), target="c", roles={"when": "time"})
    assert {c.name: c.role for c in told.columns} == {
        "x": "feature",
        "k": "feature",
        "c": "target",
        "flag": "feature",
        "when": "time",
        "note": "ignore",
        "id": "id",
    }


def test_missing_and_unique_are_counted():
    """Missing ones are no value of their own."""
    told = profile(*mixed())
    assert (told["c"].missing, told["c"].missing_share, told["c"].unique) == (1, 0.2, 2)


def test_levels_are_ranked_by_their_rows():
    """The most frequent stands first."""
    told = profile(*mixed())["c"]
    assert told.summary["top"] == [{"level": "b", "rows": 3}, {"level": "a", "rows": 1}]
    assert told.histogram.levels == ("b", "a")


def test_rare_levels_are_counted_together():
    """Twenty levels are shown; no row is lost."""
    words = [f"w{i}" for i in range(30) for _ in range(40 - i)]
    frame, schema = typed({"c": words})
    drawn = profile(frame, schema)["c"].histogram
    assert len(drawn.levels) == 20
    assert sum(drawn.counts) + drawn.others == len(words)


def test_dates_have_a_first_and_a_last():
    """As ISO text."""
    told = profile(*mixed())["when"].summary
    assert told == {"first": "2024-01-01T00:00:00", "last": "2024-01-31T00:00:00"}


@pytest.mark.parametrize("name", ["x", "k", "when"])
def test_a_histogram_holds_every_known_value(name):
    """At most 20 bins, one more edge than bins, edges rising, no row lost."""
    frame, schema = mixed()
    drawn = profile(frame, schema)[name].histogram
    assert sum(drawn.counts) == frame[name].notna().sum()
    assert len(drawn.edges) == len(drawn.counts) + 1 <= 21
    assert all(np.diff(drawn.edges) > 0)


def test_few_whole_numbers_have_a_bin_each():
    """0, 1, 2 and 4, with an empty bin for 3."""
    drawn = profile(*mixed())["k"].histogram
    assert drawn.counts == (1, 2, 1, 0, 1)
    assert drawn.edges == (-0.5, 0.5, 1.5, 2.5, 3.5, 4.5)


@pytest.mark.parametrize(
    "values", [[np.nan] * 3, [np.inf, -np.inf, 1.0], [1e300, -1e300, 1e308], [0.1, 0.1, 0.1]]
)
def test_odd_numbers_have_a_profile_that_json_can_hold(values):
    """What is undefined is null, never NaN or Infinity."""
    frame, schema = typed({"x": values})
    told = json.loads(profile(frame, schema).to_json(), parse_constant=pytest.fail)
    assert told["columns"][0]["summary"].keys() >= {"mean", "sd", "min", "max"}


def test_the_json_is_what_the_command_line_promises():
    """Rows, columns with their fields, findings with theirs."""
    told = json.loads(profile(*mixed(), target="c").to_json())
    assert told["rows"] == 5
    assert told["n_columns"] == len(told["columns"]) == 7
    fields = {"name", "type", "role", "missing", "unique", "summary"}
    assert all(fields <= column.keys() for column in told["columns"])
    (missing,) = [f for f in told["findings"] if f["code"] == "OF301"]
    assert missing["column"] == "c"
    assert missing["severity"] == "serious"
    assert missing["message"].startswith("The target 'c' is missing in 1 of 5 rows")
    assert missing["fix"] == {
        "kind": "drop_rows_missing_target",
        "columns": ["c"],
        "params": {},
        "text": "Leaves out the rows in which 'c' is missing.",
    }


def test_a_table_without_rows_has_a_profile():
    """Empty, and no error."""
    frame, schema = typed({"x": pd.Series([], dtype="float64"), "c": pd.Series([], dtype="str")})
    told = profile(frame, schema)
    assert told.rows == 0
    assert told.findings == ()
    assert told["c"].missing_share == 0
