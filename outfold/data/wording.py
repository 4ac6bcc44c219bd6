"""Shares and figures as findings speak of them."""

from __future__ import annotations


def percent(share: float) -> str:
    """A share of 0 to 1 as ``31%``; small and nearly full ones keep a decimal."""
    if 0 < share < 0.001:
        return "less than 0.1%"
    if 0.999 < share < 1:
        return "more than 99.9%"
    return f"{share:.1%}" if share < 0.095 or 0.99 < share < 1 else f"{share:.0%}"


def number(value: float) -> str:
    """A figure with four significant digits, or all digits before the decimal point."""
    if abs(value) < 1e15 and float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.4g}"
