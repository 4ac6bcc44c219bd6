"""A model formula as terms: what can be added, dropped, compared and written back as text."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from outfold.judge.expression import Expression, names_in, text_of

MOST_TERMS = 2_000
"""Terms of a formula; more cannot be fitted in reasonable time, nor read."""


@dataclass(frozen=True, slots=True)
class Term:
    """One column, one function of a column, or an interaction of several.

    Attributes:
        factors: What is multiplied, in the order in which the formula names them first.
    """

    factors: tuple[Expression, ...]

    @property
    def label(self) -> str:
        """The term's text in R's spelling: ``wool:tension``."""
        return ":".join(text_of(f) for f in self.factors)

    @property
    def parts(self) -> frozenset[str]:
        """The texts of its factors."""
        return frozenset(text_of(f) for f in self.factors)

    def contains(self, other: Term) -> bool:
        """Whether this term is an interaction that the other one is marginal to."""
        return other.parts < self.parts


@dataclass(frozen=True, slots=True)
class Formula:
    """A response and the terms that explain it.

    Attributes:
        response: What is explained.
        terms: Main effects first, then interactions by order.
        intercept: Whether there is a constant.
        offsets: What is added to the linear predictor with a coefficient of one.
    """

    response: Expression
    terms: tuple[Term, ...]
    intercept: bool = True
    offsets: tuple[Expression, ...] = ()

    def __str__(self) -> str:
        parts = [t.label for t in self.terms]
        parts += [f"offset({text_of(o)})" for o in self.offsets]
        if not self.intercept:
            parts.insert(0, "0")
        elif not self.terms:
            parts.insert(0, "1")
        return f"{text_of(self.response)} ~ {' + '.join(parts)}"

    @property
    def labels(self) -> tuple[str, ...]:
        """The terms' texts."""
        return tuple(t.label for t in self.terms)

    def columns(self) -> tuple[str, ...]:
        """The columns that the formula uses, each once."""
        used = list(names_in(self.response))
        for term in self.terms:
            for factor in term.factors:
                used += names_in(factor)
        for offset in self.offsets:
            used += names_in(offset)
        return tuple(dict.fromkeys(used))

    def with_terms(self, terms: tuple[Term, ...]) -> Formula:
        """The same formula with other terms, main effects first."""
        return dataclasses.replace(self, terms=tuple(sorted(terms, key=lambda t: len(t.factors))))

    def without(self, *dropped: Term) -> Formula:
        """The same formula without some terms."""
        gone = {t.parts for t in dropped}
        return self.with_terms(tuple(t for t in self.terms if t.parts not in gone))

    def plus(self, term: Term) -> Formula:
        """The same formula with one more term."""
        return self.with_terms((*self.terms, term))

    def has(self, term: Term) -> bool:
        """Whether a term is in the formula, whatever the order of its factors."""
        return any(t.parts == term.parts for t in self.terms)

    def droppable(self) -> tuple[Term, ...]:
        """The terms that no interaction of the formula contains."""
        return tuple(t for t in self.terms if not any(o.contains(t) for o in self.terms))

    def addable(self, scope: Formula) -> tuple[Term, ...]:
        """The terms of a wider formula that can be added with all that is marginal to them."""
        return tuple(
            t
            for t in scope.terms
            if not self.has(t) and all(self.has(o) for o in scope.terms if t.contains(o))
        )
