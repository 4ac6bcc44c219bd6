"""Schemas as plain JSON values, and back."""

from __future__ import annotations

from typing import Any

from outfold.data.schema import Column, Schema


def schema_of(raw: Any) -> Schema:
    """The schema that ``outfold.hashing.plain`` made plain."""
    return Schema(
        tuple(
            Column(c["name"], c["type"], c["missing"], c["unique"], tuple(c["levels"]))
            for c in raw["columns"]
        )
    )
