"""How a delimited text is written: delimiter, quotes, decimal mark, header, lines above it."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from outfold.data.cells import BARE, MISSING, MISSING_NUMBERS, POINT
from outfold.data.dates import has_date_form
from outfold.data.options import ReadOptions
from outfold.data.words import count, quoted
from outfold.errors import ReadError

DELIMITERS: dict[str, str] = {
    ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "blanks", ":": "colons",
}  # fmt: skip
DELIMITER_NAMES = {**DELIMITERS, "": "nothing (one column)"}
LINES = 200
"""Lines looked at."""

_POINT, _BARE = re.compile(POINT.replace(r"\x{202f}", "\u202f")), re.compile(BARE)
_DECIMAL_COMMA = re.compile(r"^[-+]?(\d+|\d{1,3}([.'’  ]\d{3})+),\d+$")
_GROUPS_ONLY = re.compile(r"^[-+]?\d{1,3}(,\d{3})+$")
_DECIMAL_POINT = re.compile(r"^[-+]?(\d+|\d{1,3}(,\d{3})+)\.\d+$")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a delimited text is written.

    Attributes:
        delimiter: Between cells; empty where there is only one column.
        quote: Around cells that hold the delimiter; empty for none.
        decimal: The decimal mark.
        header: Whether the first line of the table holds the names.
        skip: Lines above the table.
        comment: What lines that are no data begin with, or nothing.
        width: Cells in a line.
        row_names: Whether each line has one more cell than the header, as R writes tables.
        longest: Characters of the longest line looked at.
    """

    delimiter: str
    quote: str = '"'
    decimal: str = "."
    header: bool = True
    skip: int = 0
    comment: str = ""
    width: int = 1
    row_names: bool = False
    longest: int = 0


def find_dialect(text: str, complete: bool, options: ReadOptions) -> tuple[Dialect, list[str]]:
    """How a text is written, by its first lines, and what is worth saying about it.

    Args:
        text: The beginning of the file.
        complete: Whether that is all of it.
        options: What the person has said; it is not doubted.
    """
    lines = text.splitlines(keepends=True)
    if not complete and len(lines) > 1:
        lines = lines[:-1]
    notes: list[str] = []
    skip, comment = _comments(lines)
    body = [
        line for line in lines[skip:] if line.strip() and not (comment and line.startswith(comment))
    ]
    if not body:
        raise ReadError(
            "There is nothing in the file but empty lines.", "Load a file with a table."
        )
    body = body[: LINES * 5]
    quote = '"' if options.quote is None else options.quote
    delimiter = options.delimiter
    if delimiter is None:
        delimiter = find_delimiter(body, quote)
    rows = parse(body, delimiter, quote)[:LINES]
    width = _width(rows)
    above = 0
    while above < len(rows) - 1 and len(rows[above]) < min(width, 2) and width > 1:
        above += 1
    if above and above <= 20:
        # Titles above a table have one cell; find the physical line where the table starts.
        skip = _line_of(lines, skip, above)
        notes.append(
            f"{count(above, 'line')} above the table {'was' if above == 1 else 'were'} left out."
        )
        rows = rows[above:]
    if comment:
        notes.append(f"Lines that begin with {comment} were left out.")
    longer = len(rows) > 1 and len(rows[0]) == width - 1 and all(len(r) == width for r in rows[1:])
    surplus = longer and not any(r[-1].strip() for r in rows[1:])
    row_names = longer and not surplus and options.header is not False
    if surplus:
        width -= 1
    if row_names:
        rows = [["", *rows[0]], *rows[1:]]
        notes.append("Lines have one cell more than the names; the first was taken for row names.")
    body_rows = rows[1:] or rows
    decimal = options.decimal or find_decimal(body_rows, delimiter)
    header = options.header
    if header is None:
        header = row_names or has_header(rows, decimal)
        if not header:
            notes.append(
                "The first line looks like data, so the columns were numbered; say if it holds "
                "names."
            )
    longest = max(map(len, lines))
    found = Dialect(delimiter, quote, decimal, header, skip, comment, width, row_names, longest)
    return found, notes


def said(dialect: Dialect) -> str:
    """The dialect in words: ``separated by semicolons, decimal comma, names in the first line``."""
    name = DELIMITER_NAMES.get(dialect.delimiter, quoted(dialect.delimiter))
    parts = [f"separated by {name}" if dialect.delimiter else "one column"]
    if dialect.decimal == ",":
        parts.append("decimal comma")
    if dialect.quote not in ('"', ""):
        parts.append(f"quotes {dialect.quote}")
    parts.append("names in the first line" if dialect.header else "no line of names")
    return ", ".join(parts)


def parse(lines: Sequence[str], delimiter: str, quote: str) -> list[list[str]]:
    """The cells of some lines; a quote left open at the end is where the sample was cut."""
    reader = csv.reader(
        lines,
        delimiter=delimiter or "\x00",
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        skipinitialspace=False,
    )
    rows = []
    try:
        for row in reader:
            if row:
                rows.append(row)
    except csv.Error:
        pass
    return rows


def _comments(lines: Sequence[str]) -> tuple[int, str]:
    """How many lines of comment or nothing stand on top, and the mark of a comment."""
    skip = 0
    comment = ""
    for line in lines:
        if line.startswith(("#", "%")) and len(lines) > 1 and _is_remark(line, lines):
            comment = line[0]
        elif line.strip():
            break
        skip += 1
    return (skip, comment) if skip < len(lines) else (0, "")


