from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from outfold.data.fix import Fix
from outfold.data.fixes import FIXES, apply_fixes, describe
from outfold.errors import OutfoldError, UnknownNameError
from outfold.study.study import Study


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": np.arange(6),
            "x": [1.0, 1.0, -200.0, np.nan, 5.0, 1.0],
            "n": pd.Series([7, 7, 9, 0, 0, 7], dtype="int64"),
            "c": pd.Categorical(["a", "a", "B ", None, "b", "a"]),
            "price": pd.Series(["€ 1,200.50", "3", None, "x", "-4", "3"], dtype="str"),
            "day": pd.Series(["31.01.2024", "01.02.2024", None, "?", "5.3.2024", "1.1.1999"]),
            "y": pd.Categorical(["no", "no", "yes", None, "rare", "no"]),
        }
    )


EXAMPLES = {
    "drop_column": Fix("drop_column", ("x", "c")),
    "drop_duplicate_rows": Fix("drop_duplicate_rows", ("id", "price", "day")),
    "drop_empty_rows": Fix("drop_empty_rows"),
    "drop_rows_missing_target": Fix("drop_rows_missing_target", ("y",)),
    "drop_rows_with_value": Fix("drop_rows_with_value", ("y",), (("value", "rare"),)),
    "parse_dates": Fix("parse_dates", ("day",), (("format", "%d.%m.%Y"),)),
    "parse_numbers": Fix("parse_numbers", ("price",), (("decimal", "."),)),
    "set_missing": Fix("set_missing", ("x",), (("value", -200),)),
    "tidy_levels": Fix("tidy_levels", ("c",)),
}


def test_every_kind_of_fix_has_an_example():
    """A fix that no test applies is not known to work."""
    assert sorted(EXAMPLES) == sorted(FIXES)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_fix_leaves_the_table_given_as_it_was(kind):
    """Undoing a fix is leaving it out, so the original must be whole."""
    frame = table()
    apply_fixes(frame, [EXAMPLES[kind]])
    pd.testing.assert_frame_equal(frame, table())


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_fix_applied_twice_does_no_more_than_once(kind):
    """Two clicks do no harm."""
    once = apply_fixes(table(), [EXAMPLES[kind]])
    twice = apply_fixes(table(), [EXAMPLES[kind], EXAMPLES[kind]])
    pd.testing.assert_frame_equal(once, twice)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_fix_survives_being_written_with_its_study(kind):
    """A shared link brings the same table."""
    study = Study("d", "y", "multiclass", fixes=(EXAMPLES[kind],))
    read = Study.from_json(study.to_json())
    assert read == study
    pd.testing.assert_frame_equal(
        apply_fixes(table(), read.fixes), apply_fixes(table(), study.fixes)
    )


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_fix_says_what_it_does(kind):
    """One sentence that names its columns."""
    text = describe(EXAMPLES[kind])
    assert text.endswith(".")
    assert all(f"'{name}'" in text for name in EXAMPLES[kind].columns)


@pytest.mark.parametrize(
    "kind", [k for k in EXAMPLES if k not in ("drop_duplicate_rows", "tidy_levels")]
)
def test_a_fix_treats_each_row_by_itself(kind):
    """Nothing learnt from one row reaches another, so fixing before the split leaks nothing.

    Leaving out copies compares rows, and a spelling is chosen by its frequency; neither carries a
    value or an answer from one row to another.
    """
    whole = apply_fixes(table(), [EXAMPLES[kind]])
    parts = [apply_fixes(table().iloc[[i]].reset_index(drop=True), []) for i in range(6)]
    alone = []
    for part in parts:
        try:
            alone.append(apply_fixes(part, [EXAMPLES[kind]]))
        except OutfoldError:  # the only row was left out
            continue
    joined = pd.concat([a.astype(object) for a in alone], ignore_index=True)
    pd.testing.assert_frame_equal(
        joined, whole.astype(object), check_dtype=False, check_index_type=False
    )


def test_dropping_a_column_leaves_the_others():
    """Only what was named goes."""
    left = apply_fixes(table(), [EXAMPLES["drop_column"]])
    assert list(left.columns) == ["id", "n", "price", "day", "y"]


def test_repeated_rows_keep_their_first():
    """Rows equal apart from the columns that are not compared."""
    left = apply_fixes(table(), [EXAMPLES["drop_duplicate_rows"]])
    assert left["id"].tolist() == [0, 2, 3, 4]
    assert left.index.tolist() == [0, 1, 2, 3]


def test_a_class_left_out_is_no_level_any_more():
    """Otherwise a class without rows would be counted and encoded."""
    left = apply_fixes(table(), [EXAMPLES["drop_rows_with_value"]])
    assert left["id"].tolist() == [0, 1, 2, 3, 5]
    assert left["y"].cat.categories.tolist() == ["no", "yes"]


def test_rows_without_a_target_go_and_the_others_stay():
    """Only the target decides."""
    left = apply_fixes(table(), [EXAMPLES["drop_rows_missing_target"]])
    assert left["id"].tolist() == [0, 1, 2, 4, 5]


