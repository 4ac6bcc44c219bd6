"""How long computed steps took and on how much: what forecasts learn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outfold.hashing import canonical
from outfold.registry import Value

if TYPE_CHECKING:
    from outfold.study.plan import Step

SERVE = "serve"
"""The kind under which measuring a model's latency stands: done on the first split only."""


@dataclass(frozen=True, slots=True)
class Size:
    """The training rows that a step takes.

    Attributes:
        rows: How many.
        columns: Columns, a categorical one counting once.
        width: Columns after one-hot encoding.
    """

    rows: int
    columns: int
    width: int


@dataclass(frozen=True, slots=True)
class Timing:
    """One computed step.

    Attributes:
        step: Its key.
        kind: ``prepare``, ``select``, ``resample``, ``fit`` or another kind of step; ``serve``.
        strategy: Key of its strategy.
        params: The strategy's complete parameters as canonical JSON.
        rows: Training rows that it took.
        columns: Columns that it took.
        width: The same after one-hot encoding.
        classes: Number of classes; 0 where the target is a number.
        seconds: Wall seconds of the whole call.
        rows_out: Training rows that it gave on; 0 where it gave none on.
        columns_out: Columns that it gave on.
        width_out: The same after one-hot encoding.
    """

    step: str
    kind: str
    strategy: str
    params: str
    rows: int
    columns: int
    width: int
    classes: int
    seconds: float
    rows_out: int = 0
    columns_out: int = 0
    width_out: int = 0

    @property
    def size(self) -> Size:
        """What it took."""
        return Size(self.rows, self.columns, self.width)

    @property
    def out(self) -> Size | None:
        """What it gave on, or None."""
        if not (self.rows_out and self.columns_out):
            return None
        return Size(self.rows_out, self.columns_out, self.width_out)


def params_text(params: tuple[tuple[str, Value], ...]) -> str:
    """Complete parameters as one text, the same for the same values."""
    return canonical(dict(params))


def link_log(kind: str, back: int) -> str:
    """The name of a log among those of a fit: the step's kind, ``select-1`` for the link before."""
    return f"{kind}-{back}" if back else kind


def logged(steps: Mapping[str, Step], key: str) -> dict[str, str]:
    """For a step and all before it, by key and the last first, the names of their logs."""
    names: dict[str, str] = {}
    seen: dict[str, int] = {}
    at = key
    while at in steps:
        step = steps[at]
        names[at] = link_log(step.kind, seen.get(step.kind, 0))
        seen[step.kind] = seen.get(step.kind, 0) + 1
        at = step.parent
    return names


def timings_of(
    steps: Mapping[str, Step], key: str, body: Mapping[str, Any], classes: int
) -> list[Timing]:
    """What the body of a computed step tells of it and of the steps before it.

    A step whose time or size was not written down is left out.

    Args:
        steps: The steps of its plan by key.
        key: Its key.
        body: Its small results.
        classes: Number of classes; 0 where the target is a number.
    """
    chain: list[tuple[Step, Mapping[str, Any]]] = []
    logs = body.get("logs", {})
    for at, name in logged(steps, key).items():
        if name in logs:
            chain.append((steps[at], logs[name]))
    chain.reverse()
    none = (0, 0, 0)
    sizes: list[tuple[int, int, int]] = [tuple(log.get("size") or none) for _, log in chain]
    for place in range(len(chain) - 1):
        if chain[place][0].kind == "tune":
            sizes[place] = sizes[place + 1]  # it takes and gives on what the fit after it takes
    found = []
    for place, (step, log) in enumerate(chain):
        size, out = sizes[place], sizes[place + 1] if place + 1 < len(chain) else none
        seconds = log["seconds"] if step.kind == "tune" else log.get("step_seconds")
        if seconds is not None and size[0]:
            params = params_text(step.params)
            found.append(
                Timing(step.key, step.kind, step.strategy, params, *size, classes, seconds, *out)
            )
    serving = body.get("serving_seconds")
    if serving is not None and chain and chain[-1][0].key == key and sizes[-1][0]:
        last = chain[-1][0]
        found.append(
            Timing(f"{SERVE}-{key}", SERVE, last.strategy, params_text(last.params), *sizes[-1],
                   classes, serving)
        )  # fmt: skip
    return found
