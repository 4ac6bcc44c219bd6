"""What the text cells of a column stand for: found by looking at all of them, then converted.

Reading goes over a table twice. In the first pass a ``Probe`` per text column sees every cell and
decides what the column is; in the second ``convert`` turns the cells into values. Both work on
Arrow arrays of a few thousand rows, so neither ever holds the table.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

MISSING = ("?", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "(null)")
"""Cells that mean missing in any column. ``None`` is not among them: it is a level too often."""

MISSING_NUMBERS = ("None", "none", "-", "--", "---", ".", "..", "n.a.", "na", "n.d.", "nil")
MISSING_NUMBERS += ("#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "unknown", "missing", "Unknown", "*")
MISSING_NUMBERS += ("inf", "-inf", "Inf", "-Inf", "Infinity", "-Infinity")
"""Cells that mean missing where every other cell of the column is a number."""

Kind = Literal["int", "float", "bool", "date", "text"]

TRUE = ("true", "True", "TRUE")
FALSE = ("false", "False", "FALSE")
ISO = (
    r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?(Z|[+-]\d{2}:?\d{2}))?)?$"
)
PARTS = r"^(?P<a>\d{1,2})(?P<s1>[./-])(?P<b>\d{1,2})[./-](?P<year>\d{4})(?P<time>[ T].*)?$"
CLOCK = r"^\d{1,2}[./-]\d{1,2}[./-]\d{4}([ T]\d{1,2}:\d{2}(:\d{2})?)?$"
POINT = r"^[-+]?(\d+|\d{1,3}([,'’  \x{202f}]\d{3})+)(\.\d*)?([eE][-+]?\d+)?$"
COMMA = r"^[-+]?(\d+|\d{1,3}([.'’  \x{202f}]\d{3})+)(,\d*)?([eE][-+]?\d+)?$"
BARE = r"^[-+]?\.\d+([eE][-+]?\d+)?$"
BARE_COMMA = r"^[-+]?,\d+([eE][-+]?\d+)?$"
AFFIX = r"^(?:[$€£¥] ?)?([-+]?[0-9.,][^%$€£¥]*?)(?: ?[%€£$¥])?$"
UNFIT_SHARE = 0.2
_TRUTH = pa.array([*TRUE, *FALSE])


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text column was found to be.

    Attributes:
        kind: What its cells become.
        decimal: The decimal mark of its numbers.
        grouped: Whether its numbers have separators between thousands.
        affix: The currency or percent sign around its numbers, or nothing.
        day_first: For dates that are not ISO: whether the day stands first.
        missing: The cells that stand for missing.
        code: Why digits were kept as text: ``zeros`` or ``long``; or nothing.
    """

    kind: Kind
    missing: tuple[str, ...]
    decimal: str = "."
    grouped: bool = False
    affix: str = ""
    day_first: bool | None = None
    code: str = ""


