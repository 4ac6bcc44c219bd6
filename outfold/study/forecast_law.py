"""What a step will take, from measured steps of its strategy and a built-in power law.

A step's seconds are taken as a fixed time plus a power of rows, columns, levels per column and
classes. The built-in law of a strategy says what is expected before anything was measured;
measured steps pull the expectation towards themselves, the more the nearer they are: a Gaussian
process of the logarithm of the seconds, whose mean is the built-in law and whose kernel allows for
another level (machine, data), other exponents, an effect of the parameters, and local departures
from any power law (Rasmussen & Williams 2006, section 2.7).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from outfold.metrics.metric import Floats
from outfold.study.timings import Size, Timing

LEVEL = 0.7
"""Spread of a strategy's level about the built-in one, machine allowed for, in log seconds."""
EXPONENT = 0.3
"""Spread of an exponent about the built-in one."""
PARAMETERS = 0.35
"""Spread of the effect of parameters that the built-in law does not tell."""
LOCAL, REACH = 0.25, 1.0
"""Size of local departures from a power law, and how far one reaches in log rows or columns."""
NOISE = 0.2
"""Spread of one measurement: what else the machine does, and what is peculiar to a split."""
MACHINES = 2.0
"""Strategies that must be measured until half of a common difference of speed is believed."""
SHORTEST = 1e-4
"""Seconds below which a step counts as free."""
ALIKE = math.log(2.0)
"""Rows and columns within a factor of two make a measured step similar."""


@dataclass(frozen=True, slots=True)
class Law:
    """The law of one strategy: seconds = ``fixed`` + exp(``level`` + exponents · log ratios).

    Attributes:
        level: Log seconds for 1,000 rows, 10 columns, none categorical, two classes or a number.
        rows: Exponent of the rows.
        columns: Exponent of the columns.
        levels: Exponent of one-hot width over columns.
        classes: Exponent of the number of classes over two.
        params: Exponent of each numeric parameter over its default.
        spread: Standard deviation of the law's own misfit, in log seconds.
        fixed: Seconds that it takes however little there is.
        rows_out: Rows given on over rows taken.
        columns_out: Columns given on over columns taken.
        width_out: One-hot width given on over taken.
    """

    level: float
    rows: float
    columns: float
    levels: float
    classes: float
    params: Mapping[str, tuple[float, float]]
    spread: float
    fixed: float = 0.0
    rows_out: float = 1.0
    columns_out: float = 1.0
    width_out: float = 1.0

    @property
    def exponents(self) -> Floats:
        """Rows, columns, levels, classes; shape (4,)."""
        return np.array([self.rows, self.columns, self.levels, self.classes])

    def params_effect(self, params: str) -> float:
        """What parameters add to the log seconds."""
        effect = 0.0
        values = json.loads(params) if self.params else {}
        for name, (exponent, default) in self.params.items():
            value = values.get(name)
            if isinstance(value, int | float) and value > 0:
                effect += exponent * math.log(value / default)
        return effect


