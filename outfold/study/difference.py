"""What differs between two studies, field by field, in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from outfold.data.words import listed
from outfold.metrics.catalogue import metric_named
from outfold.registry import Kind, Param, Value, registry, worded
from outfold.study.choice_name import choice_name
from outfold.study.speed import QUICK, RACING
from outfold.study.study import Candidate, Choice, Study
from outfold.task import TASK_LABELS
from outfold.validate.catalogue import schemes
from outfold.validate.fields import FIELDS

NAMES = {
    "dataset": "Table", "target": "Target", "task": "Task", "roles": "Roles of columns",
    "types": "Types of columns", "fixes": "Fixes", "positive": "Positive class",
    "validation": "Validation", "preparation": "Preparation", "selectors": "Selectors compared",
    "resamplers": "Resamplers compared", "models": "Models compared",
    "target_transform": "Scale of the target", "metric": "Ranking metric", "seed": "Seed",
    "tuning": "Tuning", "train_shares": "Training shares", "racing": "Racing",
    "quick": "Quick look",
}  # fmt: skip
GRID = ("selectors", "resamplers", "models")
"""What a study offers to be combined; what is compared is one candidate of each side."""

SAID: dict[str, Callable[[Any], str]] = {
    "task": lambda task: TASK_LABELS[task],
    "metric": lambda key: metric_named(key).label if key else "–",
}
"""Fields whose values have names for people."""


@dataclasses.dataclass(frozen=True, slots=True)
class Differs:
    """One thing that was chosen otherwise.

    Attributes:
        what: Its name for people.
        first: How the first has it, in words.
        second: How the second has it.
    """

    what: str
    first: str
    second: str


def differences(
    first: tuple[Study, Candidate], second: tuple[Study, Candidate]
) -> tuple[Differs, ...]:
    """Whatever differs between two candidates: their strategies, and the rest of their studies.

    Which other candidates stood beside them makes no difference to either and is left out.
    """
    found = []
    kinds: tuple[Kind, ...] = ("selector", "resampler", "model")
    for kind in kinds:
        found += _choices(kind, *(getattr(c, kind) for _, c in (first, second)))
    for field in dataclasses.fields(Study):
        one, other = (getattr(s, field.name) for s, _ in (first, second))
        if field.name in GRID or one == other:
            continue
        name = NAMES.get(field.name, field.name.replace("_", " ").capitalize())
        if isinstance(one, Choice):
            found += _choices("preparation", one, other)
        elif field.name in SAID:
            found.append(Differs(name, SAID[field.name](one), SAID[field.name](other)))
        elif dataclasses.is_dataclass(one):
            found += _fields(name, one, other)
        elif isinstance(one, tuple):
            found.append(Differs(name, _only(one, other), _only(other, one)))
        else:
            found.append(Differs(name, _said(one), _said(other)))
    return tuple(found)


def _choices(kind: Kind, one: Choice, other: Choice) -> list[Differs]:
    """Another strategy, or each parameter in which the same one differs, defaults included."""
    if one == other:
        return []
    what = kind.capitalize()
    known = registry(kind)
    if one.key != other.key or one.then or other.then or one.key not in known:
        return [Differs(what, choice_name(kind, one), choice_name(kind, other))]
    strategy = known[one.key]
    params = {p.key: p for p in strategy.params}
    # Not checked here: a study of an earlier version may have a parameter that is gone.
    usual: dict[str, Value] = {p.key: p.default for p in strategy.params}
    values = [usual | dict(c.params) for c in (one, other)]
    return [
        Differs(
            f"{strategy.label}: {params[key].label.lower() if key in params else key}",
            *(_value(params.get(key), v.get(key)) for v in values),
        )
        for key in dict.fromkeys((*values[0], *values[1]))
        if values[0].get(key) != values[1].get(key)
    ]


def _fields(name: str, one: Any, other: Any) -> list[Differs]:
    """Each field that differs of something made of fields, by its label where it has one."""
    params = {p.key: p for p in (*FIELDS, *RACING, *QUICK)} if name != "Tuning" else {}
    found = []
    for f in dataclasses.fields(one):
        values = [getattr(side, f.name) for side in (one, other)]
        if values[0] == values[1]:
            continue
        param = params.get(f.name)
        label = param.label.lower() if param else f.name.replace("_", " ")
        if f.name == "scheme":
            told = [schemes()[v].label if v in schemes() else str(v) for v in values]
        else:
            told = [_value(param, v) if param else _said(v) for v in values]
        found.append(Differs(f"{name}: {label}", *told))
    return found


def _value(param: Param | None, value: Value) -> str:
    """A parameter's value for people."""
    if value is None:
        return (param.none_label if param else "") or "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return listed(value) if isinstance(value, tuple) else worded(value)


def _only(one: tuple[Any, ...], other: tuple[Any, ...]) -> str:
    """What one has and the other lacks."""
    return ", ".join(_said(item) for item in one if item not in other) or "–"


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "":
        return "–"
    if dataclasses.is_dataclass(value) and hasattr(value, "kind"):
        columns = ", ".join(getattr(value, "columns", ()))
        return f"{str(value.kind).replace('_', ' ')} {columns}".strip()
    if isinstance(value, tuple):
        return ": ".join(str(part) for part in value)
    return str(value)
