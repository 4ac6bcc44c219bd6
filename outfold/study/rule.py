"""What may stop candidates of a run early."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol


class Rule(Protocol):
    """What may stop candidates of a run early: races hook in here.

    It is asked in one thread, each time that a batch of results was kept and scored, first of what
    the store already knew.
    """

    def hear(
        self, scores: Mapping[str, Mapping[str, float]], failed: Collection[str] = ()
    ) -> frozenset[str]:
        """Take in fits with their metrics and fits that failed; the fits not needed since."""

    def reason(self, fit: str) -> str:
        """Why a fit is not needed."""
