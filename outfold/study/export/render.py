"""Estimators as the expressions that make them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np

from outfold.errors import StudyError
from outfold.study.export.clean import Imported
from outfold.study.export.literal import literal

WIDTH = 96
LIBRARIES = ("sklearn", "imblearn", "lightgbm", "numpy", "pandas", "scipy")


def parts_of(value: Any) -> Iterator[Any]:
    """Every function and class that the expression of a value names."""
    if isinstance(value, Mapping):
        for inner in [*value.keys(), *value.values()]:
            yield from parts_of(inner)
    elif isinstance(value, list | tuple | set):
        for inner in value:
            yield from parts_of(inner)
    elif isinstance(value, FunctionType | type):
        yield value
    elif not _is_plain(value):
        yield type(value)
        for inner in settings(value).values():
            yield from parts_of(inner)


def instances_of(value: Any) -> Iterator[Any]:
    """Every object that the expression of a value makes."""
    if isinstance(value, Mapping | list | tuple | set):
        inner = value.values() if isinstance(value, Mapping) else value
        for one in inner:
            yield from instances_of(one)
    elif not _is_plain(value) and not isinstance(value, FunctionType | type):
        yield value
        for one in settings(value).values():
            yield from instances_of(one)


def is_foreign(part: Any) -> bool:
    """Whether a function or class comes from a library that the script imports."""
    return str(part.__module__).split(".")[0] in (*LIBRARIES, "builtins")


def settings(value: Any) -> dict[str, Any]:
    """What an object was made with, by the names of its constructor."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in fields(value) if f.init}
    if hasattr(value, "get_params"):
        return dict(value.get_params(deep=False))
    names = [p for p in inspect.signature(type(value).__init__).parameters if p != "self"]
    try:
        return {name: getattr(value, name) for name in names}
    except AttributeError:
        raise StudyError(
            f"{type(value).__name__} cannot be exported: it does not keep what it was made with.",
            "Leave it out of what is exported.",
        ) from None


class Expressions:
    """Expressions for values, by the names that functions and classes have in the script.

    Args:
        name: The script's name of one of the engine's functions or classes.

    Attributes:
        imports: What the expressions need from other libraries.
    """

    def __init__(self, name: Callable[[Any], str]) -> None:
        self._name = name
        self.imports: set[Imported] = set()

    def of(self, value: Any, indent: int = 0, beside: int = 0) -> str:
        """The expression of a value, over several lines where one is too short.

        Args:
            value: What is said.
            indent: Where further lines begin.
            beside: What else stands on the first line.
        """
        flat = self._text(value, None)
        return flat if len(flat) + indent + beside <= WIDTH else self._text(value, indent)

    def _text(self, value: Any, indent: int | None) -> str:
        if _is_plain(value):
            return literal(value)
        if isinstance(value, Mapping):
            items = [(f"{self._text(k, None)}: ", v) for k, v in value.items()]
            return self._listed("{", items, "}", indent)
        if isinstance(value, tuple):
            closing = ",)" if len(value) == 1 and indent is None else ")"
            return self._listed("(", [("", v) for v in value], closing, indent)
        if isinstance(value, list):
            return self._listed("[", [("", v) for v in value], "]", indent)
        if isinstance(value, FunctionType | type | BuiltinFunctionType):
            return self._named(value)
        given = [(f"{k}=", v) for k, v in _unusual(value).items()]
        given = _positional(value, given)
        output = getattr(value, "_sklearn_output_config", {}).get("transform")
        closing = ")" if output is None else f").set_output(transform={literal(output)})"
        return self._listed(self._named(type(value)) + "(", given, closing, indent)

    def _listed(
        self, opening: str, items: list[tuple[str, Any]], closing: str, indent: int | None
    ) -> str:
        if indent is None or not items:
            return opening + ", ".join(k + self._text(v, None) for k, v in items) + closing
        pad = " " * (indent + 4)
        lines = [f"{pad}{k}{self.of(v, indent + 4 + len(k))},\n" for k, v in items]
        return opening + "\n" + "".join(lines) + " " * indent + closing

    def _named(self, part: Any) -> str:
        if not is_foreign(part):
            return self._name(part)
        name = part.__name__
        if part.__module__ != "builtins":
            self.imports.add((public_home(part), name, name))
        return name


def public_home(part: Any) -> str:
    """The module by which people import something: the last one with no underscore."""
    import importlib

    pieces = part.__module__.split(".")
    for count in range(1, len(pieces) + 1):
        module = ".".join(pieces[:count])
        if any(p.startswith("_") for p in pieces[:count]):
            break
        if getattr(importlib.import_module(module), part.__name__, None) is part:
            return module
    return str(part.__module__)


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | str | bytes | np.generic)


def _unusual(value: Any) -> dict[str, Any]:
    """What differs from the defaults of the constructor."""
    defaults = {n: p.default for n, p in inspect.signature(type(value).__init__).parameters.items()}
    return {
        name: given
        for name, given in _in_order(value, settings(value)).items()
        if not _same(given, defaults.get(name, inspect.Parameter.empty))
    }


def _in_order(value: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Settings in the order of the constructor, any further ones behind."""
    names = [n for n in inspect.signature(type(value).__init__).parameters if n in given]
    return {n: given[n] for n in dict.fromkeys([*names, *given])}


def _same(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, float) and np.isnan(a) and np.isnan(b):
        return True
    return a is b or (_is_plain(a) and bool(a == b))


def _positional(value: Any, given: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The first argument without its name, where it is what the object wraps."""
    names = [p for p in inspect.signature(type(value).__init__).parameters if p != "self"]
    wraps = ("estimator", "regressor", "func", "choose", "method", "first")
    if given and names and given[0][0] == f"{names[0]}=" and names[0] in wraps:
        parameter = inspect.signature(type(value).__init__).parameters[names[0]]
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            return [("", given[0][1]), *given[1:]]
    return given
