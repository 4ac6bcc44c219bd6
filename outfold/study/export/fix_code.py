"""The changes that a study makes to its table, as lines of pandas."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from outfold.data.fix import Fix
from outfold.data.fixes import apply_fixes, describe
from outfold.study.export.literal import literal, spoken


def fix_code(frame: pd.DataFrame, fixes: Sequence[Fix]) -> str | None:
    """Lines that do to ``table`` what the fixes do, or None where one has no short form.

    What they do is not taken on trust: ``reading`` runs them and compares.

    Args:
        frame: The table before the fixes.
        fixes: In order.
    """
    lines: list[str] = []
    for fix in fixes:
        made = _lines(frame, fix)
        if made is None:
            return None
        lines += [f"# {spoken(describe(fix))}", *made]
        frame = apply_fixes(frame, [fix])
    return "".join(f"{line}\n" for line in lines)


def _lines(frame: pd.DataFrame, fix: Fix) -> list[str] | None:
    columns = [c for c in dict.fromkeys(fix.columns) if c in frame.columns]
    params = dict(fix.params)
    if fix.columns and not columns:
        return []
    if fix.kind == "drop_column":
        return [f"table = table.drop(columns={literal(columns)})"]
    if fix.kind == "drop_duplicate_rows":
        lines = [f"compared = table.columns.difference({literal(columns)}, sort=False)"]
        lines += ["repeated = table.duplicated(compared) & table[compared].notna().any(axis=1)"]
        return [*lines, "table = table[~repeated].reset_index(drop=True)"]
    if fix.kind == "drop_empty_rows":
        return ['table = table.dropna(how="all").reset_index(drop=True)']
    if fix.kind == "drop_rows_missing_target":
        return [f"table = table.dropna(subset={literal(columns)}).reset_index(drop=True)"]
    if fix.kind == "drop_rows_with_value":
        return [
            line
            for c in columns
            for line in (
                f"table = table[~({_equals(frame, c, params['value'])})].reset_index(drop=True)",
            )
        ]
    if fix.kind == "set_missing":
        return [
            f"table[{literal(c)}] = table[{literal(c)}].mask({_equals(frame, c, params['value'])})"
            for c in columns
        ]
    if fix.kind == "parse_dates":
        return [
            f"table[{literal(c)}] = pd.to_datetime(table[{literal(c)}].astype('str'), "
            f"format={literal(params['format'])}, errors='coerce')"
            for c in columns
        ]
    if fix.kind == "parse_numbers":
        return [_numbers(c, str(params["decimal"])) for c in columns]
    if fix.kind == "tidy_levels":
        return [_spellings(frame, c, fix) for c in columns]
    return None


def _equals(frame: pd.DataFrame, column: str, value: object) -> str:
    values = frame[column]
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        try:
            return f"table[{literal(column)}] == {literal(float(value))}"  # type: ignore[arg-type]
        except ValueError:
            return "False"
    return f"table[{literal(column)}].astype('str') == {literal(str(value))}"


def _numbers(column: str, decimal: str) -> str:
    text = f"table[{literal(column)}].astype('str')"
    if decimal == ",":
        text += '.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)'
    return f"table[{literal(column)}] = pd.to_numeric({text}, errors='coerce').astype('float64')"


def _spellings(frame: pd.DataFrame, column: str, fix: Fix) -> str:
    after = apply_fixes(frame, [Fix(fix.kind, (column,), fix.params)])[column]
    pairs = pd.DataFrame({"old": frame[column].astype("str"), "new": after.astype("str")})
    pairs = pairs[frame[column].notna()].drop_duplicates()
    changed = {str(o): str(n) for o, n in zip(pairs["old"], pairs["new"], strict=True) if o != n}
    end = ".astype('category')" if isinstance(after.dtype, pd.CategoricalDtype) else ""
    place = f"table[{literal(column)}]"
    return f"{place} = {place}.astype('str').replace({literal(changed)}){end}"
