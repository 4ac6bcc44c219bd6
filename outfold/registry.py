"""Strategies and the folders that they are found in.

A strategy is one named option, declared in one file by a module-level ``STRATEGY``. Whatever needs
to know the options (menus, forms, the command line, documentation, tests) walks a registry; nothing
lists them by hand. Outside packages add theirs by an entry point in the group ``outfold.<kind>``.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.metadata
import importlib.util
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from outfold.errors import ParameterError, UnknownNameError
from outfold.hashing import key_of
from outfold.task import TASKS, Task

_BAR = re.compile(r"(?<!\\)\|")
"""Between column names; in a name it is written with a backslash before it."""

Kind = Literal["preparation", "selector", "resampler", "model"]
Scalar = int | float | bool | str | None
Value = Scalar | tuple[str, ...]
"""What a parameter holds; several column names are a tuple."""

NAMED_COLUMNS = 3
"""Columns that a choice's name spells out."""

FOLDERS: dict[Kind, str] = {
    "preparation": "outfold.prepare",
    "selector": "outfold.select",
    "resampler": "outfold.resample",
    "model": "outfold.models",
}


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a strategy: what a form, a command line and a check need to know.

    Attributes:
        key: The name that ``build`` takes it by.
        label: What a person reads.
        kind: The type of value; ``columns`` is a tuple of column names.
        default: The value used when nothing is said; ``None`` only with ``none_label``.
        low: Least value allowed, inclusive.
        high: Greatest value allowed, inclusive.
        choices: The values of a choice.
        help: One sentence that says what turning it does.
        scale: ``log`` where steps are sensible as ratios.
        none_label: What ``None`` means ("no limit"), where it is allowed.
        source: Where the default or range comes from.
        search: The values that tuning tries: least and greatest of a number, some of the choices;
            empty where it is not tuned. Without it, tuning tries the whole range.
        search_scale: The scale on which a number is searched, where it is not ``scale``.
        search_source: Where that range comes from.
    """

    key: str
    label: str
    kind: Literal["int", "float", "bool", "choice", "columns"]
    default: Value
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    help: str = ""
    scale: Literal["linear", "log"] = "linear"
    none_label: str = ""
    source: str = ""
    search: tuple[float, float] | tuple[str, ...] | None = None
    search_scale: Literal["linear", "log"] | None = None
    search_source: str = ""

    def check(self, value: Any) -> Value:
        """The value in this parameter's own type.

        Raises:
            ParameterError: Wrong type, outside the range, or not one of the choices.
        """
        if value is None:
            if self.none_label:
                return None
            raise self._refuse(value)
        if self.kind == "bool":
            if isinstance(value, bool):
                return value
            raise self._refuse(value)
        if self.kind == "choice":
            if value in self.choices:
                return str(value)
            raise self._refuse(value)
        if self.kind == "columns":
            if isinstance(value, list | tuple) and value and all(isinstance(v, str) for v in value):
                return tuple(dict.fromkeys(value))
            raise self._refuse(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._refuse(value)
        if self.kind == "int" and float(value) != int(value):
            raise self._refuse(value)
        number = int(value) if self.kind == "int" else float(value)
        if (self.low is not None and number < self.low) or (
            self.high is not None and number > self.high
        ):
            raise self._refuse(value)
        return number

    def parse(self, text: str) -> Value:
        """The value that a text such as ``0.5``, ``true`` or ``none`` stands for.

        Raises:
            ParameterError: The text is no value of this parameter.
        """
        word = text.strip()
        if self.none_label and word.lower() in {"none", "null", ""}:
            return None
        if self.kind == "bool":
            truth = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
            if word.lower() not in truth:
                raise self._refuse(text)
            return truth[word.lower()]
        if self.kind == "choice":
            return self.check(word)
        if self.kind == "columns":
            names = (name.replace("\\|", "|").strip() for name in _BAR.split(text))
            return self.check([name for name in names if name])
        try:
            return self.check(int(word) if self.kind == "int" else float(word))
        except ValueError:
            raise self._refuse(text) from None

    def wanted(self) -> str:
        """The values allowed, in words: ``a whole number from 1 to 50``."""
        if self.kind == "choice":
            words = "one of " + ", ".join(self.choices)
        elif self.kind == "bool":
            words = "true or false"
        elif self.kind == "columns":
            words = "names of columns, with | between them"
        else:
            words = "a whole number" if self.kind == "int" else "a number"
            if self.low is not None and self.high is not None:
                words += f" from {self.low:g} to {self.high:g}"
            elif self.low is not None:
                words += f" of at least {self.low:g}"
            elif self.high is not None:
                words += f" of at most {self.high:g}"
        return words + (f", or none ({self.none_label})" if self.none_label else "")

    def _refuse(self, value: Any) -> ParameterError:
        said = "empty" if value is None else repr(value)
        key = "" if self.label.casefold().replace(" ", "_") == self.key.casefold() else self.key
        return ParameterError(f"{self.label} is {said}.", f"It takes {self.wanted()}.", key)


def worded(value: Value) -> str:
    """A value in a name: a few columns by name, of more the first ones with a sign of the rest."""
    if not isinstance(value, tuple):
        return str(value)
    if len(value) <= NAMED_COLUMNS:
        return "|".join(value)
    rest = len(value) - NAMED_COLUMNS
    return "|".join(value[:NAMED_COLUMNS]) + f"|{rest} more, {key_of(value)[:6]}"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a strategy may ask about a table before it is offered.

    Attributes:
        task: What is predicted.
        n_rows: Rows with a known target.
        n_features: Columns with the role feature.
        n_numeric: Of these, numeric, boolean and date/time ones.
        n_categorical: Of these, categorical ones.
        n_missing: Missing cells among the features.
        smallest_class: Rows of the rarest class; None where the target is a number.
        n_classes: Number of classes; None where the target is a number.
        target_min: Least target value; None where the target is a class.
        weighted: Whether a column has the role weight.
        exposed: Whether a column has the role exposure.
    """

    task: Task
    n_rows: int
    n_features: int
    n_numeric: int
    n_categorical: int
    n_missing: int = 0
    smallest_class: int | None = None
    n_classes: int | None = None
    target_min: float | None = None
    weighted: bool = False
    exposed: bool = False