def _is_remark(line: str, lines: Sequence[str]) -> bool:
    """Whether a first line with # is a remark; ``#id,name`` above two cells a line is a header."""
    following = next((x for x in lines if x.strip() and x[0] != line[0]), "")
    return all(line.count(d) != following.count(d) or not following.count(d) for d in ",;\t|")


def _line_of(lines: Sequence[str], skip: int, rows: int) -> int:
    seen = 0
    for number, line in enumerate(lines[skip:], start=skip):
        if seen == rows and line.strip():
            return number
        seen += bool(line.strip())
    return skip


def _width(rows: Sequence[Sequence[str]]) -> int:
    """The commonest number of cells; of equally common ones the larger."""
    sizes = Counter(len(r) for r in rows)
    return max(sizes, key=lambda w: (sizes[w], w)) if sizes else 1


def find_delimiter(lines: Sequence[str], quote: str) -> str:
    """The delimiter: the one that cuts the lines into equally many cells that look like values."""
    kept, size = [], 0
    for line in lines[:LINES]:
        kept.append(line)
        size += len(line)
        if size > 1 << 16 and len(kept) >= 5:
            break
    sample = "".join(kept)
    best, best_score = "", 0.0
    for candidate in DELIMITERS:
        if candidate not in sample:
            continue
        rows = parse(kept, candidate, quote)
        score = _score(rows, candidate)
        if score > best_score * 1.001:
            best, best_score = candidate, score
    if best and best_score >= 0.9:
        return best
    import clevercsv

    dialect = clevercsv.Detector().detect(sample, delimiters=[d for d in DELIMITERS if d != ":"])
    found = dialect.delimiter if dialect is not None else ""
    return (
        found
        if found and found in DELIMITERS and best_score >= 0.3
        else best
        if best_score > 0.5
        else ""
    )


def _score(rows: Sequence[Sequence[str]], delimiter: str) -> float:
    """0 to 1: how equal the rows are in length, lessened by cells that still hold delimiters."""
    width = _width(rows)
    if width < 2:
        return 0.0
    equal = sum(len(r) == width for r in rows) / len(rows)
    cells = [c.strip() for r in rows for c in r]
    others = [d for d in (";", "\t", "|", ",") if d != delimiter]
    mixed = sum(any(o in c for o in others) and not _DECIMAL_COMMA.match(c) for c in cells)
    values = sum(_like_value(c) for c in cells) / len(cells)
    clean = 1 - mixed / len(cells)
    trust = {" ": 0.85, ":": 0.6}.get(delimiter, 1.0)
    return equal * clean * trust * (0.9 + 0.1 * values)


def _like_value(cell: str) -> bool:
    return not cell or bool(_POINT.match(cell) or _DECIMAL_COMMA.match(cell)) or cell.isalnum()


def find_decimal(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    """The decimal mark, by which of the two is seen in numbers."""
    comma = point = groups = 0
    for row in rows:
        for cell in row:
            text = cell.strip()
            if _DECIMAL_POINT.match(text):
                point += 1
            elif _GROUPS_ONLY.match(text):
                groups += 1
            elif _DECIMAL_COMMA.match(text):
                comma += 1
    if comma > point:
        return ","
    # 1,234 alone may be either; where a semicolon separates, the comma is the decimal mark.
    return "," if groups and not point and delimiter == ";" else "."


def has_header(rows: Sequence[Sequence[str]], decimal: str) -> bool:
    """Whether the first line holds names rather than values of its columns."""
    first, rest = rows[0], rows[1:]
    if not rest:
        return not any(_kind(c, decimal) == "number" for c in first)
    known = [_kind(c, decimal) for c in first]
    if _is_years(first):
        return True
    votes = 0.0
    for i, (cell, kind) in enumerate(zip(first, known, strict=True)):
        below = [r[i].strip() for r in rest if i < len(r)]
        kinds = Counter(k for k in (_kind(c, decimal) for c in below) if k != "missing")
        if kind == "missing":
            continue
        common = kinds.most_common(1)[0][0] if kinds else None
        if kind == "word":
            if common in ("number", "date"):
                votes += 1.0
            elif cell.strip() in below:
                votes -= 1.0
            elif common == "word":
                votes += 0.2
        elif common == kind:
            votes -= 1.0
        elif common == "word":
            votes -= 0.5
    if votes:
        return votes > 0
    return all(k != "number" for k in known)


def _kind(cell: str, decimal: str) -> str:
    text = cell.strip()
    if not text or text in MISSING or text in MISSING_NUMBERS:
        return "missing"
    if decimal == "," and _DECIMAL_COMMA.match(text):
        return "number"
    if _POINT.match(text) or _BARE.match(text):
        return "number"
    return "date" if has_date_form(text) else "word"


def _is_years(first: Sequence[str]) -> bool:
    """Whether the numbers of a line are consecutive years: names of columns, not values."""
    numbers = [int(c) for c in first if re.fullmatch(r"\s*(1[89]|20)\d\d\s*", c)]
    steps = {b - a for a, b in itertools.pairwise(numbers)}
    return len(numbers) >= 2 and steps == {1} and len(numbers) >= len(first) - 3
