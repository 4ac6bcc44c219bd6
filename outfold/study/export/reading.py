"""Code that brings a study's table back: from the person's own file, or from one made for it.

Nothing is assumed about what ``read_csv`` makes of a file: the code is run and its table compared
with the study's, value by value. The first way that gives the same table is taken.
"""

from __future__ import annotations

import csv
import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from outfold.data.cells import MISSING, MISSING_NUMBERS
from outfold.data.dataset import Dataset
from outfold.data.fixes import describe
from outfold.data.infer import retype
from outfold.errors import OutfoldError, StudyError
from outfold.study.export.fix_code import fix_code
from outfold.study.export.literal import literal, spoken, spread
from outfold.study.study import Study

MOST_ORIGINAL_BYTES = 64 << 20
"""Above this, an original is not read again to see whether pandas makes the same of it."""


LEVELS = "levels"
"""Stands for the type of a categorical column."""
STRIPPED = "stripped"
"""Stands among the arguments of ``read_csv`` for taking blanks off every text."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the script gets its table.

    Attributes:
        file: The name of the file that it reads.
        code: Lines that leave the typed table, fixes made, in ``table``.
        made: The content of the file where it was made for the script; None where it is the
            person's own.
        note: One sentence about where the table comes from.
    """

    file: str
    code: str
    made: bytes | None
    note: str


def reading(
    study: Study,
    dataset: Dataset,
    stored: pd.DataFrame,
    final: pd.DataFrame,
    columns: Sequence[str],
    original: Path | None = None,
) -> Reading:
    """The code that reads a study's table.

    Args:
        study: Whose fixes and types are applied.
        dataset: What is known of the table.
        stored: The table as it was read, before fixes and types.
        final: The table after both.
        columns: Those that the study uses.
        original: The file that the table was read from, where it is at hand.

    Raises:
        StudyError: The table holds text that a CSV file cannot hold.
    """
    wanted = final[list(columns)]
    fixes = fix_code(stored, study.fixes)
    name = _file_name(dataset)
    if original is not None and fixes is not None and _is_text(dataset, original):
        for options in _ways(dataset, wanted, stored, study):
            code = _call(options) + fixes
            if _gives(code, original, name, wanted):
                note = f"The table is read from {name}, the file that the study was made with."
                return Reading(name, code, None, note)
    made = f"{Path(name).stem or 'table'}-typed.csv"
    if study.fixes and fixes is not None:
        with suppress(OutfoldError):  # some types can only be had after the fixes
            later = {c for c, _ in study.types if _named_in(study, c)}
            before = retype(stored, {c: t for c, t in study.types if c not in later})
            needed = [c for c in before.columns if c in columns or _named_in(study, str(c))]
            code = fixes + _levels_code(before, wanted, later)
            found = _own(before[needed], made, code, wanted)
            if found is not None:
                return found
    done = "".join(f"# Already done: {spoken(describe(f))}\n" for f in study.fixes)
    found = _own(wanted, made, done, wanted)
    if found is None:
        raise StudyError(
            "The table holds text that no CSV file can hold, such as a null character.",
            "Leave such columns out.",
        )
    return found


def _levels_code(before: pd.DataFrame, wanted: pd.DataFrame, columns: Iterable[str]) -> str:
    """Lines that turn numbers into levels after the fixes, whole ones without a point."""
    lines = ""
    for column in sorted(columns):
        if column in wanted and isinstance(wanted[column].dtype, pd.CategoricalDtype):
            place = f"table[{literal(column)}]"
            words = f"{place}.astype('str')"
            if pd.api.types.is_numeric_dtype(before[column].dtype):
                words = f"{place}.map('{{:g}}'.format, na_action='ignore')"
            lines += f"{place} = {words}.astype('category')\n"
    return lines


