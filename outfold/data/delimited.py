"""Delimited text: CSV, TSV and their kin, read in pieces."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from outfold.data.cells import MISSING
from outfold.data.characters import SAMPLE, Characters, Utf8, find_characters
from outfold.data.dialect import Dialect, find_dialect, said
from outfold.data.lines import open_lines
from outfold.data.names import repaired
from outfold.data.options import MAX_COLUMNS, ReadOptions
from outfold.data.typed import Source
from outfold.data.words import count, joined
from outfold.errors import ReadError

BLOCKS = (1 << 20, 32 << 20)
"""Least and most bytes taken at a time; Arrow reads 32 such blocks ahead."""

ROWS = 20_000
MOST_LISTED = 5
SHORT_SHARE = 0.05
"""Up to this share of lines may be short; more speak of a wrong delimiter or a broken file."""


@dataclass(slots=True)
class _Lines:
    """What was met while going over the lines one by one."""

    short: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=list)
    n_short: int = 0
    n_long: int = 0
    trailing: int = 0


def read_delimited(path: Path, options: ReadOptions) -> tuple[Source, list[str], dict[str, object]]:
    """A delimited text as a source, with what was found out about it.

    Raises:
        ReadError: No table, too many columns, or lines that do not fit; the line is named.
    """
    characters = find_characters(path, options.encoding)
    dialect, notes = _dialect(path, characters, options)
    names, name_notes = _names(path, characters, dialect)
    missing = MISSING if options.missing is None else tuple(options.missing.split())
    reader = _Reader(path, characters, dialect, names, options.ragged)
    source = Source(
        names,
        [pa.string()] * len(names),
        reader.batches,
        missing=missing,
        decimal=dialect.decimal,
        place=reader.place,
    )
    reader.check()
    encoding = characters.encoding.removesuffix("-sig").upper().replace("CP125", "Windows-125")
    top = f"Delimited text, {said(dialect)}, {encoding}."
    found: dict[str, object] = {
        "encoding": characters.encoding,
        "delimiter": dialect.delimiter or ",",
        "decimal": dialect.decimal,
        "quote": dialect.quote,
        "header": dialect.header,
    }
    return source, [top, *characters.notes(), *notes, *name_notes, *reader.notes()], found


def _sample(path: Path, characters: Characters) -> tuple[str, bool]:
    with Utf8(path, characters) as stream:
        data = b""
        while len(data) < SAMPLE and (piece := stream.read(SAMPLE - len(data))):
            data += piece
        # One line may be longer than the sample: names of 10,000 columns.
        while data.count(b"\n") < 3 and len(data) < 64 * SAMPLE and (piece := stream.read(SAMPLE)):
            data += piece
        complete = not stream.read(1)
    return data.decode("utf-8", "ignore"), complete


def _dialect(path: Path, characters: Characters, options: ReadOptions) -> tuple[Dialect, list[str]]:
    text, complete = _sample(path, characters)
    if not text.strip():
        raise ReadError("There is nothing in the file but blanks.", "Load a file with a table.")
    return find_dialect(text, complete, options)


def _names(path: Path, characters: Characters, dialect: Dialect) -> tuple[list[str], list[str]]:
    width = dialect.width
    if dialect.header:
        rows = open_lines(path, characters, dialect)
        _, first = next(rows, (0, []))
        rows.close()  # type: ignore[attr-defined]
        raw: list[str] = ["row name", *first] if dialect.row_names else first
        if len(raw) < width:
            raw = raw + [""] * (width - len(raw))
    else:
        raw = [f"column {i}" for i in range(1, width + 1)]
    if len(raw) > MAX_COLUMNS:
        raise ReadError(
            f"There are {len(raw):,} columns, more than the limit of {MAX_COLUMNS:,}.",
            "Load fewer columns; if lines and columns are swapped, turn the table round.",
        )
    return repaired(raw)


class _Reader:
    """Goes over the lines: fast where all are of one length, else one by one."""

    def __init__(
        self, path: Path, characters: Characters, dialect: Dialect, names: list[str], ragged: str
    ) -> None:
        self._path, self._characters, self._dialect = path, characters, dialect
        self._width = len(names)
        self._ragged = ragged
        self._block = min(max(BLOCKS[0], 200 * dialect.longest), BLOCKS[1])
        self._seen = _Lines()
        self._marks = 0
        self._fast = bool(dialect.delimiter) and not dialect.comment and not dialect.row_names

    def batches(self) -> Iterator[list[pa.Array]]:
        """Arrays of cells, a few thousand rows at a time."""
        return self._quickly() if self._fast else self._by_line()

    def check(self) -> None:
        """Try the fast way; where it meets a line of another length, look at every line.

        Raises:
            ReadError: Lines that do not fit and are not to be skipped.
        """
        if self._fast:
            try:
                for _ in self._quickly():
                    pass
                # Quotes come in pairs; an odd one may have swallowed the lines after it.
                self._fast = self._marks % 2 == 0
            except pa.ArrowInvalid:
                self._fast = False
        if not self._fast:
            self._seen = _Lines()
            n_rows = sum(len(batch[0]) for batch in self._by_line())
            self._judge(n_rows)

    def _judge(self, n_rows: int) -> None:
        seen = self._seen
        if self._ragged == "skip":
            return
        few = {"fill": n_rows, "refuse": 0}.get(self._ragged, max(2, SHORT_SHARE * n_rows))
        if not seen.n_long and seen.n_short <= few:
            return
        lines = sorted([*seen.long, *(seen.short if not seen.n_long else [])])[:MOST_LISTED]
        n = seen.n_long or seen.n_short
        kind = "more" if seen.n_long else "fewer"
        where = joined(f"{line:,}" for line in lines) + (" …" if n > len(lines) else "")
        raise ReadError(
            f"{count(n, 'line')} {'has' if n == 1 else 'have'} {kind} than the {self._width} cells "
            f"of the others: line{'s' if n > 1 else ''} {where}.",
            "Mend the file, give another delimiter or quote, or have lines of another length "
            "left out (ragged: skip).",
        )

    def notes(self) -> list[str]:
        """What was done about lines of another length."""
        seen, notes = self._seen, []
        skip = self._ragged == "skip"
        for n, lines, kind in (
            (seen.n_short, seen.short, "short"),
            (seen.n_long, seen.long, "long"),
        ):
            if n:
                where = joined(f"{line:,}" for line in lines[:MOST_LISTED])
                where += " …" if n > MOST_LISTED else ""
                done = "left out" if skip else "filled up with missing cells"
                verb = "was" if n == 1 else "were"
                notes.append(
                    f"{count(n, f'{kind} line')} {verb} {done}: line{'s' if n > 1 else ''} {where}."
                )
        if seen.trailing:
            notes.append(
                f"{count(seen.trailing, 'line')} ended in surplus empty cells, which were left out."
            )
        return notes

    def place(self, row: int) -> str:
        """Where a data row stands in the file."""
        if self._fast:
            return f"data row {row + 1:,}"
        wanted = row + 1 + self._dialect.header
        for number, (line, _) in enumerate(
            open_lines(self._path, self._characters, self._dialect), 1
        ):
            if number == wanted:
                return f"line {line:,}"
        return f"data row {row + 1:,}"

    def _quickly(self) -> Iterator[list[pa.Array]]:
        dialect = self._dialect
        names = [str(i) for i in range(self._width)]
        kinds = dict.fromkeys(names, pa.string())
        text = Utf8(self._path, self._characters, dialect.quote)
        with io.BufferedReader(text, self._block) as raw:
            reader = pa_csv.open_csv(
                pa.PythonFile(raw, mode="r"),
                read_options=pa_csv.ReadOptions(
                    use_threads=False,
                    block_size=self._block,
                    skip_rows=dialect.skip,
                    skip_rows_after_names=int(dialect.header),
                    column_names=names,
                ),
                parse_options=pa_csv.ParseOptions(
                    delimiter=dialect.delimiter,
                    quote_char=dialect.quote or False,
                    newlines_in_values=bool(dialect.quote),
                ),
                convert_options=pa_csv.ConvertOptions(
                    column_types=kinds, strings_can_be_null=False, quoted_strings_can_be_null=False
                ),
            )
            for batch in reader:
                if len(batch):
                    yield batch.columns
            self._marks = text.marks

    def _by_line(self) -> Iterator[list[pa.Array]]:
        rows = open_lines(self._path, self._characters, self._dialect)
        if self._dialect.header:
            next(rows, None)
        width, held, size = self._width, [], 0
        step = max(200, min(ROWS, 2_000_000 // width))
        self._seen = seen = _Lines()
        for line, row in rows:
            if len(row) != width:
                fitted = self._fitted(line, row, seen)
                if fitted is None:
                    continue
                row = fitted
            held.append(row)
            size += 1
            if size == step:
                yield _arrays(held)
                held, size = [], 0
        if held:
            yield _arrays(held)

    def _fitted(self, line: int, row: list[str], seen: _Lines) -> list[str] | None:
        """The row in the right length, or None where it is left out."""
        if len(row) > self._width:
            if not any(cell.strip() for cell in row[self._width :]):
                seen.trailing += 1
                return row[: self._width]
            seen.n_long += 1
            seen.long += [line] if len(seen.long) <= MOST_LISTED else []
            return None
        seen.n_short += 1
        seen.short += [line] if len(seen.short) <= MOST_LISTED else []
        return None if self._ragged == "skip" else row + [""] * (self._width - len(row))


def _arrays(rows: list[list[str]]) -> list[pa.Array]:
    return [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