def test_numbers_in_text_are_read_and_words_become_missing():
    """Signs and separators are taken off."""
    read = apply_fixes(table(), [EXAMPLES["parse_numbers"]])["price"]
    np.testing.assert_array_equal(read.to_numpy(), [1200.5, 3, np.nan, np.nan, -4, 3])


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1.234,5", ",", 1234.5),
        ("1,234.5", ".", 1234.5),
        ("12 %", ".", 12),
        ("$1,000,000", ".", 1e6),
        ("1e3", ".", 1000),
        ("1 234,50 €", ",", 1234.5),
        (".5", ".", 0.5),
    ],
)
def test_a_number_is_read_with_its_decimal_mark(text, decimal, number):
    """The other mark stands between thousands."""
    fix = Fix("parse_numbers", ("p",), (("decimal", decimal),))
    assert apply_fixes(pd.DataFrame({"p": [text, None]}), [fix])["p"].iloc[0] == number


@pytest.mark.parametrize("text", ["", "e5", "1,2,3", "12 apples", "--3", "1.2.3", "€"])
def test_what_is_no_number_becomes_missing(text):
    """No guess is made from half a number."""
    fix = Fix("parse_numbers", ("p",), (("decimal", "."),))
    assert apply_fixes(pd.DataFrame({"p": [text, "1"]}), [fix])["p"].isna().tolist() == [
        True,
        False,
    ]


def test_dates_are_read_in_their_format():
    """31.01.2024 is the last of January; what is no date becomes missing."""
    read = apply_fixes(table(), [EXAMPLES["parse_dates"]])["day"]
    assert pd.api.types.is_datetime64_any_dtype(read)
    assert read.iloc[0] == pd.Timestamp(2024, 1, 31)
    assert read.iloc[4] == pd.Timestamp(2024, 3, 5)
    assert read.isna().tolist() == [False, False, True, True, False, False]


def test_whole_numbers_can_be_dates():
    """20240131 in a numeric column."""
    fix = Fix("parse_dates", ("d",), (("format", "%Y%m%d"),))
    read = apply_fixes(pd.DataFrame({"d": [20240131.0, np.nan]}), [fix])["d"]
    assert read.iloc[0] == pd.Timestamp(2024, 1, 31)
    assert pd.isna(read.iloc[1])


def test_a_code_for_missing_becomes_missing_in_every_kind_of_column():
    """Floats, whole numbers, levels and text alike."""

    def gone(column: str, value: object) -> list[int]:
        fixed = apply_fixes(table(), [Fix("set_missing", (column,), (("value", value),))])
        return np.flatnonzero(fixed[column].isna() & table()[column].notna()).tolist()

    assert gone("x", -200) == [2]
    assert gone("n", 0) == [3, 4]
    assert gone("c", "a") == [0, 1, 5]
    assert gone("price", "x") == [3]
    assert gone("x", "word") == []


def test_spellings_are_united_to_the_most_frequent():
    """'B ' and 'b' are one level; ties go by text."""
    tidy = apply_fixes(table(), [EXAMPLES["tidy_levels"]])["c"]
    assert tidy.tolist()[:3] == ["a", "a", "B"]
    assert tidy.cat.categories.tolist() == ["B", "a"]
    assert tidy.isna().tolist() == table()["c"].isna().tolist()


def test_rows_without_any_value_are_left_out():
    """A row with one value stays."""
    frame = pd.DataFrame({"a": [1.0, np.nan, np.nan], "b": pd.Categorical(["u", None, "v"])})
    assert apply_fixes(frame, [Fix("drop_empty_rows")])["b"].tolist() == ["u", "v"]


def test_a_column_dropped_by_an_earlier_fix_is_passed_over():
    """Two findings may both propose to drop it."""
    fixes = [EXAMPLES["drop_column"], Fix("drop_column", ("x",)), EXAMPLES["tidy_levels"]]
    pd.testing.assert_frame_equal(
        apply_fixes(table(), fixes), apply_fixes(table(), [EXAMPLES["drop_column"]])
    )


def test_an_unknown_column_is_named_with_the_nearest_one():
    """A study of another table is refused with a reason."""
    with pytest.raises(UnknownNameError, match=r"'prices'.*does not have.*Did you mean 'price'"):
        apply_fixes(table(), [Fix("drop_column", ("prices",))])


@pytest.mark.parametrize(
    ("fix", "says"),
    [
        (Fix("burn"), "no fix named 'burn'.*drop_column"),
        (Fix("drop_column"), "names no column"),
        (Fix("set_missing", ("x",)), "has none.*takes value"),
        (Fix("drop_column", ("x",), (("value", 1),)), "parameters value.*takes no parameters"),
    ],
)
def test_a_fix_that_makes_no_sense_is_refused(fix, says):
    """A sentence, not a traceback."""
    with pytest.raises(OutfoldError, match=says):
        apply_fixes(table(), [fix])


def test_a_fix_that_leaves_no_row_is_refused():
    """A table without rows cannot be studied."""
    frame = pd.DataFrame({"y": [np.nan, np.nan]})
    with pytest.raises(OutfoldError, match="no row is left"):
        apply_fixes(frame, [Fix("drop_rows_missing_target", ("y",))])