def _own(frame: pd.DataFrame, name: str, more: str, wanted: pd.DataFrame) -> Reading | None:
    """A file made of a typed table, and the code that reads it, if that works."""
    content = frame.to_csv(index=False, lineterminator="\n").encode()
    options = {**_typing(_kinds(frame)), "keep_default_na": False, "na_values": [""]}
    code = _call(options) + more
    with tempfile.TemporaryDirectory(prefix="outfold-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        if not _gives(code, path, name, wanted):
            return None
    note = f"The table is read from {name}, which holds it as it was typed."
    return Reading(name, code, content, note)


def _typing(kinds: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of ``read_csv`` that give every column its type."""
    types: dict[str, str] = {}
    dates = []
    for column, kind in kinds.items():
        if pd.api.types.is_datetime64_any_dtype(kind):
            dates.append(column)
        elif isinstance(kind, pd.CategoricalDtype):
            types[column] = LEVELS  # read as they stand: pandas would take the level 007 for 7
        else:
            types[column] = str(kind)
    options: dict[str, Any] = {"dtype": types}
    if dates:
        options |= {"parse_dates": dates, "date_format": "ISO8601"}
    return options


def _kinds(frame: pd.DataFrame) -> dict[str, Any]:
    return {str(c): k for c, k in zip(frame.columns, frame.dtypes, strict=True)}


def _ways(
    dataset: Dataset, wanted: pd.DataFrame, stored: pd.DataFrame, study: Study
) -> Iterator[dict[str, Any]]:
    """Arguments of ``read_csv`` for the original, the shortest first."""
    known = dict(dataset.options)
    special: dict[str, Any] = {}
    if known.get("delimiter") not in (None, ","):
        special["sep"] = known["delimiter"]
    if str(known.get("encoding") or "utf-8").lower().replace("_", "-") not in ("utf-8", "ascii"):
        special["encoding"] = known["encoding"]
    if known.get("decimal") not in (None, "."):
        special["decimal"] = known["decimal"]
    if known.get("quote") not in (None, '"', ""):
        special["quotechar"] = known["quote"]
    if known.get("quote") == "":
        special["quoting"] = csv.QUOTE_NONE
    # A column that a fix changes is read as it was before.
    before = {c: k for c, k in _kinds(stored).items() if c in wanted or _named_in(study, c)}
    after = {c: k for c, k in _kinds(wanted).items() if not _named_in(study, c)}
    typing = _typing(before | after)
    named = {
        "header": None if known.get("header") is False else 0,
        "names": [str(n) for n in stored.columns],
    }
    marks = str(known.get("missing") or "").split()
    words = ["", *dict.fromkeys([*MISSING, *marks])]
    numbers = {c for c, k in typing["dtype"].items() if k in ("float64", "int64")}
    each = {c: words + list(MISSING_NUMBERS) * (c in numbers) for c in typing["dtype"]}
    shapes: tuple[dict[str, Any], ...] = ({}, named)
    gaps: tuple[dict[str, Any], ...] = (
        {},
        {"keep_default_na": False, "na_values": words},
        {"keep_default_na": False, "na_values": each},
    )
    blanks: tuple[dict[str, Any], ...] = ({}, {"skipinitialspace": True}, {STRIPPED: True})
    for shape, gap, blank in itertools.product(shapes, gaps, blanks):
        yield {**special, **shape, **typing, **gap, **blank}


def _named_in(study: Study, column: str) -> bool:
    return any(column in f.columns for f in study.fixes)


def _call(options: Mapping[str, Any]) -> str:
    """Lines that read and type the table."""
    given = {k: v for k, v in options.items() if k != STRIPPED}
    levels = [c for c, kind in given["dtype"].items() if kind == LEVELS]
    given["dtype"] = {c: "str" if k == LEVELS else k for c, k in given["dtype"].items()}
    lines = "".join(f"    {name}={spread(value, 4, 80)},\n" for name, value in given.items())
    code = f"table = pd.read_csv(\n    DATA,\n{lines})\n"
    if options.get(STRIPPED):
        code += 'words = table.select_dtypes("str").columns\n'
        code += "table[words] = table[words].apply(lambda column: column.str.strip())\n"
    if levels:
        code += f"levels = {spread(levels, 0, 80)}\n"
        code += 'table[levels] = table[levels].astype("category")\n'
    return code


def _gives(code: str, path: Path, name: str, wanted: pd.DataFrame) -> bool:
    """Whether the code makes the wanted table of a file, whatever the file is called."""
    with tempfile.TemporaryDirectory(prefix="outfold-") as folder:
        place = Path(folder) / Path(name).name
        try:
            place.symlink_to(path.resolve())
        except OSError:
            shutil.copyfile(path, place)
        names: dict[str, Any] = {"pd": pd, "DATA": str(place)}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # code that warns is not handed to anybody
                # The code is made above from literals; nothing of the file's content is in it.
                exec(compile(code, "<reading>", "exec"), names)
        except (ValueError, TypeError, LookupError, OverflowError, AttributeError, Warning):
            return False  # a file or column that pandas reads otherwise, or not at all
    return same_table(names["table"], wanted)


def same_table(found: pd.DataFrame, wanted: pd.DataFrame) -> bool:
    """Whether a table has these columns with these values and kinds."""
    if len(found) != len(wanted) or not set(wanted.columns) <= set(found.columns):
        return False
    return all(_same_column(found[c], wanted[c]) for c in wanted.columns)


def _same_column(a: pd.Series, b: pd.Series) -> bool:
    gaps = b.isna().to_numpy()
    if not (a.isna().to_numpy() == gaps).all():
        return False
    if isinstance(b.dtype, pd.CategoricalDtype):
        alike = isinstance(a.dtype, pd.CategoricalDtype)
        return alike and _words(a[~gaps]) == _words(b[~gaps])
    if pd.api.types.is_datetime64_any_dtype(b.dtype):
        if not pd.api.types.is_datetime64_any_dtype(a.dtype) or getattr(a.dtype, "tz", None):
            return False
        kind = "datetime64[us]"
        return bool((a.to_numpy(dtype=kind)[~gaps] == b.to_numpy(dtype=kind)[~gaps]).all())
    if a.dtype != b.dtype:
        return False
    return bool((a[~gaps].to_numpy() == b[~gaps].to_numpy()).all())


def _words(column: pd.Series) -> list[str]:
    return [str(v) for v in column.astype(object).tolist()]


def _is_text(dataset: Dataset, original: Path) -> bool:
    """Whether the original is delimited text of a size that is soon read again."""
    kind = dict(dataset.options).get("format") or "csv"
    return kind == "csv" and original.stat().st_size <= MOST_ORIGINAL_BYTES


def _file_name(dataset: Dataset) -> str:
    """A plain file name for the table: no folders, nothing that cannot be in a name."""
    source = dataset.source.removeprefix("sample:") or dataset.name
    base = source.replace("\\", "/").split("/")[-1]
    kept = "".join(c if c.isprintable() and c not in '<>:"|?*\x7f' else "_" for c in base)
    return kept.strip(" .") or "table.csv"
