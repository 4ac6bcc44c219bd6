"""A computed step as it is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outfold.study.timings import Timing


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """What is written down of one computed step; its arrays lie in a file beside.

    Attributes:
        key: Its key.
        kind: What it does.
        body: Its small results.
        size: Bytes of the file of its arrays; 0 where it has none.
        seconds: What computing it took; counts where ``timings`` do not tell.
        timings: What it and the steps before it took.
        scores: Of a fit, its metrics; None for other steps.
    """

    key: str
    kind: str
    body: Mapping[str, Any]
    size: int
    seconds: float
    timings: tuple[Timing, ...] = ()
    scores: Mapping[str, float] | None = None
