"""Expressions inside a formula: a tiny closed language of names, numbers and listed functions.

A formula typed by a person is never handed to Python. patsy and formulaic, the two formula
libraries that statsmodels knows, evaluate the text of each factor as Python code; so Outfold reads
formulas itself. What cannot be said with the names of columns, numbers, ``+ - * / ^`` and
``FUNCTIONS`` cannot be run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from outfold.errors import OutfoldError

ELEMENTWISE: tuple[str, ...] = (
    "I", "log", "log2", "log10", "log1p", "exp", "expm1", "sqrt", "abs",
)  # fmt: skip
"""Functions of one value per row."""
CATEGORICAL: tuple[str, ...] = ("C", "factor")
"""Functions that make a column categorical, whatever it holds."""
BASES: tuple[str, ...] = ("poly", "bs")
"""Functions that give several columns: orthogonal polynomials, cubic B-splines."""
WHOLE: tuple[str, ...] = ("offset", "cbind")
"""Functions that are a term or a response of their own."""
FUNCTIONS: tuple[str, ...] = ELEMENTWISE + CATEGORICAL + BASES + WHOLE

LONGEST = 20_000
"""Characters of a formula; more is a mistake or an attack."""
DEEPEST = 40
"""Parentheses inside each other."""

PLAIN_NAME = re.compile(r"(?:[^\W\d]|\.(?!\d))[\w.]*\Z")
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<name>(?:[^\W\d]|\.(?!\d))[\w.]*)
    | (?P<quoted>`(?:[^`]|``)+`)
    | (?P<sign>\*\*|[-+*/^:(),~=])""",
    re.VERBOSE,
)


class FormulaError(OutfoldError):
    """A formula that cannot be understood or does not fit the table."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a formula's text.

    Attributes:
        kind: ``number``, ``name``, ``quoted``, ``sign`` or ``end``.
        text: The piece; of a quoted name, what is between the quotes.
        place: Where it starts, counted from 1.
    """

    kind: str
    text: str
    place: int


@dataclass(frozen=True, slots=True)
class Name:
    """A column."""

    name: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number."""

    value: float


@dataclass(frozen=True, slots=True)
class Negative:
    """A change of sign."""

    inner: Expression


@dataclass(frozen=True, slots=True)
class Operation:
    """Two expressions joined by one of ``+ - * / ^``."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """One of ``FUNCTIONS`` with its arguments; options such as ``df = 5`` apart."""

    function: str
    arguments: tuple[Expression, ...]
    options: tuple[tuple[str, float], ...] = ()

    def option(self, name: str, otherwise: float) -> float:
        """The value of an option, or what holds without it."""
        return dict(self.options).get(name, otherwise)


Expression = Name | Number | Negative | Operation | Call

_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}


def tokens(text: str) -> list[Token]:
    """The pieces of a formula.

    Raises:
        FormulaError: A character that has no meaning in a formula, or too long a text.
    """
    if len(text) > LONGEST:
        raise FormulaError(
            f"The formula has {len(text):,} characters.", f"At most {LONGEST:,} are read."
        )
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            if text[place] == "`":
                raise FormulaError(
                    f"The backtick at character {place + 1} of the formula is never closed.",
                    "Write a column name with spaces as `its name`.",
                )
            raise FormulaError(
                f"The formula has {text[place]!r} at character {place + 1}, "
                "which has no meaning there.",
                "Put backticks around a column name with spaces or signs: `its name`.",
            )
        kind = str(match.lastgroup)
        word = match.group()
        if kind == "quoted":
            word = word[1:-1].replace("``", "`")
        if kind != "space":
            found.append(Token(kind, word, place + 1))
        place = match.end()
    found.append(Token("end", "the end", len(text) + 1))
    return found


def quoted(name: str) -> str:
    """A column's name as it stands in a formula: in backticks where it needs them."""
    if PLAIN_NAME.match(name):
        return name
    return "`" + name.replace("`", "``") + "`"


_QUOTED = re.compile(r"`((?:[^`]|``)+)`")


def unquoted(text: str) -> str:
    """A term's text as people read it: names without backticks, and a level apart from its name."""

    def bare(found: re.Match[str]) -> str:
        after = text[found.end() : found.end() + 1]
        # What may follow a name within a term; anything else begins a coefficient's level.
        return found.group(1).replace("``", "`") + (": " if after not in ("", *" :),/^") else "")

    return _QUOTED.sub(bare, text)


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)


def text_of(expression: Expression, inside: int = 0) -> str:
    """The one text of an expression, in R's spelling: ``poly(x, 2)``, ``I(x^2)``."""
    match expression:
        case Name(name):
            return quoted(name)
        case Number(value):
            return _number(value)
        case Negative(inner):
            return "-" + text_of(inner, 3)
        case Operation(sign, left, right):
            binds = _BINDS[sign]
            space = "" if sign in "/^" else " "
            joined = f"{text_of(left, binds)}{space}{sign}{space}{text_of(right, binds + 1)}"
            return f"({joined})" if binds < inside else joined
        case Call(function, arguments, options):
            parts = [text_of(a) for a in arguments]
            for name, value in options:
                if function == "poly":
                    parts.append(_number(value))
                elif (name, value) != ("degree", 3.0):
                    parts.append(f"{name} = {_number(value)}")
            return f"{function}({', '.join(parts)})"


def names_in(expression: Expression) -> Iterator[str]:
    """Every column that an expression uses, in order of appearance."""
    match expression:
        case Name(name):
            yield name
        case Number():
            return
        case Negative(inner):
            yield from names_in(inner)
        case Operation(_, left, right):
            yield from names_in(left)
            yield from names_in(right)
        case Call(_, arguments, _):
            for argument in arguments:
                yield from names_in(argument)
