"""The functions that a formula may call: how many arguments, which options, what inside what."""

from __future__ import annotations

from outfold.judge.expression import (
    CATEGORICAL,
    ELEMENTWISE,
    Call,
    Expression,
    FormulaError,
    Number,
)

OPTIONS: dict[str, tuple[str, ...]] = {"poly": ("degree",), "bs": ("df", "degree")}
"""The options of the functions that have any, in the order in which they may stand unnamed."""


def checked_call(function: str, arguments: list[Expression], options: dict[str, float]) -> Call:
    """A call with the right number of arguments, unnamed options by their names.

    Raises:
        FormulaError: Too many or too few arguments, or one that the function cannot take.
    """
    names = OPTIONS.get(function, ())
    for name, unnamed in zip(names, arguments[1:], strict=False):
        if isinstance(unnamed, Number) and name not in options:
            options[name] = unnamed.value
    extra = [a for a in arguments[1:] if not isinstance(a, Number)] if names else arguments[1:]
    if function == "cbind":
        if len(arguments) != 2:
            raise FormulaError(
                f"cbind(…) has {len(arguments)} columns.", "It takes two: successes, failures."
            )
        return Call(function, tuple(arguments))
    if extra or not arguments:
        raise FormulaError(f"{function}(…) takes one column or expression.", f"{function}(x).")
    if function == "poly":
        options.setdefault("degree", 1.0)
    if function == "bs":
        options.setdefault("degree", 3.0)
        options.setdefault("df", options["degree"])
    for name, value in options.items():
        if not (value.is_integer() and 1 <= value <= 20):
            raise FormulaError(
                f"{function}(…) has {name} = {value:g}.", "It takes a whole number from 1 to 20."
            )
    inner = arguments[0]
    nested = isinstance(inner, Call) and inner.function not in ELEMENTWISE
    if nested and isinstance(inner, Call):
        raise FormulaError(
            f"{function}(…) cannot hold {inner.function}(…).",
            f"Write {inner.function}(…) as a term of its own.",
        )
    if function in CATEGORICAL and isinstance(inner, Number):
        raise FormulaError(f"{function}(…) needs a column.", f"Write {function}(x).")
    return Call(function, (inner,), tuple((n, options[n]) for n in names if n in options))