@dataclass(frozen=True, slots=True)
class Ranks:
    """Says that a selector keeps a cut of one ranking, so that all cuts can share the ranking.

    Attributes:
        cuts: The parameters that only say where it is cut.
        deepest: For a ranking that is made only as far as ``k`` asks: of all ``k`` that are asked
            for, the one whose ranking serves them all. The ranking is then given it as ``depth``.
            None where every column is ranked whatever is asked for.
    """

    cuts: tuple[str, ...] = ("k",)
    deepest: Callable[[Sequence[Any]], Any] | None = None

    def before(self, params: Mapping[str, Any], asked: Sequence[Any] = ()) -> dict[str, Any]:
        """What the ranking depends on.

        Args:
            params: The selector's complete parameters.
            asked: Every ``k`` that is to be cut from it; by default that of ``params`` alone.
        """
        found = {name: value for name, value in params.items() if name not in self.cuts}
        if self.deepest is not None:
            found["depth"] = self.deepest(asked) if asked else params["k"]
        return found


@dataclass(frozen=True, slots=True)
class Strategy:
    """One named option of a study.

    Attributes:
        kind: What it is an option for.
        key: Its name in code, links and files: a lower-case field term.
        label: Its name for people.
        summary: One sentence: what it does and when to take it.
        build: Makes the estimator. Called as ``build(task=…, seed=…, **params)``; heavy imports
            belong inside it. What each kind must return is said in the kind's package docstring.
        tasks: The tasks it serves.
        params: Its parameters.
        source: Author, year and title of the method.
        family: The group it is shown under, such as ``filter`` or ``tree``.
        order: Its place in menus, small first.
        default: Whether a new study includes it.
        libraries: Distributions whose version is part of every step that it is used in.
        requires: Says why it cannot be used on a table, or None.
        probabilistic: For models: whether it predicts probabilities or a distribution's mean.
        weightable: For models: whether it can be fitted with row weights.
        ranks: For selectors: that it keeps a cut of one ranking; None where it does not.
        exemptions: Contract tests that do not hold for it, each with the reason.
    """

    kind: Kind
    key: str
    label: str
    summary: str
    build: Callable[..., Any]
    tasks: tuple[Task, ...] = TASKS
    params: tuple[Param, ...] = ()
    source: str = ""
    family: str = ""
    order: int = 100
    default: bool = False
    libraries: tuple[str, ...] = ("scikit-learn",)
    requires: Callable[[Facts], str | None] | None = None
    probabilistic: bool = True
    weightable: bool = True
    ranks: Ranks | None = None
    exemptions: Mapping[str, str] = field(default_factory=dict)

    def available(self, facts: Facts) -> str | None:
        """Why it does not apply to a table, as one sentence; None where it does."""
        if facts.task not in self.tasks:
            served = ", ".join(self.tasks)
            return f"{self.label} serves {served} targets, and this one is {facts.task}."
        return self.requires(facts) if self.requires else None

    def defaults(self) -> dict[str, Value]:
        """Every parameter at its default."""
        return {p.key: p.default for p in self.params}

    def complete(self, values: Mapping[str, Any]) -> dict[str, Value]:
        """All parameters: the given values checked, the others at their defaults.

        Raises:
            ParameterError: An unknown parameter or a value that is not allowed.
        """
        known = {p.key: p for p in self.params}
        for key in values:
            if key not in known:
                takes = ", ".join(known) or "no parameters"
                raise ParameterError(
                    f"{self.kind} {self.key} has no parameter {key!r}.", f"It takes {takes}."
                )
        return {k: p.check(values[k]) if k in values else p.default for k, p in known.items()}

    @property
    def fingerprint(self) -> str:
        """Changes whenever the code or a library behind this strategy changes."""
        return _fingerprint(self.build.__module__, self.libraries)


