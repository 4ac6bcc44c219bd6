"""Reading a formula: from text to terms, by the rules of R's formula language."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence

from outfold.errors import UnknownNameError
from outfold.judge.expression import (
    BASES,
    DEEPEST,
    FUNCTIONS,
    Call,
    Expression,
    FormulaError,
    Name,
    Negative,
    Number,
    Operation,
    Token,
    names_in,
    quoted,
    text_of,
    tokens,
)
from outfold.judge.formula import MOST_TERMS, Formula, Term
from outfold.judge.formula_call import OPTIONS, checked_call

_Sets = list[frozenset[str]]


def parse_formula(text: str, columns: Sequence[str]) -> Formula:
    """The formula that a text describes, such as ``claims ~ age * region + offset(log(years))``.

    ``a + b`` adds terms, ``a:b`` is an interaction, ``a * b`` is ``a + b + a:b``, ``a / b`` is
    ``a + a:b``, ``(a + b)^2`` all interactions up to order two, ``-`` takes a term away, ``0`` or
    ``- 1`` the intercept, and ``.`` stands for every column that is not in the response. Terms are
    sorted by order, as in R.

    Args:
        text: The formula.
        columns: The columns of the table.

    Raises:
        FormulaError: The text is no formula.
        UnknownNameError: A column that the table does not have; the hint gives the nearest one.
    """
    return _Parser(text, columns).formula()


class _Parser:
    def __init__(self, text: str, columns: Sequence[str]) -> None:
        self.tokens = tokens(text)
        self.columns = tuple(columns)
        self.known = frozenset(columns)
        self.at = 0
        self.depth = 0
        self.intercept = True
        self.response: Expression | None = None
        self.factors: dict[str, Expression] = {}
        self.offsets: dict[str, Expression] = {}

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def take(self, *signs: str) -> Token | None:
        """The next token if it is one of these signs."""
        if self.token.kind == "sign" and self.token.text in signs:
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def need(self, sign: str) -> None:
        if not self.take(sign):
            raise self.unexpected(f"{sign!r} was expected there.")

    def unexpected(self, hint: str) -> FormulaError:
        what = "ends too early" if self.token.kind == "end" else f"has {self.token.text!r}"
        return FormulaError(
            f"The formula {what} at character {self.token.place}.", hint[:1].upper() + hint[1:]
        )

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaError(
                f"The formula has parentheses more than {DEEPEST} deep.", "Write it out flatter."
            )

    def formula(self) -> Formula:
        if not any(t.kind == "sign" and t.text == "~" for t in self.tokens):
            raise FormulaError("The formula has no '~'.", "Write response ~ terms.")
        if self.token.text == "~" and self.token.kind == "sign":
            raise FormulaError("The formula has no response.", "Write response ~ terms.")
        self.response = self.sum()
        if isinstance(self.response, Call) and self.response.function in (*BASES, "offset"):
            raise FormulaError(
                f"{text_of(self.response)} cannot be a response.", "Take a column or log(column)."
            )
        self.need("~")
        found = self.terms()
        if self.token.kind != "end":
            raise self.unexpected("join terms by +, -, *, : or ^.")
        place = {label: i for i, label in enumerate(self.factors)}
        terms = [
            Term(tuple(self.factors[f] for f in sorted(one, key=place.__getitem__)))
            for one in found
            if one
        ]
        terms.sort(key=lambda t: len(t.factors))
        explained = text_of(self.response)
        if any(text_of(f) == explained for t in terms for f in t.factors):
            raise FormulaError(
                f"The response {explained} is also among the terms, so it would explain itself.",
                "Take it away on the right of '~'.",
            )
        return Formula(self.response, tuple(terms), self.intercept, tuple(self.offsets.values()))

    # ---- terms: what + * : / ^ mean between columns -------------------------------------------

    def terms(self) -> _Sets:
        found: _Sets = []
        minus = False
        if sign := self.take("+", "-"):
            minus = sign.text == "-"
        while True:
            if not self.constant(minus):
                more = self.product()
                found = [t for t in found if t not in more] if minus else _joined(found, more)
            sign = self.take("+", "-")
            if sign is None:
                return found
            minus = sign.text == "-"

    def constant(self, minus: bool) -> bool:
        """Take a lone 0 or 1, which speaks of the intercept."""
        token, after = self.token, self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        alone = after.kind == "end" or (after.kind == "sign" and after.text in "+-)")
        if token.kind != "number" or token.text not in ("0", "1") or not alone:
            return False
        self.at += 1
        self.intercept = (token.text == "1") != minus
        return True

    def product(self) -> _Sets:
        found = self.interaction()
        while sign := self.take("*", "/"):
            right = self.interaction()
            if sign.text == "*":
                found = _joined(found, right, _crossed(found, right))
            else:
                whole: frozenset[str] = frozenset().union(*found)
                found = _joined(found, [whole | t for t in right])
        return found

    def interaction(self) -> _Sets:
        found = self.power()
        while self.take(":"):
            found = _crossed(found, self.power())
        return found

    def power(self) -> _Sets:
        base = self.term()
        if not self.take("^", "**"):
            return base
        token = self.token
        if token.kind != "number" or token.text not in {str(i) for i in range(1, 11)}:
            raise self.unexpected("a power of terms is a whole number from 1 to 10.")
        self.at += 1
        found = base
        for _ in range(int(token.text) - 1):
            found = _joined(found, _crossed(found, base))
        return found

    def term(self) -> _Sets:
        if self.take("("):
            self.deeper()
            found = self.terms()
            self.need(")")
            self.depth -= 1
            return found
        if self.token.kind == "name" and self.token.text == ".":
            self.at += 1
            assert self.response is not None
            used = set(names_in(self.response))
            return [self.factor(Name(c)) for c in self.columns if c not in used]
        if self.token.kind == "number":
            raise self.unexpected("write I(…) around arithmetic, such as I(x * 2).")
        expression = self.atom()
        if isinstance(expression, Call):
            if expression.function == "offset":
                self.offsets[text_of(expression)] = expression.arguments[0]
                return []
            if expression.function == "cbind":
                raise FormulaError(
                    "cbind(…) stands right of '~'.", "It is a response: cbind(yes, no) ~ terms."
                )
        return [self.factor(expression)]

    def factor(self, expression: Expression) -> frozenset[str]:
        label = text_of(expression)
        self.factors.setdefault(label, expression)
        return frozenset({label})

    # ---- arithmetic: what + - * / ^ mean inside a function -------------------------------------

    def sum(self) -> Expression:
        found = self.times()
        while sign := self.take("+", "-"):
            found = Operation(sign.text, found, self.times())
        return found

    def times(self) -> Expression:
        found = self.signed()
        while sign := self.take("*", "/"):
            found = Operation(sign.text, found, self.signed())
        return found

    def signed(self) -> Expression:
        if self.take("-"):
            self.deeper()
            found = Negative(self.signed())
            self.depth -= 1
            return found
        base = self.atom()
        if self.take("^", "**"):
            self.deeper()
            found_power = Operation("^", base, self.signed())
            self.depth -= 1
            return found_power
        return base

    def atom(self) -> Expression:
        token = self.token
        if token.kind == "number":
            self.at += 1
            return Number(float(token.text))
        if self.take("("):
            self.deeper()
            inner = self.sum()
            self.need(")")
            self.depth -= 1
            return inner
        if token.kind not in ("name", "quoted"):
            raise self.unexpected("a column or a function was expected there.")
        self.at += 1
        if token.kind == "name" and self.take("("):
            return self.call(token)
        if token.text not in self.known:
            raise unknown_column(token.text, self.columns, quoted)
        return Name(token.text)

    def call(self, token: Token) -> Call:
        function = token.text
        if function not in FUNCTIONS:
            near = difflib.get_close_matches(function, FUNCTIONS, n=1, cutoff=0.5)
            raise FormulaError(
                f"The formula calls {function}(…), which is no function here.",
                f"Did you mean {near[0]}?" if near else "Known are " + ", ".join(FUNCTIONS) + ".",
            )
        self.deeper()
        arguments: list[Expression] = []
        options: dict[str, float] = {}
        allowed = OPTIONS.get(function, ())
        while True:
            after = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else self.token
            if self.token.kind == "name" and after.kind == "sign" and after.text == "=":
                name = self.token.text
                options[name] = self.option(function, allowed)
            else:
                arguments.append(self.sum())
            if not self.take(","):
                break
        self.need(")")
        self.depth -= 1
        return checked_call(function, arguments, options)

    def option(self, function: str, allowed: tuple[str, ...]) -> float:
        name = self.token.text
        if name not in allowed:
            raise FormulaError(
                f"{function}(…) has no option {name!r}.",
                "It takes " + (", ".join(allowed) or "no options") + ".",
            )
        self.at += 2
        if self.token.kind != "number":
            raise self.unexpected(f"{name} takes a whole number.")
        self.at += 1
        return float(self.tokens[self.at - 1].text)


def _joined(*lists: _Sets) -> _Sets:
    found = list(dict.fromkeys(t for one in lists for t in one))
    if len(found) > MOST_TERMS:
        raise FormulaError(
            f"The formula has more than {MOST_TERMS} terms.", "Take fewer columns or a lower power."
        )
    return found


def _crossed(left: _Sets, right: _Sets) -> _Sets:
    if len(left) * len(right) > MOST_TERMS * MOST_TERMS:
        raise FormulaError(
            f"The formula has more than {MOST_TERMS} terms.", "Take fewer columns or a lower power."
        )
    return _joined([a | b for a in left for b in right])


def unknown_column(
    name: str, columns: Sequence[str], written: Callable[[str], str] = str
) -> UnknownNameError:
    """The error for a column that a table does not have, with the nearest as it is written."""
    near = difflib.get_close_matches(name, columns, n=1, cutoff=0.5)
    shown = ", ".join(list(columns)[:12]) + (", …" if len(columns) > 12 else "")
    hint = f"Did you mean {written(near[0])}?" if near else f"Columns are {shown}."
    return UnknownNameError(f"There is no column named {name!r}.", hint)
