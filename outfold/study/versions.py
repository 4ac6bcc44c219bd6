"""Whether all machines of a cluster compute with the same code and the same libraries."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from outfold.errors import OutfoldError
from outfold.hashing import KEY_LENGTH

LIBRARIES = (
    "scikit-learn", "imbalanced-learn", "lightgbm", "numpy", "scipy", "pandas", "distributed",
)  # fmt: skip
"""Distributions whose version may change a number or stop a step from being sent."""


@cache
def mine() -> dict[str, str]:
    """The versions here: Python's, the libraries', and a short hash of Outfold's own code."""
    digest = hashlib.sha256()
    root = Path(__file__).resolve().parents[1]
    for path in sorted(root.rglob("*.py")):
        digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    found = {"outfold": digest.hexdigest()[: KEY_LENGTH // 2], "Python": platform.python_version()}
    for name in LIBRARIES:
        found[name] = importlib.metadata.version(name)
    return found


def told() -> dict[str, str]:
    """What another machine answers when it is asked for its versions."""
    return mine()


def difference(where: str, theirs: object) -> str:
    """What a machine has otherwise than this one, as one sentence; empty where nothing.

    Args:
        where: What the machine is called.
        theirs: What ``mine`` gave there, or the exception that it raised.
    """
    if isinstance(theirs, ModuleNotFoundError):
        return f"{where} has no package {theirs.name or 'outfold'}."
    if not isinstance(theirs, Mapping):
        return f"{where} could not tell its versions ({type(theirs).__name__})."
    unequal = [n for n, v in mine().items() if theirs.get(n) != v]
    if not unequal:
        return ""
    if unequal == ["outfold"]:
        return f"{where} runs another version of Outfold than this machine."
    told = [f"{n} {theirs.get(n, 'not at all')} where here it is {mine()[n]}" for n in unequal
            if n != "outfold"]  # fmt: skip
    also = " and another Outfold" if "outfold" in unequal else ""
    return f"{where} has {', '.join(told)}{also}."


class VersionError(OutfoldError):
    """A machine of the cluster would compute with other code than this one."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "Install the same versions on all machines of the cluster.")
