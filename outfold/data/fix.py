"""The record of one change to a table; what each kind does is said in ``outfold.data.fixes``."""

from __future__ import annotations

from dataclasses import dataclass

from outfold.registry import Value


@dataclass(frozen=True, slots=True)
class Fix:
    """A change made to a table on the advice of a finding; see ``outfold.data.fixes``."""

    kind: str
    columns: tuple[str, ...] = ()
    params: tuple[tuple[str, Value], ...] = ()
