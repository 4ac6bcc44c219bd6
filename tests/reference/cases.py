"""Reference values made with R, Weka and exact fractions, and how close a result must come."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """One reference case: its inputs, what is expected, and how near is near enough."""

    id: str
    what: str
    data: str | None
    inputs: Mapping[str, Any]
    expected: Mapping[str, Any]
    tolerance: Mapping[str, Any]
    made_with: str

    def frame(self) -> pd.DataFrame:
        """The case's table."""
        assert self.data
        return table(self.data)

    def close(self, field: str, got: float, expected: Any) -> bool:
        """Whether a figure agrees: |got - expected| <= abs + rel * |expected|."""
        limits = {**self.tolerance, **self.tolerance.get("fields", {}).get(field, {})}
        if expected is None:
            return got is None or math.isnan(got)
        if isinstance(expected, str) and expected in ("Inf", "-Inf"):
            return got == float(expected.replace("Inf", "inf"))
        return abs(got - expected) <= limits.get("abs", 0.0) + limits.get("rel", 0.0) * abs(
            expected
        )

    def check(self, got: Mapping[str, Any], fields: Sequence[str] | None = None) -> None:
        """Assert that every named field (by default all that ``got`` has) agrees."""
        for field in fields if fields is not None else list(got):
            value, expected = got[field], self.expected[field]
            pairs: list[tuple[str, Any, Any]]
            if isinstance(expected, Mapping):
                pairs = [(f"{field}.{k}", value[k], expected[k]) for k in expected]
            elif isinstance(expected, list):
                assert len(value) == len(expected), f"{self.id}: {field} has another length"
                pairs = [
                    (f"{field}[{i}]", v, e)
                    for i, (v, e) in enumerate(zip(value, expected, strict=True))
                ]
            else:
                pairs = [(field, value, expected)]
            for name, have, want in pairs:
                if isinstance(want, bool) or (
                    isinstance(want, str) and want not in ("Inf", "-Inf")
                ):
                    assert have == want, f"{self.id}: {name} is {have!r}, expected {want!r}"
                else:
                    assert self.close(field, have, want), f"{self.id}: {name} is {have}, not {want}"


def cases(file: str, prefix: str = "") -> list[Case]:
    """The cases of a file whose id starts with a prefix."""
    rows = json.loads((HERE / "cases" / file).read_text())
    return [Case(**row) for row in rows if row["id"].startswith(prefix)]


def case(file: str, identifier: str) -> Case:
    """One case."""
    return next(c for c in cases(file) if c.id == identifier)


def table(name: str) -> pd.DataFrame:
    """One of the tables that the cases use: comma-separated, an empty cell is missing."""
    return pd.read_csv(HERE / "data" / name, keep_default_na=False, na_values=[""])
