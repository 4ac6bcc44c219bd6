"""How candidates are called and marked in charts."""

from __future__ import annotations

import html
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from outfold.draw.theme import DASHES, SYMBOLS

WIDEST = 15
"""Characters in a line of a candidate's label: two fifths of a narrow screen."""


def called(candidate: str, names: Mapping[str, str] | None = None, longest: int = 44) -> str:
    """A candidate's name as plotly text: the given one, else without the steps that do nothing.

    A name that is too long is shortened within each of its parts, so that model, selector and
    resampler all stay; names of different candidates that would then read alike are numbered.
    """
    if names and candidate in names:
        return html.escape(_told_apart(tuple(names.items()), longest)[candidate])
    short = [part for part in candidate.split(" + ") if part != "none"]
    return html.escape(shortened(short or [candidate], longest, " + "))


def parts(name: str) -> list[str]:
    """Model, selector and resampler of a name for people: split at commas outside parentheses."""
    found, deep = [""], 0
    for i, letter in enumerate(name):
        deep += (letter == "(") - (letter == ")")
        if deep <= 0 and name.startswith(", ", i):
            found.append("")
        else:
            found[-1] += letter
    return [part.strip() for part in found]


def wrapped(name: str) -> str:
    """A name as plotly text, for an axis: a line for the model and one for each step before it.

    No line is longer than leaves room for the plot on a narrow screen.
    """
    lines = [line for part in parts(html.unescape(name)) for line in textwrap.wrap(part, WIDEST)]
    return "<br>".join(html.escape(line) for line in lines)


def shortened(named: Sequence[str], longest: int, between: str = ", ") -> str:
    """The parts of a name joined, each cut in its middle where they are too long together."""
    room = longest - len(between) * (len(named) - 1)
    allowed = [0] * len(named)
    # The shortest first: what a part does not need is left to the longer ones.
    for done, place in enumerate(sorted(range(len(named)), key=lambda i: len(named[i]))):
        allowed[place] = max(4, min(len(named[place]), room // (len(named) - done)))
        room -= allowed[place]
    return between.join(_cut(part, n) for part, n in zip(named, allowed, strict=True))


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    end = (longest - 1) // 3
    return f"{text[: longest - 1 - end].rstrip()}…{text[len(text) - end :].lstrip()}"


@lru_cache(maxsize=64)
def _told_apart(names: tuple[tuple[str, str], ...], longest: int) -> dict[str, str]:
    """A label for each candidate, no two alike."""
    short = {key: shortened(parts(name), longest) for key, name in names}
    often = Counter(short.values())
    seen: Counter[str] = Counter()
    for key, text in short.items():
        if often[text] > 1:
            seen[text] += 1
            short[key] = f"{text} #{seen[text]}"
    return short


def dashes(models: Sequence[str]) -> list[str]:
    """A line style for each candidate by its place, so that lines differ by more than colour."""
    return [DASHES[place % len(DASHES)] for place in range(len(models))]


def symbols(models: Sequence[str]) -> list[str]:
    """A marker for each candidate by its place, so that marks differ by more than colour."""
    return [SYMBOLS[place % len(SYMBOLS)] for place in range(len(models))]
