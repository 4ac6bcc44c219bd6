"""Names and numbers made fit to be read; names from data never become markup."""

from __future__ import annotations

import math
import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$&:@^=\"'])")
_DIRECTIVE = re.compile(
    r"(?<=:)(?=[\w/+-]+[:\[]|//)|(?<=www)(?=\.)|(?=@)|(?<=-)(?=[->])|(?<=<)(?=-)"
)
_BREAK = "\u2060"
"""Word joiner: unseen, and keeps ``:smile:``, addresses and arrows in data plain text."""

ROW_HELP = "Rows are counted from 1 in the table after fixes; the heading is not counted."


def plain(value: object, longest: int = 80) -> str:
    """A text from a person's data, so that Streamlit's markdown shows just its characters."""
    text = cut(value, longest)
    return _SPECIAL.sub(r"\\\1", _DIRECTIVE.sub(_BREAK, text))


def cut(value: object, longest: int = 80) -> str:
    """A text from a person's data on one line, where Streamlit takes no markdown: in options."""
    text = " ".join(str(value).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def number(value: float, digits: int = 3) -> str:
    """A number rounded to its significant digits, with thousands separated; ``–`` if undefined."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if size >= 6 or size < -4:
        return f"{value:.{digits - 1}e}"
    return f"{value:,.{max(0, digits - 1 - size)}f}"


def short(value: float) -> str:
    """A value from the data itself: whole numbers in full, others with four digits at most."""
    if value is None or not math.isfinite(value):
        return number(value)
    if float(value).is_integer() and abs(value) < 1e9:
        return f"{int(value):,}"
    return f"{value:.4g}"


def count(n: int, one: str, many: str = "") -> str:
    """``1 row``, ``1,024 rows``."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """A length of time in the unit that suits it: ``240 ms``, ``4.1 s``, ``3 min 20 s``."""
    if seconds is None or math.isnan(seconds):
        return "–"
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f} µs"
    if seconds < 1:
        return f"{number(seconds * 1000)} ms"
    if seconds < 60:
        return f"{number(seconds, 2)} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def size(n_bytes: float) -> str:
    """A number of bytes in the unit that suits it: ``12 kB``, ``3.4 MB``."""
    if n_bytes is None or math.isnan(n_bytes):
        return "–"
    for unit in ("B", "kB", "MB", "GB"):
        if abs(n_bytes) < 1000 or unit == "GB":
            return f"{number(n_bytes)} {unit}"
        n_bytes /= 1000
    raise AssertionError


def share(value: float) -> str:
    """A share of one as a percentage that never rounds something to nothing: ``<0.1 %``."""
    if value is None or math.isnan(value):
        return "–"
    if 0 < value < 0.001:
        return "<0.1 %"
    return f"{value * 100:.1f} %" if value < 0.1 else f"{value * 100:.0f} %"


def ago(then: float, now: float) -> str:
    """How long ago a moment was, roughly: ``just now``, ``5 min ago``, ``3 days ago``."""
    seconds = max(0.0, now - then)
    for limit, unit, name in ((60, 1, ""), (3600, 60, "min"), (86400, 3600, "h")):
        if seconds < limit:
            return f"{int(seconds // unit)} {name} ago" if name else "just now"
    days = int(seconds // 86400)
    return f"{days} day{'s' * (days != 1)} ago"