@cache
def _fingerprint(module: str, libraries: tuple[str, ...]) -> str:
    """Key of a strategy's own package (it may share code with neighbours) and its libraries."""
    package = importlib.import_module(module.rpartition(".")[0] or module)
    members = [module]
    if hasattr(package, "__path__"):
        members += [f"{package.__name__}.{name}" for name in getattr(package, "SHARED", ())]
    sources = [_source(m) for m in dict.fromkeys(members)]
    return key_of(sources, [(name, importlib.metadata.version(name)) for name in libraries])


def _source(module: str) -> str:
    """A module's source as it lies on disk; reading it imports nothing heavy that it needs."""
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        return inspect.getsource(importlib.import_module(module))
    return Path(spec.origin).read_text(encoding="utf-8")


class Registry:
    """The strategies of one kind, found in a folder and among entry points."""

    def __init__(self, kind: Kind, package: str) -> None:
        self.kind = kind
        self._package = package
        self._found: dict[str, Strategy] | None = None

    def _strategies(self) -> dict[str, Strategy]:
        if self._found is None:
            package = importlib.import_module(self._package)
            found: list[Strategy] = []
            shared = getattr(package, "SHARED", ())
            for info in pkgutil.iter_modules(package.__path__):
                if info.name in shared:
                    continue  # it may import the libraries that menus do without
                module = importlib.import_module(f"{self._package}.{info.name}")
                if hasattr(module, "STRATEGY"):
                    found.append(module.STRATEGY)
            for point in importlib.metadata.entry_points(group=f"outfold.{self.kind}"):
                found.append(point.load())
            found.sort(key=lambda s: (s.order, s.key))
            self._found = {s.key: s for s in found}
        return self._found

    def __iter__(self) -> Iterator[Strategy]:
        return iter(self._strategies().values())

    def __len__(self) -> int:
        return len(self._strategies())

    def __contains__(self, key: object) -> bool:
        return key in self._strategies()

    def keys(self) -> tuple[str, ...]:
        """Every key, in menu order."""
        return tuple(self._strategies())

    def __getitem__(self, key: str) -> Strategy:
        """The strategy of that key.

        Raises:
            UnknownNameError: No such key; the hint gives the nearest one.
        """
        found = self._strategies()
        if key in found:
            return found[key]
        near = difflib.get_close_matches(key, found, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]}?" if near else "Known are " + ", ".join(found) + "."
        raise UnknownNameError(f"There is no {self.kind} named {key!r}.", hint)

    def offered(self, facts: Facts) -> list[tuple[Strategy, str | None]]:
        """Each strategy with the reason why it does not apply, or None."""
        return [(s, s.available(facts)) for s in self]


@cache
def registry(kind: Kind) -> Registry:
    """The registry of one kind."""
    return Registry(kind, FOLDERS[kind])
