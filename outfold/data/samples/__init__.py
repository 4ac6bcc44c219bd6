"""Built-in sample tables: one file each, declared by a module-level ``SAMPLE``."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from functools import cache

from outfold.data.sample import Sample as Sample
from outfold.errors import UnknownNameError


@cache
def samples() -> tuple[Sample, ...]:
    """Every sample, in menu order."""
    found = [
        importlib.import_module(f"{__name__}.{info.name}").SAMPLE
        for info in pkgutil.iter_modules(__path__)
    ]
    return tuple(sorted(found, key=lambda s: (s.order, s.key)))


def sample_named(key: str) -> Sample:
    """The sample of that key.

    Raises:
        UnknownNameError: No such sample; the hint gives the nearest one.
    """
    known = {s.key: s for s in samples()}
    if key in known:
        return known[key]
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else "Known are " + ", ".join(known) + "."
    raise UnknownNameError(f"There is no sample named {key!r}.", hint)
