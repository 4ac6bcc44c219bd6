"""What a script imports, as lines."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from outfold.study.export.clean import Imported

TYPING = ("typing", "__future__", "collections.abc", "numpy.typing")
"""Modules that only annotations need."""


def import_lines(found: Iterable[Imported]) -> str:
    """Import statements, the standard library first, one module a line."""
    needed = {f for f in found if f[0] not in TYPING}
    whole = {(m, alias) for m, name, alias in needed if name is None}
    parts: dict[str, set[str]] = {}
    for module, name, alias in needed:
        if name is not None:
            parts.setdefault(module, set()).add(name if name == alias else f"{name} as {alias}")
    lines: list[tuple[bool, bool, str, str]] = []
    for module, alias in whole:
        shown = f"import {module}" + ("" if alias == module else f" as {alias}")
        lines.append((not _standard(module), False, module, shown))
    for module, names in parts.items():
        lines.append((not _standard(module), True, module, _from(module, sorted(names))))
    lines.sort()
    text: list[str] = []
    last = False
    for outside, _, _, line in lines:
        if outside and not last and text:
            text.append("")
        last = outside
        text.append(line)
    return "\n".join(text) + "\n"


def _from(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= 100:
        return line
    return f"from {module} import (\n    " + ",\n    ".join(names) + ",\n)"


def _standard(module: str) -> bool:
    return module.split(".")[0] in sys.stdlib_module_names
