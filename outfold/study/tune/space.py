"""The values that tuning may try: one axis for each parameter that is not set by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from outfold.registry import Param, Scalar, Strategy, Value, registry
from outfold.study.study import Candidate, Choice


@dataclass(frozen=True, slots=True)
class Axis:
    """One parameter's range.

    Attributes:
        key: The parameter.
        label: Its name for people.
        kind: What its values are.
        low: Least value of a number.
        high: Greatest value of a number.
        log: Whether ratios rather than differences are spread evenly.
        choices: The values of a choice; for a truth value both.
        source: Where the range comes from.
    """

    key: str
    label: str
    kind: Literal["int", "float", "choice"]
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    choices: tuple[Scalar, ...] = ()
    source: str = ""

    def at(self, position: float) -> Value:
        """The value at a position between 0 and 1; whole numbers and choices share it evenly."""
        if self.kind == "choice":
            return self.choices[min(int(position * len(self.choices)), len(self.choices) - 1)]
        # A whole number stands for half a unit on each of its sides.
        margin = 0.5 if self.kind == "int" else 0.0
        low, high = self.low - margin, self.high + margin
        if self.log:
            value = math.exp(math.log(low) + position * (math.log(high) - math.log(low)))
        else:
            value = low + position * (high - low)
        if self.kind == "int":
            return int(min(max(round(value), self.low), self.high))
        return min(max(value, self.low), self.high)

    def position(self, value: Value) -> float:
        """Where a value lies in the range, 0 to 1; NaN for one outside it."""
        if not self.holds(value):
            return math.nan
        if self.kind == "choice":
            return (self.choices.index(value) + 0.5) / len(self.choices)
        assert isinstance(value, int | float)
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def holds(self, value: Value) -> bool:
        """Whether a value lies in the range."""
        if self.kind == "choice":
            return value in self.choices
        if value is None or isinstance(value, str | bool | tuple):
            return False
        return self.low <= value <= self.high

    def words(self) -> str:
        """The range in words: ``0.001 to 1,000, log scale``."""
        if self.kind == "choice":
            return ", ".join(str(c) for c in self.choices)
        return f"{self.low:,g} to {self.high:,g}" + (", log scale" if self.log else "")


def axis_of(param: Param) -> Axis | None:
    """A parameter's range as its strategy declares it, or None where it is not tuned."""
    if param.kind == "bool":
        return None if param.search == () else Axis(
            param.key, param.label, "choice", choices=(False, True), source=param.search_source
        )  # fmt: skip
    if param.kind == "columns":
        return None
    if param.kind == "choice":
        choices = param.choices if param.search is None else param.search
        if len(choices) < 2:
            return None
        return Axis(param.key, param.label, "choice", choices=choices, source=param.search_source)
    ends = (param.low, param.high) if param.search is None else param.search
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return None
    log = (param.search_scale or param.scale) == "log"
    low, high = float(ends[0]), float(ends[1])
    source = param.search_source or param.source
    return Axis(param.key, param.label, param.kind, low, high, log, source=source)


def space_of(strategy: Strategy, choice: Choice) -> tuple[Axis, ...]:
    """What tuning may change of a chosen strategy: what is set by hand stays as it is."""
    fixed = {key for key, _ in choice.params}
    found = [axis_of(param) for param in strategy.params if param.key not in fixed]
    return tuple(axis for axis in found if axis is not None)


def values_at(space: Sequence[Axis], point: Sequence[float]) -> dict[str, Value]:
    """The values at a point of the unit cube, one coordinate for each axis."""
    return {axis.key: axis.at(float(at)) for axis, at in zip(space, point, strict=True)}


def holds(space: Sequence[Axis], values: Mapping[str, Value]) -> bool:
    """Whether every value lies in its range."""
    return all(axis.holds(values[axis.key]) for axis in space)


def tunable(candidate: Candidate) -> tuple[Axis, ...]:
    """What tuning may change of a candidate: its model's parameters; of the baseline, nothing."""
    if candidate.is_baseline:
        return ()
    return space_of(registry("model")[candidate.model.key], candidate.model)
