"""What cells stand for: numbers, dates, truth values, codes, missing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.engine.data.in_process import Reading, read_text


def column(folder: Path, cells: list[str], **options: object) -> tuple[Reading, pd.Series]:
    """A table whose column x holds these cells, beside a column of numbers."""
    lines = [f"{i};{cell}" for i, cell in enumerate(cells)]
    read = read_text(
        folder, "\n".join(["n;x", *lines]) + "\n", delimiter=";", header=True, **options
    )
    return read, read.frame["x"]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1", "2", "-3"], [1, 2, -3]),
        (["1.5", "2", "-3e2"], [1.5, 2.0, -300.0]),
        (["+1", ".5", "2."], [1.0, 0.5, 2.0]),
        (["1,234.5", "12.0", "1,000,000.0"], [1234.5, 12.0, 1e6]),
        (["1 234", "56", "7 890 123"], [1234.0, 56.0, 7890123.0]),
        (["$1,200.50", "$3.00", "$4.25"], [1200.5, 3.0, 4.25]),
        (["12 %", "3%", "0.5 %"], [12.0, 3.0, 0.5]),
        ([" 1.5", "2 ", "3"], [1.5, 2.0, 3.0]),
        (["1,5", "2,25", "3"], [1.5, 2.25, 3.0]),
        (["1.234,5", "2", "3,5"], [1234.5, 2.0, 3.5]),
    ],
)
def test_numbers_are_read_however_they_are_written(
    tmp_path: Path, cells: list[str], values: list[float]
) -> None:
    """Signs, exponents, thousands, currencies, per cents and decimal commas are understood."""
    assert column(tmp_path, cells)[1].tolist() == values


@pytest.mark.parametrize("cells", [["00000", "02208", "03111"], ["007", "12", "123"]])
def test_leading_zeros_make_codes(tmp_path: Path, cells: list[str]) -> None:
    """Digits with leading zeros stay text, all of them."""
    read, values = column(tmp_path, cells)
    assert values.tolist() == cells
    assert read.types()["x"] == "categorical"
    assert "leading zeros" in read.said


def test_numbers_too_long_to_hold_stay_text(tmp_path: Path) -> None:
    """A card number is not rounded."""
    cells = ["4111111111111111111", "55555555555555555555", "4222222222222222222"]
    assert column(tmp_path, cells)[1].tolist() == cells


@pytest.mark.parametrize("word", ["?", "NA", "N/A", "NaN", "null", "NULL", "#N/A", "", "  "])
def test_words_for_missing_are_missing_and_counted(tmp_path: Path, word: str) -> None:
    """In numbers and in words alike; the note gives the count."""
    for cells in (["1", word, "3", word], ["a", word, "b", word]):
        read, values = column(tmp_path, cells)
        assert values.isna().tolist() == [False, True, False, True]
        assert "Taken as missing: 2 " in read.said


def test_none_is_a_level_among_words_and_missing_among_numbers(tmp_path: Path) -> None:
    """Pandas takes the level None for missing; here it stays one."""
    _, words = column(tmp_path, ["None", "BrkFace", "Stone", "None"])
    assert words.tolist() == ["None", "BrkFace", "Stone", "None"]
    read, numbers = column(tmp_path, ["None", "1", "2", "3"])
    assert numbers.isna().tolist() == [True, False, False, False]
    assert "1 × 'None'" in read.said


def test_a_large_share_of_na_among_words_is_pointed_out(tmp_path: Path) -> None:
    """NA may mean 'has none'; the note names the column."""
    read, _ = column(tmp_path, ["NA"] * 8 + ["Pave", "Grvl"])
    assert "NA is a large share of 'x'" in read.said


def test_the_words_for_missing_can_be_given(tmp_path: Path) -> None:
    """With missing=?, NA is a level; with missing=-9, that number is missing."""
    _, words = column(tmp_path, ["NA", "?", "Pave", "NA"], missing="?")
    assert words.isna().tolist() == [False, True, False, False]
    _, numbers = column(tmp_path, ["-9", "1", "2", "-9"], missing="-9")
    assert numbers.isna().tolist() == [True, False, False, True]


def test_a_code_for_missing_is_left_alone(tmp_path: Path) -> None:
    """-200 is a number until somebody says otherwise."""
    assert column(tmp_path, ["-200", "1", "2"])[1].tolist() == [-200, 1, 2]


def test_a_nearly_numeric_column_says_which_cell_spoils_it(tmp_path: Path) -> None:
    """The first cell that is no number is named with its row."""
    cells = [str(i) for i in range(100)]
    cells[41] = "n/k"
    read, _ = column(tmp_path, cells)
    assert "'x' would be a number but for 1 cell, the first 'n/k' in data row 42" in read.said


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["2024-01-31", "2024-02-29", "2023-12-01"], "2024-01-31"),
        (["2024-01-31 10:30", "2024-02-29 08:00:15", "2023-12-01"], "2024-01-31 10:30"),
        (
            ["2024-01-31T10:30:00Z", "2024-02-29T08:00:15+02:00", "2023-12-01T00:00:00Z"],
            "2024-01-31 10:30",
        ),
        (["2024/1/31", "2024/2/29", "2023/12/1"], "2024-01-31"),
        (["31/01/2024", "01/02/2024", "03/12/2023"], "2024-01-31"),
        (["01/31/2024", "02/01/2024", "12/03/2023"], "2024-01-31"),
        (["31.1.2024 9:05", "1.2.2024 18:00", "3.12.2023 0:00"], "2024-01-31 09:05"),
    ],
)
def test_dates_that_can_be_read_in_one_way_are_dates(
    tmp_path: Path, cells: list[str], first: str
) -> None:
    """ISO dates, and day or month first where only one of them fits every cell."""
    read, values = column(tmp_path, cells)
    assert read.types()["x"] == "datetime"
    assert values[0] == pd.Timestamp(first)
    assert "Dates were read in 'x'" in read.said


@pytest.mark.parametrize(
    "cells",
    [
        ["01/02/2024", "03/04/2024", "05/06/2024"],
        ["2024-02-30", "2024-01-01", "2024-01-02"],
        ["30/02/2024", "13/01/2024", "14/01/2024"],
        ["31/01/2024", "01/31/2024", "01/01/2024"],
        ["18.00.00", "19.00.00", "20.00.00"],
    ],
)
def test_what_may_be_no_date_or_another_stays_text(tmp_path: Path, cells: list[str]) -> None:
    """Ambiguous or impossible dates are not guessed."""
    assert column(tmp_path, cells)[1].tolist() == cells


def test_ambiguous_dates_are_said(tmp_path: Path) -> None:
    """The person is told that the order of day and month is open."""
    read, _ = column(tmp_path, ["01/02/2024", "03/04/2024", "05/06/2024"])
    assert "may have the day or the month first" in read.said


def test_true_and_false_are_truth_values_and_yes_and_no_are_labels(tmp_path: Path) -> None:
    """Labels that a person wrote are kept."""
    read, values = column(tmp_path, ["TRUE", "false", "NA", "True"])
    assert values.dtype == "boolean"
    assert read.types()["x"] == "boolean"
    assert column(tmp_path, ["yes", "no", "no"])[0].types()["x"] == "categorical"


def test_levels_are_in_natural_order(tmp_path: Path) -> None:
    """Nine comes before ten, in words with numbers and in numbers alone."""
    _, words = column(tmp_path, ["item 10", "item 9", "item 1", "item 10"])
    assert words.cat.categories.tolist() == ["item 1", "item 9", "item 10"]


def test_blanks_around_words_are_taken_off(tmp_path: Path) -> None:
    """' Private' and 'Private' are one level, and that is said."""
    read, values = column(tmp_path, [" Private", "Private", "Public "])
    assert values.cat.categories.tolist() == ["Private", "Public"]
    assert "Blanks around the cells of 'x'" in read.said


def test_a_decision_takes_all_cells_into_account(tmp_path: Path) -> None:
    """A word after a hundred thousand numbers makes the column text; nothing is lost."""
    cells = [str(i) for i in range(120_000)]
    cells[-1] = "end"
    read, values = column(tmp_path, cells)
    assert read.types()["x"] == "identifier"
    assert values.iloc[-1] == "end"
    assert values.iloc[0] == "0"
