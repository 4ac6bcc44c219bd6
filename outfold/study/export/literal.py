"""Plain values as Python writes them: the one way in which a table's own words get into code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def literal(value: Any) -> str:
    """The literal of a value, with double quotes where that needs no escape.

    What stands between the quotes is escaped by ``repr``, so a column's name or a cell can never
    become code.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(literal(v) for v in value) + "]"
    if isinstance(value, tuple):
        inside = ", ".join(literal(v) for v in value)
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    text = repr(value)
    if isinstance(value, str) and text.startswith("'") and '"' not in text and "\\'" not in text:
        return f'"{text[1:-1]}"'
    return text


def spread(value: Any, pad: int, width: int) -> str:
    """The literal of a value, a mapping or list over several lines where one is too short."""
    flat = literal(value)
    if len(flat) <= width or not isinstance(value, Mapping | list):
        return flat
    inner, outer = " " * (pad + 4), " " * pad
    if isinstance(value, Mapping):
        lines = [f"{inner}{literal(k)}: {literal(v)},\n" for k, v in value.items()]
        return "{\n" + "".join(lines) + outer + "}"
    return "[\n" + "".join(f"{inner}{literal(v)},\n" for v in value) + outer + "]"


def spoken(text: str) -> str:
    """Words on one line for a comment: nothing that ends a line or cannot be in a source file."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
