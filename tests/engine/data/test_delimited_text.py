"""Delimited text is read as it was meant, whichever way it is written."""

from __future__ import annotations

import csv
import io
import itertools
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outfold.errors import ReadError
from tests.engine.data.in_process import read_text

NUMBERS = [1.5, -2.25, 1000.125, 0.0, 12345.5, 3.0]
WORDS = ["plain", "Ünïcode é", "with, comma", "with; semi", 'a "quote"', "tab\tbar|"]
DELIMITERS = [",", ";", "\t", "|"]
QUOTING = [csv.QUOTE_MINIMAL, csv.QUOTE_ALL]
CODES = ["007", "010", "011", "020", "000", "099"]


def written(delimiter: str, decimal: str, quoting: int, encoding: str, header: bool) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\r\n")
    if header:
        writer.writerow(["amount", "word", "code", "whole"])
    for i, (number, word, code) in enumerate(zip(NUMBERS, WORDS, CODES, strict=True)):
        writer.writerow([f"{number}".replace(".", decimal), word, code, str(i)])
    return out.getvalue().encode(encoding)


@pytest.mark.parametrize(
    ("delimiter", "decimal", "quoting", "encoding", "header"),
    [
        *itertools.product(DELIMITERS, ".,", QUOTING, ["utf-8"], [True, False]),
        *itertools.product(
            DELIMITERS, ".,", QUOTING[:1], ["utf-8-sig", "utf-16", "cp1252"], [True]
        ),
    ],
)
def test_a_table_is_read_back_however_it_was_written(
    tmp_path: Path, delimiter: str, decimal: str, quoting: int, encoding: str, header: bool
) -> None:
    """Delimiter, decimal mark, quotes, encoding and header are found without being told."""
    read = read_text(tmp_path, written(delimiter, decimal, quoting, encoding, header))
    frame = read.frame
    assert read.options["delimiter"] == delimiter
    assert read.options["header"] is header
    if header:
        assert list(frame.columns) == ["amount", "word", "code", "whole"]
    frame.columns = pd.Index(["amount", "word", "code", "whole"])
    assert frame["amount"].tolist() == NUMBERS
    assert frame["word"].tolist() == WORDS
    assert frame["code"].tolist() == CODES
    assert frame["whole"].tolist() == [0, 1, 2, 3, 4, 5]


cells = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cf")),
    min_size=1,
    max_size=12,
).filter(lambda s: s.strip(",;") and not s.startswith(("#", "%")))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(st.tuples(cells, st.integers(-(10**12), 10**12)), min_size=3, max_size=12),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
def test_what_is_told_is_believed_for_any_words(
    tmp_path: Path, rows: list[tuple[str, int]], delimiter: str
) -> None:
    """With delimiter, quote and header given, any words and whole numbers come back."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(["word", "number"])
    writer.writerows(rows)
    read = read_text(
        tmp_path, out.getvalue(), delimiter=delimiter, quote='"', header=True, encoding="utf-8",
        missing="\x00", decimal=".",
    )  # fmt: skip
    assert read.frame["number"].tolist() == [n for _, n in rows]
    if (
        read.types()["word"] in ("categorical", "text", "identifier")
        and not read.frame["word"].isna().any()
    ):
        assert read.frame["word"].astype(str).tolist() == [w for w, _ in rows]


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("a,b\n1,x\n2,y\n3,z", "b", ["x", "y", "z"]),
        ("a,b\r1,x\r2,y\r3,z\r", "b", ["x", "y", "z"]),
        ("My report\nof 2024\n\na,b\n1,x\n2,y\n3,z\n", "b", ["x", "y", "z"]),
        ("# made by a program\na,b\n1,x\n2,y\n3,z\n", "b", ["x", "y", "z"]),
        ('a,b\n1,"two\nlines"\n2,y\n3,z\n', "b", ["two\nlines", "y", "z"]),
        ('a,b\n1,"say ""so"""\n2,y\n3,z\n', "b", ['say "so"', "y", "z"]),
        ('a,b\n1,5" pipe\n2,y\n3,z\n', "b", ['5" pipe', "y", "z"]),
        ('"b" "c"\n"r1" x 1\n"r2" y 2\n"r3" z 3\n', "b", ["x", "y", "z"]),
        ("b c\nx 1\ny 2\nz 3\n", "b", ["x", "y", "z"]),
        ("b\nx\ny\nz\n", "b", ["x", "y", "z"]),
    ],
)
def test_unusual_ways_of_writing_are_understood(
    tmp_path: Path, text: str, name: str, values: list[str]
) -> None:
    """Line ends, titles, remarks, quotes, row names and single columns do not hide the table."""
    assert read_text(tmp_path, text).frame[name].tolist() == values