@dataclass(slots=True)
class Probe:
    """Sees all the cells of one text column and decides what they are.

    Args:
        missing: Cells that mean missing; empty ones always do.
        decimal: The decimal mark.
        numbers: Whether text may be turned into numbers and truth values.
    """

    missing: tuple[str, ...] = MISSING
    decimal: str = "."
    numbers: bool = True
    rows: int = 0
    tokens: Counter[str] = field(default_factory=Counter)
    unfit: int = 0
    first_unfit: tuple[int, str] | None = None
    trimmed: bool = False
    ambiguous_dates: bool = False
    _number: bool = True
    _int: bool = True
    _zeros: bool = False
    _point: bool = False
    _long: bool = False
    _grouped: bool = False
    _affix: str | None = None
    _unfit_tokens: Counter[str] = field(default_factory=Counter)
    _bool: bool = True
    _date: bool = True
    _iso: bool | None = None
    _day_first: bool = True
    _month_first: bool = True

    def __post_init__(self) -> None:
        self._number = self._int = self._bool = self.numbers

    def feed(self, cells: pa.Array) -> None:
        """Look at the next cells."""
        if self._at_once(cells):
            self.rows += len(cells)
            return
        trimmed = pc.utf8_trim_whitespace(cells)
        if not self.trimmed and not pc.all(pc.equal(trimmed, cells)).as_py():
            self.trimmed = self._matters(cells, trimmed)
        void = absent(trimmed, self.missing)
        if pc.any(void).as_py():
            gone = pc.value_counts(pc.filter(pc.fill_null(cells, ""), void))
            for token, n in zip(gone.field(0).to_pylist(), gone.field(1).to_pylist(), strict=True):
                self.tokens[token.strip() or token[:1]] += n
        rest = pc.drop_null(pc.if_else(void, pa.scalar(None, trimmed.type), trimmed))
        if len(rest):
            fits = self._number and self._feed_numbers(rest, trimmed, void)
            if fits:
                self._date = False
            elif self._date:
                self._feed_dates(rest)
            self._bool = self._bool and pc.all(pc.is_in(rest, value_set=_TRUTH)).as_py()
        self.rows += len(cells)

    def _at_once(self, cells: pa.Array) -> bool:
        """Whether these are all plain numbers like those before: the common case, done quickly."""
        simple = self._number and not self.unfit and self.decimal == "." and not self._grouped
        if not simple or self._affix or cells.null_count or not plain_floats(cells):
            return False
        if not self._point:
            self._feed_digits(cells)
        self._date = self._bool = False
        return True

    def _matters(self, cells: pa.Array, trimmed: pa.Array) -> bool:
        changed = pc.and_(pc.not_equal(cells, trimmed), pc.not_equal(trimmed, ""))
        return bool(pc.any(changed).as_py())

    def _feed_numbers(self, rest: pa.Array, trimmed: pa.Array, void: pa.Array) -> bool:
        """Whether all of these are numbers."""
        if not self._point:
            self._feed_digits(rest)
        if self._int and not self._zeros:
            return True
        if self.decimal == "." and not self._grouped and not self._affix and plain_floats(rest):
            return True
        if self._affix is None:
            self._affix = sign_of(str(rest[0]))
        plain = strip_affix(rest, self._affix)
        fits = is_number(plain, self.decimal)
        if not self._grouped:
            self._grouped = has_groups(pc.filter(plain, fits), self.decimal)
        bad = pc.invert(fits)
        if n_bad := pc.sum(bad).as_py() or 0:
            self._note_unfit(pc.filter(rest, bad), n_bad, trimmed)
        return n_bad == 0

    def _feed_digits(self, rest: pa.Array) -> None:
        if pc.any(pc.match_substring_regex(rest, r"^[-+]?0\d+$")).as_py():
            self._zeros = True
        if self._int and _casts(rest, pa.int64()):
            self._long |= pc.max(pc.utf8_length(rest)).as_py() > 15
            return
        self._int = False
        self._long |= pc.any(pc.match_substring_regex(rest, r"^\d{17,}$")).as_py()
        self._point = pc.any(pc.match_substring_regex(rest, r"^[-+]?\d*[.,]\d+")).as_py()

    def _note_unfit(self, words: pa.Array, n: int, trimmed: pa.Array) -> None:
        if self.first_unfit is None:
            place = pc.index(trimmed, words[0]).as_py()
            self.first_unfit = (self.rows + place, str(words[0]))
        self.unfit += n
        counted = pc.value_counts(words)
        pairs = zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True)
        for word, times in pairs:
            if word in self._unfit_tokens or len(self._unfit_tokens) < 50:
                self._unfit_tokens[word] += times
        share = self.unfit / (self.rows + len(trimmed))
        if share > UNFIT_SHARE and not self._contextual():
            self._number = False

    def _contextual(self) -> bool:
        return set(self._unfit_tokens) <= set(MISSING_NUMBERS)

    def _feed_dates(self, rest: pa.Array) -> None:
        pattern = CLOCK if self._iso is False else ISO
        fits = pc.all(pc.match_substring_regex(rest, pattern)).as_py()
        if self._iso is None and not fits:
            fits = pc.all(pc.match_substring_regex(rest, CLOCK)).as_py()
            self._iso = False
        elif self._iso is None:
            self._iso = True
        if fits and self._iso:
            self._date = _dated(rest, None)
        elif fits:
            self._day_first = self._day_first and _dated(rest, True)
            self._month_first = self._month_first and _dated(rest, False)
            self._date = self._day_first or self._month_first
        else:
            self._date = False

    def reading(self) -> Reading:
        """What the column is, once all its cells were seen."""
        some = sum(self.tokens.values()) < self.rows
        if not some:
            return Reading("float" if self.numbers else "text", self.missing, self.decimal)
        if self._bool:
            return Reading("bool", self.missing)
        if self._number and (not self.unfit or self._contextual()):
            return self._number_reading()
        if self._date and self._iso:
            return Reading("date", self.missing)
        if self._date and self._day_first != self._month_first:
            return Reading("date", self.missing, day_first=self._day_first)
        self.ambiguous_dates = self._date
        return Reading("text", self.missing)

    def _number_reading(self) -> Reading:
        gone = tuple(self._unfit_tokens)
        for token, n in self._unfit_tokens.items():
            self.tokens[token] += n
        missing = (*self.missing, *gone)
        lacking = sum(self.tokens.values()) > 0
        if self._zeros and not self._point:
            return Reading("text", missing, code="zeros")
        if self._long and (lacking or not self._int):
            return Reading("text", missing, code="long")
        kind: Kind = "int" if self._int and not lacking else "float"
        return Reading(kind, missing, self.decimal, self._grouped, self._affix or "")


