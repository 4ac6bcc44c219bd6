"""P-values for people, without a zero that no test can give."""

from __future__ import annotations

LEAST = 1e-16
"""Below it digits say nothing: sums of so many terms are not that exact."""


def printed_p(p: float) -> str:
    """Three significant digits, ``below 1e-16``, or nothing where there is no p-value."""
    if p != p:
        return ""
    return f"below {LEAST:g}" if p < LEAST else f"{p:.3g}"


def equals_p(p: float) -> str:
    """The same after the word p: ``= 0.012`` or ``below 1e-16``."""
    return printed_p(p) if p < LEAST else f"= {printed_p(p)}"
