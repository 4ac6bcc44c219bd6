"""What is no table, or a broken one, is refused in one sentence that says what is wrong."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outfold.data.isolate import read_apart
from outfold.data.options import Limits
from outfold.data.read import read_table
from outfold.data.store import DatasetStore
from outfold.errors import OutfoldError, ReadError, UnknownNameError
from tests.engine.data.in_process import Reading, read_text

TABLE = "a,b,c\n" + "".join(f"{i},{i}.5,{'xyz'[i % 3]}\n" for i in range(60))


def zipped(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_", "."), text)
    return out.getvalue()


def locked_zip() -> bytes:
    """A zip archive whose headers say that its member is encrypted."""
    raw = bytearray(zipped(t_csv=TABLE))
    raw[6] |= 1
    raw[raw.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


def parquet() -> bytes:
    out = io.BytesIO()
    pd.DataFrame({"a": range(1000), "b": np.arange(1000) * 0.37}).to_parquet(out)
    return out.getvalue()


def excel(frame: pd.DataFrame, **options: object) -> bytes:
    out = io.BytesIO()
    frame.to_excel(out, index=False, **options)  # type: ignore[call-overload]
    return out.getvalue()


def packed(times: int) -> bytes:
    raw = TABLE.encode()
    for _ in range(times):
        raw = gzip.compress(raw)
    return raw


def bent(raw: bytes) -> bytes:
    return raw[:200] + b"\xff" * 400 + raw[600:]


OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NEVER_OPENED = "is a Python pickle, which is never opened because it could run code"
NOISE = np.random.default_rng(0).integers(0, 256, 5000, dtype=np.uint8).tobytes()

REFUSED: dict[str, tuple[str, bytes | str | Callable[[], bytes], str]] = {
    "empty": ("t.csv", "", "'t.csv' is empty"),
    "only blanks": ("t.csv", " \n\n  \n", "nothing in the file but blanks"),
    "header only": ("t.csv", "a,b,c\n", "column names but no rows"),
    "one row": ("t.csv", "a,b\n1,2\n", "There is only one row"),
    "one word": ("t.csv", "hello", "column names but no rows"),
    "text named excel": (
        "t.xlsx",
        "no workbook",
        "ends in .xlsx, but the content is delimited text: read as that. There are column names",
    ),
    "binary noise": ("t.csv", NOISE, "neither text nor a known kind of table"),
    "zeros": ("t.csv", b"a,b\n" + b"\0" * 4000, "neither text nor a known kind of table"),
    "picture": ("t.csv", b"\x89PNG\r\n\x1a\n" + NOISE, "is a PNG picture"),
    "pdf": ("t.csv", b"%PDF-1.7\n" + NOISE, "is a PDF document"),
    "web page": ("t.xls", "<html><body><table><tr><td>1</td></tr></table>", "is a web page"),
    "doctype": ("t.csv", "<!DOCTYPE html>\n<html></html>", "is a web page"),
    "xml": ("t.csv", '<?xml version="1.0"?>\n<rows/>', "is XML"),
    "xml without a declaration": ("t.csv", "<rows>\n<row a='1, 2'>x</row>\n</rows>", "is XML"),
    "arff": ("t.csv", "% about\n@relation x\n@data\n1\n", "is an ARFF file"),
    "pickle": ("t.csv", lambda: pickle.dumps(pd.DataFrame({"a": [1]})), NEVER_OPENED),
    "old pickle": ("t.pkl", lambda: pickle.dumps({"a": 1}, protocol=0), NEVER_OPENED),
    "packed pickle": ("t.gz", lambda: gzip.compress(pickle.dumps([1])), NEVER_OPENED),
    "r data": ("t.rds", lambda: gzip.compress(b"X\n\x00\x00\x00\x03" + NOISE), "is an R data file"),
    "cut gzip": ("t.csv.gz", lambda: gzip.compress(NOISE)[:2000], "is cut off"),
    "bent gzip": ("t.csv.gz", lambda: bent(gzip.compress(NOISE)), "is damaged"),
    "cut zip": ("t.zip", lambda: zipped(t_csv=TABLE)[:90], "is damaged"),
    "empty zip": ("t.zip", lambda: zipped(), "holds no file"),
    "two in a zip": ("t.zip", lambda: zipped(a_csv=TABLE, b_csv=TABLE), "holds 2 files: 'a.csv'"),
    "locked zip": ("t.zip", locked_zip, "protected by a password"),
    "packed four times": ("t.gz", lambda: packed(4), "packed more than 3 times"),
    "cut parquet": ("t.parquet", lambda: parquet()[:-30], "The Parquet file is damaged"),
    "bent parquet": ("t.parquet", lambda: bent(parquet()), "The Parquet file is damaged"),
    "cut feather": ("t.feather", b"ARROW1\0\0" + NOISE, "The Feather file is damaged"),
    "empty excel": ("t.xlsx", lambda: excel(pd.DataFrame()), "holds no data"),
    "cut excel": ("t.xlsx", lambda: excel(pd.DataFrame({"a": [1, 2]}))[:2000], "is damaged"),
    "bent old excel": ("t.xls", OLD_EXCEL + NOISE, "The Excel file cannot be opened"),
    "locked excel": (
        "t.xlsx",
        OLD_EXCEL + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "protected by a password",
    ),
    "broken json": ("t.json", '[{"a": 1},\n {"a": }]', "Line 2, character 8: no valid JSON"),
    "json of numbers": ("t.json", "[1, 2, 3]", "Entry 1 of the list is no record"),
    "json record": ("t.json", '{"a": 1}', "is one record, not a table"),
    "json of nothing": ("t.json", "[]", "empty list"),
    "deep json": ("t.json", "[" * 100_000, "nested too deeply"),
    "uneven json": ("t.json", '{"a": [1, 2], "b": [3]}', "different lengths"),
    "broken json line": ("t.jsonl", '{"a": 1}\n{"a": 2}\n{"a": \n', "Line 3: no valid JSON"),
    "too many columns": ("t.csv", ",".join(f"c{i}" for i in range(10_001)) + "\n1\n", "10,001 col"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_says_why(tmp_path: Path, case: str) -> None:
    """Each kind of bad file has a sentence of its own, and a hint where one helps."""
    name, content, sentence = REFUSED[case]
    raw = content() if callable(content) else content
    with pytest.raises(ReadError) as caught:
        read_text(tmp_path, raw, name)
    assert sentence in caught.value.message
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_sqlite_is_named(tmp_path: Path) -> None:
    """A database is no single table."""
    with sqlite3.connect(tmp_path / "t.csv") as connection:
        connection.execute("create table t (a)")
    with pytest.raises(ReadError, match="is a SQLite database"):
        Reading(tmp_path / "t.csv")


def test_folders_and_missing_paths_are_named(tmp_path: Path) -> None:
    """A path that is no file is refused before any process is started."""
    with pytest.raises(ReadError, match="is a folder"):
        read_table(tmp_path)
    with pytest.raises(ReadError, match="There is no file"):
        read_table(tmp_path / "nothing.csv")


@pytest.mark.parametrize("pack", [gzip.compress, lambda b: zipped(t_csv=b.decode())])
def test_a_bomb_is_stopped_at_the_limit(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    """A small file that unpacks to a large one is not unpacked beyond the limit."""
    with pytest.raises(ReadError, match=r"unpacks to more than the limit of 1 MB"):
        read_text(tmp_path, pack(b"1,2\n" * 5_000_000), "t.zip", max_bytes=1_000_000)


def test_a_file_above_the_limit_is_refused_with_both_sizes(tmp_path: Path) -> None:
    """The sentence says how large it is and how large it may be."""
    with pytest.raises(ReadError, match=r"holds 4 MB, more than the limit of 1 MB"):
        read_text(tmp_path, "1,2\n" * 1_000_000, max_bytes=1_000_000)


@pytest.mark.parametrize(
    ("name", "content", "note"),
    [
        ("t.xlsx", TABLE.encode(), "the content is delimited text"),
        ("t.parquet", TABLE.encode(), "the content is delimited text"),
        ("t.csv", parquet(), "the content is Parquet"),
        ("t.csv", excel(pd.DataFrame({"a": [1, 2]})), "the content is Excel"),
        ("t.csv", json.dumps([{"a": 1}, {"a": 2}]).encode(), "the content is JSON"),
    ],
)
def test_content_is_believed_not_the_name(
    tmp_path: Path, name: str, content: bytes, note: str
) -> None:
    """A table under a wrong ending is read, and the person is told."""
    assert note in read_text(tmp_path, content, name).said


def test_a_header_that_looks_like_a_tag_is_a_header(tmp_path: Path) -> None:
    """What a person typed into a header is text, never taken for another format."""
    frame = read_text(tmp_path, "<b>name</b>,<script>alert(1)</script>\n1,2\n3,4\n").frame
    assert list(frame.columns) == ["<b>name</b>", "<script>alert(1)</script>"]
    assert frame.shape == (2, 2)


def test_packed_under_a_plain_name_is_unpacked(tmp_path: Path) -> None:
    """Gzip is known by its first bytes."""
    assert len(read_text(tmp_path, gzip.compress(TABLE.encode()), "t.csv").frame) == 60


def test_one_file_of_an_archive_can_be_chosen(tmp_path: Path) -> None:
    """The option member takes one file out of several; another name is refused with the list."""
    raw = zipped(a_csv="x,y\n1,2\n3,4\n", b_csv=TABLE)
    read = read_text(tmp_path, raw, "t.zip", member="a.csv")
    assert list(read.frame.columns) == ["x", "y"]
    assert read.options["member"] == "a.csv"
    with pytest.raises(ReadError, match=r"There is no single file 'c\.csv'"):
        read_text(tmp_path, raw, "t.zip", member="c.csv")


def test_names_are_repaired_and_said(tmp_path: Path) -> None:
    """Doubled, empty and odd names become unique ones."""
    read = read_text(tmp_path, "a,a, ,b\x1fc,a (2),  d  \n1,2,3,4,5,6\n7,8,9,1,2,3\n")
    assert list(read.frame.columns) == ["a", "a (3)", "column 3", "bc", "a (2)", "d"]
    assert "1 column had no name: now 'column 3'" in read.said
    assert "1 repeated name got a number: 'a (3)'" in read.said


def test_more_columns_than_rows_are_fine_and_said(tmp_path: Path) -> None:
    """A wide table is read."""
    read = read_text(
        tmp_path, ",".join(f"v{i}" for i in range(50)) + "\n" + ("1," * 49 + "2\n") * 3
    )
    assert read.frame.shape == (3, 50)
    assert "more columns (50) than rows (3)" in read.said


def test_nul_characters_are_left_out(tmp_path: Path) -> None:
    """A stray NUL in text does not make the file unreadable."""
    read = read_text(tmp_path, b"a,b\n1,x\0y\n2,z\n3,w\n")
    assert read.frame["b"].tolist() == ["xy", "z", "w"]
    assert "NUL" in read.said


def test_ten_thousand_columns_are_read(tmp_path: Path) -> None:
    """The limit itself is allowed."""
    read = read_text(
        tmp_path, "\n".join([",".join(f"c{i}" for i in range(10_000))] + ["1" + ",2" * 9_999] * 2)
    )
    assert read.frame.shape == (2, 10_000)


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        (
            {"delimitr": ";"},
            UnknownNameError,
            "no reading option 'delimitr'. Did you mean delimiter",
        ),
        ({"format": "xml"}, ReadError, "The option format is 'xml'"),
        ({"encoding": "klingon"}, ReadError, "There is no encoding 'klingon'"),
        ({"delimiter": ";;"}, ReadError, "The delimiter is ';;'"),
        ({"decimal": "x"}, ReadError, "The option decimal is 'x'"),
        ({"header": "yes"}, ReadError, "The option header is 'yes'"),
        ({"max_bytes": 0}, ReadError, "max_bytes is 0"),
        ({"format": "parquet"}, ReadError, "The Parquet file is damaged"),
        ({"format": "excel"}, ReadError, "The Excel file cannot be opened"),
    ],
)
def test_wrong_options_are_refused(
    tmp_path: Path, options: dict[str, object], error: type[OutfoldError], sentence: str
) -> None:
    """An option that does not exist, or cannot have that value, is named."""
    with pytest.raises(error) as caught:
        read_text(tmp_path, TABLE, **options)
    assert sentence in str(caught.value)


def test_the_process_apart_gives_the_same_table_and_errors(tmp_path: Path) -> None:
    """Errors cross from the reading process as they are; so do tables and notes."""
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(TABLE)
    bad.write_text("a,b\n1,2\n3,4,5\n")
    frame, notes = read_table(good)
    pd.testing.assert_frame_equal(frame, Reading(good).frame)
    assert list(notes) == Reading(good).notes
    with pytest.raises(ReadError, match="line 3") as caught:
        read_table(bad)
    assert "ragged: skip" in caught.value.hint


def test_memory_and_time_of_the_process_are_limited(tmp_path: Path) -> None:
    """A file that needs more than it may use is refused, and the process is gone."""
    path = tmp_path / "t.json"
    path.write_text(json.dumps([{"a": i, "b": "x" * 50} for i in range(200_000)]))
    with pytest.raises(ReadError, match="needs more memory than the 60 MB allowed"):
        read_table(path, limits=Limits(memory=60_000_000))
    with pytest.raises(ReadError, match=r"took longer than the 0.1 seconds allowed"):
        read_table(path, limits=Limits(seconds=0.1))


def test_errors_speak_of_the_name_that_people_know(tmp_path: Path) -> None:
    """An upload lies on disk under another name than the one it has for the person."""
    path = tmp_path / "upload"
    path.write_bytes(b"%PDF-1.7\n")
    with (
        pytest.raises(ReadError, match=r"'report\.csv' is a PDF document"),
        read_apart(path, {}, name="report.csv"),
    ):
        pass
    path.write_bytes(b"")
    with pytest.raises(ReadError, match=r"'report\.csv' is empty"):
        DatasetStore(tmp_path / "store").add_file(path, "report.csv")
