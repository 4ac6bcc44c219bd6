"""What the text cells of a column are: found by looking at all of them.

Reading goes over a table twice. In the first pass a ``Probe`` per text column sees every cell and
decides what the column is; in the second ``outfold.data.cells.convert`` makes the values.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from outfold.data.cells import (
    FALSE,
    MISSING,
    MISSING_NUMBERS,
    TRUE,
    Kind,
    Reading,
    absent,
    casts,
    has_groups,
    is_number,
    plain_enough,
    plain_floats,
    sign_of,
    strip_affix,
)  # fmt: skip
from outfold.data.dates import CLOCK, ISO, can_be_dates

UNFIT_SHARE = 0.2
"""A column with a larger share of cells that are no numbers is not tested for numbers any more."""

_TRUTH = pa.array([*TRUE, *FALSE])


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
        # Words come back, so the tests look at each distinct one once and weigh it by its count.
        counted = pc.value_counts(cells)
        words, times = counted.field(0), counted.field(1)
        trimmed = pc.utf8_trim_whitespace(words)
        if not self.trimmed:
            self.trimmed = self._matters(words, trimmed)
        void = absent(trimmed, self.missing)
        gone = zip(
            pc.filter(words, void).to_pylist(), pc.filter(times, void).to_pylist(), strict=True
        )
        for token, n in gone:
            self.tokens[(token or "").strip() or (token or "")[:1]] += n
        known = pc.invert(void)
        rest, times = pc.filter(trimmed, known), pc.filter(times, known)
        if len(rest):
            fits = self._number and self._feed_numbers(rest, times, cells)
            if fits:
                self._date = False
            elif self._date:
                self._feed_dates(rest)
            self._bool = self._bool and pc.all(pc.is_in(rest, value_set=_TRUTH)).as_py()
        self.rows += len(cells)

    def _at_once(self, cells: pa.Array) -> bool:
        """Whether these are all plain numbers like those before: the common case, done quickly."""
        simple = self._number and not self.unfit and not self._grouped and not self._affix
        if (
            not simple
            or not plain_enough(self.decimal, self.missing)
            or cells.null_count
            or not plain_floats(cells)
        ):
            return False
        if not self._point:
            self._feed_digits(cells)
        self._date = self._bool = False
        return True

    def _matters(self, cells: pa.Array, trimmed: pa.Array) -> bool:
        changed = pc.and_(pc.not_equal(cells, trimmed), pc.not_equal(trimmed, ""))
        return bool(pc.any(changed).as_py())

    def _feed_numbers(self, rest: pa.Array, times: pa.Array, cells: pa.Array) -> bool:
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
        if not pc.any(bad).as_py():
            return True
        self._note_unfit(pc.filter(rest, bad), pc.filter(times, bad), cells)
        return False

    def _feed_digits(self, rest: pa.Array) -> None:
        if pc.any(pc.match_substring_regex(rest, r"^[-+]?0\d+$")).as_py():
            self._zeros = True
        if self._int and casts(rest, pa.int64()):
            self._long |= pc.max(pc.utf8_length(rest)).as_py() > 15
            return
        self._int = False
        self._long |= pc.any(pc.match_substring_regex(rest, r"^\d{17,}$")).as_py()
        self._point = pc.any(pc.match_substring_regex(rest, r"^[-+]?\d*[.,]\d+")).as_py()

    def _note_unfit(self, words: pa.Array, times: pa.Array, cells: pa.Array) -> None:
        if self.first_unfit is None:
            places = pc.index_in(pc.utf8_trim_whitespace(cells), value_set=words)
            place = pc.index(pc.is_valid(places), True).as_py()
            self.first_unfit = (self.rows + place, str(words[places[place].as_py()]))
        self.unfit += pc.sum(times).as_py()
        for word, n in zip(words.to_pylist(), times.to_pylist(), strict=True):
            if word in self._unfit_tokens or len(self._unfit_tokens) < 50:
                self._unfit_tokens[word] += n
        share = self.unfit / (self.rows + len(cells))
        if share > UNFIT_SHARE and not self._contextual():
            self._number = False

    def _contextual(self) -> bool:
        return set(self._unfit_tokens) <= set(MISSING_NUMBERS)

    def _feed_dates(self, rest: pa.Array) -> None:
        if self._iso is not False and casts(rest, pa.timestamp("us")):
            self._iso = True
            return
        pattern = CLOCK if self._iso is False else ISO
        fits = pc.all(pc.match_substring_regex(rest, pattern)).as_py()
        if self._iso is None and not fits:
            fits = pc.all(pc.match_substring_regex(rest, CLOCK)).as_py()
            self._iso = False
        elif self._iso is None:
            self._iso = True
        if fits and self._iso:
            self._date = can_be_dates(rest, None)
        elif fits:
            self._day_first = self._day_first and can_be_dates(rest, True)
            self._month_first = self._month_first and can_be_dates(rest, False)
            self._date = self._day_first or self._month_first
        else:
            self._date = False

    @property
    def nearly_number(self) -> bool:
        """Whether nearly all cells are numbers; the others are counted in ``unfit``."""
        return self._number and self.unfit > 0

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