def has_date_form(cell: str) -> bool:
    """Whether one cell is written like a date."""
    return bool(re.match(ISO, cell) or re.match(CLOCK, cell))


def absent(trimmed: pa.Array, missing: tuple[str, ...]) -> pa.Array:
    """Which trimmed cells are empty, null or one of the words for missing.

    Cells that hold nothing but commas or semicolons count as empty: trailing separators of a
    spreadsheet saved with another delimiter.
    """
    words = pa.array(["", *missing], type=trimmed.type)
    gone = pc.is_in(trimmed, value_set=words)
    stray = pc.match_substring_regex(trimmed, r"^[,;]+$")
    return pc.fill_null(pc.or_(gone, stray), True)


def _casts(cells: pa.Array, to: pa.DataType) -> bool:
    try:
        pc.cast(cells, to)
    except pa.ArrowInvalid:
        return False
    return True


def _dated(cells: pa.Array, day_first: bool | None) -> bool:
    try:
        dates(cells, day_first)
    except pa.ArrowInvalid:
        return False
    return True


def plain_floats(cells: pa.Array) -> bool:
    """Whether every cell is a number with a decimal point; ``inf`` and ``nan`` are words here."""
    if not _casts(cells, pa.float64()):
        return False
    return not pc.any(pc.match_substring_regex(cells, r"[a-df-zA-DF-Z]")).as_py()


def is_number(cells: pa.Array, decimal: str) -> pa.Array:
    """Which cells are numbers with that decimal mark, thousands set apart or not."""
    whole, bare = (POINT, BARE) if decimal == "." else (COMMA, BARE_COMMA)
    return pc.or_(pc.match_substring_regex(cells, whole), pc.match_substring_regex(cells, bare))


def has_groups(cells: pa.Array, decimal: str) -> bool:
    """Whether a number has separators between its thousands."""
    mark = "," if decimal == "." else r"\."
    pattern = rf"\d[{mark}'’  \x{{202f}}]\d{{3}}"
    return bool(pc.any(pc.match_substring_regex(cells, pattern)).as_py())


def sign_of(cell: str) -> str:
    """The currency or percent sign around a number, or nothing."""
    return next((c for c in "$€£¥%" if c in (cell[:1], cell[-1:])), "")


def strip_affix(cells: pa.Array, sign: str) -> pa.Array:
    """The cells without that sign and the blank beside it."""
    if not sign:
        return cells
    escaped = "\\" + sign if sign == "$" else sign
    return pc.replace_substring_regex(cells, rf"^{escaped} ?| ?{escaped}$", "")


