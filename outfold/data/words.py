"""How notes and errors about a table are worded: counts, lists and quoted names."""

from __future__ import annotations

from collections.abc import Iterable


def count(n: int, one: str, many: str = "") -> str:
    """``1 row``, ``2,930 rows``."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def quoted(value: object, longest: int = 60) -> str:
    """A name or cell in quotes, cut where it is long and with control characters spelled out."""
    text = str(value)
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    return f"'{text}'"


def listed(values: Iterable[object], most: int = 5) -> str:
    """``'a', 'b' and 3 more``: names in quotes, at most ``most`` of them."""
    names = [quoted(v) for v in values]
    if len(names) > most:
        return ", ".join(names[:most]) + f" and {len(names) - most:,} more"
    return joined(names)


def joined(parts: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    items = list(parts)
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]


def size(n_bytes: float) -> str:
    """``1.2 MB``, in steps of 1,000."""
    for unit in ("bytes", "KB", "MB"):
        if n_bytes < 999.5 or (unit == "bytes" and n_bytes < 1000):
            return f"{n_bytes:.0f} {unit}" if unit == "bytes" else f"{n_bytes:.3g} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:.3g} GB"
