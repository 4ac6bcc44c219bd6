"""Content keys: the same content has the same key on every machine and in every process."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

UNSAID = {"unsaid": True}
"""Metadata of a dataclass field that is left out at its default: a field that came later says
nothing where it is not used, so that keys made before it stay as they were."""

KEY_LENGTH = 24
"""Hex digits kept of a SHA-256; 96 bits make an accidental collision unthinkable here."""


def plain(value: Any) -> Any:
    """Reduce a value to what JSON can hold, with one form for equal contents.

    Dataclasses become objects, tuples become lists, sets are sorted.

    Raises:
        TypeError: The value holds something with no stable text, such as a function or an array.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: plain(inner)
            for f in dataclasses.fields(value)
            for inner in (getattr(value, f.name),)
            if not (f.metadata.get("unsaid") and inner == f.default)
        }
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(v) for v in value), key=repr)
    raise TypeError(f"{type(value).__name__} has no stable content to hash")


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, NaN and infinity spelled out."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def key_of(*parts: Any) -> str:
    """The content key of some values, 24 hex digits."""
    return hashlib.sha256(canonical(parts).encode()).hexdigest()[:KEY_LENGTH]


def key_of_file(path: Path) -> str:
    """The content key of a file's bytes, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()[:KEY_LENGTH]