def convert(cells: pa.Array, reading: Reading) -> pa.Array:
    """The values that text cells stand for.

    Raises:
        pa.ArrowInvalid: A cell that the reading does not cover.
    """
    if reading.kind in ("int", "float") and reading.decimal == "." and not cells.null_count:
        with contextlib.suppress(pa.ArrowInvalid):
            # Mostly every cell is a plain number; those of infinity and the like are words here.
            values = pc.cast(cells, pa.int64() if reading.kind == "int" else pa.float64())
            if reading.kind == "int" or pc.all(pc.is_finite(values)).as_py():
                return values
    trimmed = pc.utf8_trim_whitespace(cells)
    void = absent(trimmed, reading.missing)
    kept = pc.if_else(void, pa.scalar(None, trimmed.type), trimmed)
    if reading.kind == "text":
        return pc.cast(kept, pa.large_string())
    if reading.kind == "bool":
        truth = pc.is_in(kept, value_set=pa.array(TRUE, type=kept.type))
        return pc.if_else(void, pa.scalar(None, pa.bool_()), truth)
    if reading.kind == "date":
        return dates(kept, reading.day_first)
    if reading.kind == "int":
        return pc.cast(kept, pa.int64())
    return pc.cast(number_text(kept, reading), pa.float64())


def number_text(kept: pa.Array, reading: Reading) -> pa.Array:
    """Number cells as plain digits with a decimal point."""
    kept = strip_affix(kept, reading.affix)
    if reading.grouped:
        mark = "," if reading.decimal == "." else r"\."
        kept = pc.replace_substring_regex(kept, rf"[{mark}'’  \x{{202f}}]", "")
    if reading.decimal == ",":
        kept = pc.replace_substring(kept, ",", ".")
    return pc.replace_substring_regex(kept, r"^\+", "")


def dates(cells: pa.Array, day_first: bool | None) -> pa.Array:
    """Points in time from ISO dates (``day_first`` None) or from ``13/03/2004 18:00``.

    A time zone is taken off after moving the time to UTC.

    Raises:
        pa.ArrowInvalid: A cell that is no date, such as 30 February.
    """
    stamp = pa.timestamp("us")
    if day_first is None:
        text = pc.replace_substring_regex(cells, r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})", r"\1-\2-\3")
        text = _padded_iso(text)
        if pc.any(pc.match_substring_regex(text, r"(Z|[+-]\d{2}:?\d{2})$")).as_py():
            # A date ends in what could be taken for an offset: only cells with a clock have one.
            zoned = pc.match_substring_regex(text, r":\d{2}.*(Z|[+-]\d{2}:?\d{2})$")
            if pc.any(zoned).as_py():
                filled = pc.if_else(zoned, text, pc.binary_join_element_wise(text, "Z", ""))
                return pc.cast(pc.cast(filled, pa.timestamp("us", "UTC")), stamp)
        return pc.cast(text, stamp)
    parts = pc.extract_regex(cells, PARTS)
    day, month = ("a", "b") if day_first else ("b", "a")
    iso = pc.binary_join_element_wise(
        pc.struct_field(parts, "year"), pc.utf8_lpad(pc.struct_field(parts, month), 2, "0"),
        pc.utf8_lpad(pc.struct_field(parts, day), 2, "0"), "-",
    )  # fmt: skip
    clock = pc.replace_substring_regex(pc.struct_field(parts, "time"), r"^[ T](\d):", r" 0\1:")
    return pc.cast(pc.binary_join_element_wise(iso, clock, ""), stamp)


def _padded_iso(text: pa.Array) -> pa.Array:
    text = pc.replace_substring_regex(text, r"^(\d{4})-(\d)-", r"\1-0\2-")
    text = pc.replace_substring_regex(text, r"^(\d{4}-\d{2})-(\d)($|[ T])", r"\1-0\2\3")
    text = pc.replace_substring_regex(text, r"[ T](\d):", r" 0\1:")
    text = pc.replace_substring_regex(text, r" ?([+-]\d{2}):?(\d{2})$", r"\1:\2")
    text = pc.replace_substring_regex(text, r" Z$", "Z")
    return pc.replace_substring_regex(text, r",(\d+)", r".\1")
