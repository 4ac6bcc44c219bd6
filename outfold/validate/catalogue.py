"""Every validation scheme, found by walking this folder."""

from __future__ import annotations

import difflib
import importlib
import importlib.metadata
import pkgutil
from functools import cache

from outfold import validate
from outfold.errors import UnknownNameError
from outfold.task import Task
from outfold.validate.scheme import Refusal, Scheme


@cache
def schemes() -> dict[str, Scheme]:
    """Every scheme by key, in menu order."""
    found: list[Scheme] = []
    for info in pkgutil.iter_modules(validate.__path__):
        if info.name not in validate.SHARED:
            module = importlib.import_module(f"{validate.__name__}.{info.name}")
            found.append(module.SCHEME)
    for point in importlib.metadata.entry_points(group="outfold.validation"):
        found.append(point.load())
    return {s.key: s for s in sorted(found, key=lambda s: (s.order, s.key))}


def scheme_named(key: str) -> Scheme:
    """The scheme of that key.

    Raises:
        UnknownNameError: No such scheme; the hint gives the nearest one.
    """
    found = schemes()
    if key in found:
        return found[key]
    near = difflib.get_close_matches(key, found, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else "Known are " + ", ".join(found) + "."
    raise UnknownNameError(f"There is no validation scheme named {key!r}.", hint)


def offered(grouped: bool, ordered: bool, task: Task) -> list[tuple[Scheme, Refusal | None]]:
    """Each scheme with the reason why it would leak or cannot be done, or None."""
    return [(s, s.refusal(grouped, ordered, task)) for s in schemes().values()]


def proposed(
    grouped: bool, ordered: bool, task: Task, *, single: bool = False, now: str = ""
) -> Scheme:
    """The scheme that the roles and the task ask for.

    Args:
        grouped: Whether a column has the role group.
        ordered: Whether a column has the role time.
        task: What is predicted.
        single: Whether rows shall be held out just once.
        now: The scheme taken so far. One that is never proposed was asked for, and is kept where
            it still serves.
    """
    serving = [s for s, refused in offered(grouped, ordered, task) if not refused]
    for scheme in serving:
        if scheme.key == now and scheme.proposal is None:
            return scheme
    wanted = [s for s in serving if s.proposal is not None and s.single == single]
    return min(wanted, key=lambda s: s.proposal or 0)