@dataclass(frozen=True, slots=True)
class Ask:
    """A step whose time is wanted; the fields are those of ``Timing``."""

    kind: str
    strategy: str
    params: str
    size: Size
    classes: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a step will take.

    Attributes:
        seconds: Wall seconds, as likely too long as too short.
        spread: Standard deviation of its logarithm.
        alike: Measured steps of the same strategy and parameters with about as many rows and
            columns (within a factor of two).
        measured: Measured steps of the same strategy that were looked at.
    """

    seconds: float
    spread: float
    alike: int
    measured: int


def features(rows: float, columns: float, width: float, classes: float) -> tuple[float, ...]:
    """Where a step stands in the space of sizes."""
    columns = max(columns, 1.0)
    return (
        math.log(max(rows, 1.0) / 1000),
        math.log(columns / 10),
        math.log(max(width, columns) / columns),
        math.log(max(classes, 2.0) / 2),
    )


def mean_of(law: Law, at: Floats, effects: Floats) -> Floats:
    """The built-in expectation of log seconds at some sizes, shape (n,)."""
    power = law.level + at @ law.exponents + effects
    return np.logaddexp(power, math.log(law.fixed)) if law.fixed > 0 else power


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """The measured steps of one strategy beside what the built-in law says of them.

    Attributes:
        at: Their sizes, shape (n, 4).
        params: Their parameters.
        excess: Log of measured over expected seconds, shape (n,).
    """

    at: Floats
    params: tuple[str, ...]
    excess: Floats

    @classmethod
    def of(cls, law: Law, timings: Sequence[Timing]) -> Known:
        """What some timings of one strategy say."""
        at = np.array([features(t.rows, t.columns, t.width, t.classes) for t in timings]).reshape(
            -1, 4
        )
        params = tuple(t.params for t in timings)
        effect = {p: law.params_effect(p) for p in set(params)}
        seconds = np.array([max(t.seconds, SHORTEST) for t in timings])
        expected = mean_of(law, at, np.array([effect[p] for p in params]))
        return cls(at, params, np.log(seconds) - expected if len(params) else np.zeros(0))


def machine_speed(known: Sequence[Known]) -> tuple[float, float]:
    """How much slower than built in this machine is over all strategies, in log, and the spread.

    The median over the strategies, drawn towards none where few were measured.
    """
    medians = [float(np.median(k.excess)) for k in known if len(k.excess)]
    n = len(medians)
    believed = n / (n + MACHINES)
    return believed * float(np.median(medians)) if n else 0.0, LEVEL * math.sqrt(1 - believed)


def estimate(
    law: Law, known: Known, asks: Sequence[Ask], machine: tuple[float, float]
) -> list[Estimate]:
    """What steps of one strategy will take.

    Args:
        law: The built-in law of the strategy.
        known: What was measured of it.
        asks: The steps.
        machine: From ``machine_speed``.
    """
    at = np.array([features(a.size.rows, a.size.columns, a.size.width, a.classes) for a in asks])
    params = [a.params for a in asks]
    effects = np.array([law.params_effect(p) for p in params])
    mean = mean_of(law, at, effects) + machine[0]
    alone = LEVEL**2 + machine[1] ** 2 + law.spread**2
    centre = at.mean(axis=0)
    own = alone + EXPONENT**2 * ((at - centre) ** 2).sum(axis=1) + PARAMETERS**2 + LOCAL**2
    near = np.zeros(len(asks), dtype=int)
    if not len(known.excess):
        # Parameters at their defaults are what the built-in law was measured with.
        spread = np.sqrt(own - PARAMETERS**2 - LOCAL**2 + NOISE**2)
    else:

        def covariance(a: Floats, pa: Sequence[str], b: Floats, pb: Sequence[str]) -> Floats:
            same = np.array(pa, dtype=object)[:, None] == np.array(pb, dtype=object)[None, :]
            apart = ((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=2)
            return np.asarray(
                alone
                + EXPONENT**2 * (a - centre) @ (b - centre).T
                + PARAMETERS**2 * same
                + LOCAL**2 * np.exp(-apart / (2 * REACH**2))
            )

        inner = covariance(known.at, known.params, known.at, known.params)
        inner[np.diag_indices_from(inner)] += NOISE**2
        across = covariance(at, params, known.at, known.params)
        solved = np.linalg.solve(inner, np.column_stack([known.excess - machine[0], across.T]))
        mean = mean + across @ solved[:, 0]
        explained = np.einsum("ij,ji->i", across, solved[:, 1:])
        spread = np.sqrt(np.maximum(own - explained, 0.0) + NOISE**2)
        close = (np.abs(at[:, None, :3] - known.at[None, :, :3]) <= ALIKE).all(axis=2)
        same = np.array(params, dtype=object)[:, None] == np.array(known.params, dtype=object)
        near = (close & same).sum(axis=1)
    return [
        Estimate(float(np.exp(m)), float(s), int(n), len(known.excess))
        for m, s, n in zip(mean, spread, near, strict=True)
    ]
