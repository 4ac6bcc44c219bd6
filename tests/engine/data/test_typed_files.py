"""Excel, Parquet, Feather and JSON are read with the types that they hold."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from outfold.errors import ReadError
from tests.engine.data.in_process import Reading, read_text

FRAME = pd.DataFrame(
    {
        "whole": [1, 2, 3, 4],
        "real": [1.5, np.nan, -2.0, 0.25],
        "word": pd.Series(["b", "a", None, "b"], dtype="str"),
        "truth": pd.array([True, None, False, True], dtype="boolean"),
        "when": pd.to_datetime(
            ["2024-01-31", "2024-02-29 12:30", None, "2023-12-01"], format="ISO8601"
        ),
    }
)


def check(read: Reading) -> None:
    frame = read.frame
    assert read.types() == {
        "whole": "numeric", "real": "numeric", "word": "categorical", "truth": "boolean",
        "when": "datetime",
    }  # fmt: skip
    assert frame["whole"].dtype == "int64"
    assert frame["real"].dtype == "float64"
    assert frame["truth"].dtype == "boolean"
    assert frame["when"].dtype.kind == "M"
    assert frame["whole"].tolist() == [1, 2, 3, 4]
    pd.testing.assert_series_equal(frame["real"], FRAME["real"])
    assert frame["word"].astype(object).where(frame["word"].notna(), None).tolist() == [
        "b",
        "a",
        None,
        "b",
    ]
    assert frame["word"].cat.categories.tolist() == ["a", "b"]
    assert frame["truth"].isna().tolist() == [False, True, False, False]
    assert frame["when"].dropna().tolist() == FRAME["when"].dropna().tolist()


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    """Numbers, words, truth values and times come back as they were."""
    FRAME.to_parquet(tmp_path / "t.parquet")
    check(Reading(tmp_path / "t.parquet"))


@pytest.mark.parametrize("compression", ["lz4", "zstd", "uncompressed"])
def test_feather_keeps_its_types(tmp_path: Path, compression: str) -> None:
    """Feather is read with each of its compressions."""
    feather.write_feather(
        pa.Table.from_pandas(FRAME), tmp_path / "t.feather", compression=compression
    )
    check(Reading(tmp_path / "t.feather"))


def test_excel_keeps_its_types(tmp_path: Path) -> None:
    """Whole numbers come back whole, although a sheet knows only reals."""
    FRAME.to_excel(tmp_path / "t.xlsx", index=False)
    read = Reading(tmp_path / "t.xlsx")
    check(read)
    assert read.options == {"format": "excel", "sheet": "Sheet1", "header": True}


@pytest.mark.parametrize("pack", ["", ".gz", ".zip"])
@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_json_keeps_its_types(tmp_path: Path, form: str, pack: str) -> None:
    """A list of records and records line by line, packed or not; ISO times are dates."""
    records = json.loads(FRAME.to_json(orient="records", date_format="iso"))
    text = json.dumps(records) if form == "json" else "\n".join(map(json.dumps, records))
    path = tmp_path / f"t.{form}{pack}"
    if pack == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("inside.json", text)
    else:
        path.write_bytes(gzip.compress(text.encode()) if pack else text.encode())
    check(Reading(path))


@pytest.mark.parametrize(
    "document",
    [
        [{"a": 1, "b": {"c": "x"}}, {"a": 2, "b": {"c": "y"}}],
        {"data": [{"a": 1, "b.c": "x"}, {"a": 2, "b.c": "y"}]},
        {"a": [1, 2], "b.c": ["x", "y"]},
        {"a": {"0": 1, "1": 2}, "b.c": {"0": "x", "1": "y"}},
        {"columns": ["a", "b.c"], "index": [0, 1], "data": [[1, "x"], [2, "y"]]},
        [["a", "b.c"], [1, "x"], [2, "y"]],
    ],
)
def test_every_usual_shape_of_json_is_a_table(tmp_path: Path, document: Any) -> None:
    """Records, nested records, columns and the ways in which pandas writes JSON."""
    read = read_text(tmp_path, json.dumps(document), "t.json")
    assert read.frame["a"].tolist() == [1, 2]
    assert read.frame["b.c"].tolist() == ["x", "y"]


def test_json_lines_may_lack_keys_and_mix_kinds(tmp_path: Path) -> None:
    """A key that comes late is a column; numbers and words mixed are words."""
    lines = (
        [{"a": i} for i in range(30_000)] + [{"a": 0.5, "late": "x"}] * 3 + [{"a": 1, "late": 2}]
    )
    read = read_text(tmp_path, "\n".join(map(json.dumps, lines)), "t.jsonl")
    assert read.frame.shape == (30_004, 2)
    assert read.frame["a"].dtype == "float64"
    assert read.frame["late"].value_counts().to_dict() == {"x": 3, "2": 1}


def book(path: Path, **sheets: list[list[Any]]) -> None:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)


def test_the_largest_sheet_is_taken_and_another_can_be_chosen(tmp_path: Path) -> None:
    """A sheet of remarks in front of the data is passed over; the choice is said."""
    table = [["x", "y"], *([i, i / 2] for i in range(50))]
    book(
        tmp_path / "t.xlsx", About=[["made by hand"]], Data=table, More=[["x", "y"], [1, 2], [3, 4]]
    )
    read = Reading(tmp_path / "t.xlsx")
    assert read.options["sheet"] == "Data"
    assert "'About' and 'More'" in read.said
    assert Reading(tmp_path / "t.xlsx", sheet="More").frame.shape == (2, 2)
    assert Reading(tmp_path / "t.xlsx", sheet=3).frame.shape == (2, 2)
    with pytest.raises(ReadError, match="There is no sheet 'Nope'"):
        Reading(tmp_path / "t.xlsx", sheet="Nope")


def test_titles_and_sums_around_a_sheets_table_are_left_out(tmp_path: Path) -> None:
    """What stands above and below a table is no row of it, and the person is told."""
    rows = [["Sales of the year", None, None], [None] * 3, ["shop", "day", "sum"]]
    rows += [[f"shop {i % 4}", dt.date(2024, 1, 1 + i), i * 1.5] for i in range(20)]
    rows += [[None] * 3, [None, None, 285.0]]
    book(tmp_path / "t.xlsx", Data=rows)
    read = Reading(tmp_path / "t.xlsx")
    assert read.frame.shape == (20, 3)
    assert read.types() == {"shop": "categorical", "day": "datetime", "sum": "numeric"}
    assert "2 lines above the table were left out" in read.said
    assert "2 rows below the table, from row 24 on" in read.said


def test_a_gap_in_the_last_rows_is_no_footer(tmp_path: Path) -> None:
    """A last row that lacks one cell among several stays."""
    rows = [["a", "b", "c", "d"], *([i, i, i, i] for i in range(30)), [30, 30, 30, None]]
    book(tmp_path / "t.xlsx", Data=rows)
    assert Reading(tmp_path / "t.xlsx").frame.shape == (31, 4)


def test_times_with_a_zone_are_moved_to_utc(tmp_path: Path) -> None:
    """A zone is taken off only after moving the time, and that is said."""
    when = pd.to_datetime(["2024-01-01 12:00", "2024-07-01 12:00"]).tz_localize("Europe/Berlin")
    pd.DataFrame({"when": when}).to_parquet(tmp_path / "t.parquet")
    read = Reading(tmp_path / "t.parquet")
    assert read.frame["when"].dt.hour.tolist() == [11, 10]
    assert "moved to UTC" in read.said


def test_columns_that_are_no_columns_are_left_out(tmp_path: Path) -> None:
    """Lists and records in Parquet have no place in a table."""
    table = pa.table({"a": [1, 2], "list": [[1], [2, 3]], "record": [{"x": 1}, {"x": 2}]})
    pq.write_table(table, tmp_path / "t.parquet")
    read = Reading(tmp_path / "t.parquet")
    assert list(read.frame.columns) == ["a"]
    assert "2 columns of lists, records or bytes left out: 'list' and 'record'" in read.said


def test_narrow_and_odd_types_become_the_usual_ones(tmp_path: Path) -> None:
    """Small integers, decimals, durations, times of day and integer labels all find a type."""
    table = pa.table(
        {
            "small": pa.array([1, 2, None], pa.int8()),
            "unsigned": pa.array([1, 2, 3], pa.uint16()),
            "money": pa.array([1, 2, 3], pa.decimal128(10, 2)),
            "took": pa.array([1, 2, 3], pa.duration("s")),
            "clock": pa.array([dt.time(1), dt.time(2), dt.time(2)], pa.time32("s")),
            "label": pa.array([3, 1, 3]).dictionary_encode(),
            "nothing": pa.nulls(3),
            "infinite": pa.array([1.0, float("inf"), 2.0]),
        }
    )
    feather.write_feather(table, tmp_path / "t.feather")
    read = Reading(tmp_path / "t.feather")
    kinds = {name: str(t) for name, t in read.frame.dtypes.items()}
    assert kinds == {
        "small": "float64", "unsigned": "int64", "money": "float64", "took": "float64",
        "clock": "category", "label": "category", "nothing": "float64", "infinite": "float64",
    }  # fmt: skip
    assert read.frame["took"].tolist() == [1.0, 2.0, 3.0]
    assert read.frame["label"].cat.categories.tolist() == ["1", "3"]
    assert read.frame["infinite"].isna().tolist() == [False, True, False]


def test_names_with_dots_do_not_pull_in_their_neighbours(tmp_path: Path) -> None:
    """Parquet takes dots for nesting; a column a beside a.b stays itself."""
    pd.DataFrame({"a": [1, 2], "a.b": ["x", "y"], "a.b.c": [0.5, 1.5]}).to_parquet(
        tmp_path / "t.parquet"
    )
    read = Reading(tmp_path / "t.parquet")
    assert list(read.frame.columns) == ["a", "a.b", "a.b.c"]
    assert read.frame["a.b"].tolist() == ["x", "y"]