def test_names_that_are_years_are_names(tmp_path: Path) -> None:
    """A first line of consecutive years is no data although it holds numbers."""
    read = read_text(tmp_path, "country,2001,2002,2003\nA,1,2,3\nB,2,3,4\nC,3,4,5\n")
    assert list(read.frame.columns) == ["country", "2001", "2002", "2003"]


def test_no_header_is_found_and_can_be_contradicted(tmp_path: Path) -> None:
    """A first line of numbers is data; the person may say otherwise."""
    text = "1,2\n3,4\n5,6\n"
    found = read_text(tmp_path, text)
    assert found.frame.shape == (3, 2)
    assert found.options["header"] is False
    assert "looks like data" in found.said
    told = read_text(tmp_path, text, header=True)
    assert told.frame.shape == (2, 2)
    assert list(told.frame.columns) == ["1", "2"]


def test_every_detected_option_reads_the_same_table_when_given(tmp_path: Path) -> None:
    """What was found, given back as options, changes nothing."""
    text = "nom;prix\nété;1,5\nhiver;2,25\nprintemps;3\n".encode("cp1252")
    found = read_text(tmp_path, text)
    assert found.options == {
        "format": "csv", "encoding": "cp1252", "delimiter": ";", "decimal": ",", "quote": '"',
        "header": True,
    }  # fmt: skip
    again = read_text(tmp_path, text, **found.options)
    assert again.key == found.key


def test_a_wrong_guess_is_corrected_by_an_option(tmp_path: Path) -> None:
    """The encoding that is given is used instead of the guess."""
    text = "имя;n\nмир;1\nдом;2\nкот;3\n".encode("koi8-r")
    assert read_text(tmp_path, text, encoding="koi8-r").frame.iloc[:, 0].tolist() == [
        "мир",
        "дом",
        "кот",
    ]


@pytest.mark.parametrize(
    ("encoding", "word"),
    [
        ("cp1252", "Größe"),
        ("cp1251", "Москва"),
        ("cp932", "東京都"),
        ("gb18030", "北京市"),
        ("cp949", "서울시"),
    ],
)
def test_common_encodings_are_guessed(tmp_path: Path, encoding: str, word: str) -> None:
    """Text that is not UTF-8 is read in the encoding that fits, and the guess is said."""
    rows = "".join(f"{word},{i}\n" for i in range(30))
    read = read_text(tmp_path, f"name,n\n{rows}".encode(encoding))
    assert set(read.frame["name"]) == {word}
    assert "not UTF-8" in read.said


def test_few_short_lines_are_filled_up_and_named(tmp_path: Path) -> None:
    """A line that lacks its last cells is kept; the note says which."""
    lines = ["a,b,c"] + [f"{i},{i},x" for i in range(100)]
    lines[42] = "7,8"
    read = read_text(tmp_path, "\n".join(lines))
    assert read.frame.shape == (100, 3)
    assert read.frame["c"].isna().sum() == 1
    assert "1 short line was filled up with missing cells: line 43." in read.notes


def test_a_long_line_is_refused_with_its_number_or_left_out(tmp_path: Path) -> None:
    """Surplus cells mean that something is wrong; the person may have such lines left out."""
    text = "a,b\n1,2\n3,4,5\n6,7\n"
    with pytest.raises(
        ReadError, match=r"1 line has more than the 2 cells of the others: line 3\."
    ):
        read_text(tmp_path, text)
    read = read_text(tmp_path, text, ragged="skip")
    assert read.frame["a"].tolist() == [1, 6]
    assert "line 3" in read.said


def test_many_short_lines_are_refused(tmp_path: Path) -> None:
    """Where many lines lack cells, the delimiter is likely wrong."""
    text = "a,b\n" + "1,2\n" * 60 + "3\n" * 20
    with pytest.raises(ReadError, match="20 lines have fewer than the 2 cells"):
        read_text(tmp_path, text)
    assert read_text(tmp_path, text, ragged="fill").frame["b"].isna().sum() == 20


def test_surplus_empty_cells_at_the_end_are_dropped(tmp_path: Path) -> None:
    """A comma at the end of every data line adds no column."""
    read = read_text(tmp_path, "a,b\n1,2,\n3,4,\n5,6,\n")
    assert read.frame.shape == (3, 2)
    assert "surplus empty cells" in read.said


def test_an_open_quote_is_refused_with_its_line(tmp_path: Path) -> None:
    """Lines swallowed by a quote that never closes are not silently lost."""
    rows = "".join(f"{i},x\n" for i in range(500))
    with pytest.raises(ReadError, match="Line 502: a quote that is opened there is never closed"):
        read_text(tmp_path, f'a,b\n{rows}1,"open\n' + rows)


def test_ragged_lines_far_down_are_found(tmp_path: Path) -> None:
    """The whole file is looked at, not just its beginning."""
    rows = ["1,2,3"] * 120_000
    rows[110_000] = "1,2,3,4"
    with pytest.raises(ReadError, match="line 110,002"):
        read_text(tmp_path, "a,b,c\n" + "\n".join(rows))
