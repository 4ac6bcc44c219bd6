"""Something noticed about a table: what was seen, why it matters, and what would mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from outfold.data.fix import Fix
from outfold.data.fixes import describe

Severity = Literal["info", "warning", "serious"]
"""serious: scores would be wrong or a run would fail; warning: look before running; info: know."""

SEVERITIES: tuple[Severity, ...] = get_args(Severity)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed.

    Attributes:
        code: Stable; each has a heading in ``docs/findings.md``.
        severity: How much it matters.
        column: The column it is about; None where it is about rows or several columns.
        columns: Every column it is about, in table order.
        message: What was seen, with its numbers; one or two sentences.
        why: Why it matters, one sentence.
        evidence: The figures behind the message.
        fix: A change that mends it, where there is one.
    """

    code: str
    severity: Severity
    column: str | None
    columns: tuple[str, ...]
    message: str
    why: str
    evidence: Mapping[str, float] = field(default_factory=dict)
    fix: Fix | None = None

    def to_plain(self) -> dict[str, Any]:
        """The finding as JSON can hold it."""
        return {
            "code": self.code,
            "severity": self.severity,
            "column": self.column,
            "columns": list(self.columns),
            "message": self.message,
            "why": self.why,
            "evidence": dict(self.evidence),
            "fix": None
            if self.fix is None
            else {
                "kind": self.fix.kind,
                "columns": list(self.fix.columns),
                "params": dict(self.fix.params),
                "text": describe(self.fix),
            },
        }
