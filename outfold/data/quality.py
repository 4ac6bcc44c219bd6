"""Everything that is noticed about a table, most serious first."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Collection
from functools import cache

import pandas as pd

from outfold.data import checks as folder
from outfold.data.check import Check
from outfold.data.finding import SEVERITIES, Finding
from outfold.data.fix import Fix
from outfold.data.schema import ColumnType, Schema
from outfold.data.words import listed
from outfold.task import Task, is_classification

MANY = 6
"""More findings of one check than this are told as one."""


@cache
def checks() -> tuple[Check, ...]:
    """Every check, in order."""
    found: list[Check] = []
    for info in pkgutil.iter_modules(folder.__path__):
        module = importlib.import_module(f"{folder.__name__}.{info.name}")
        if hasattr(module, "CHECK"):
            found.append(module.CHECK)
    return tuple(sorted(found, key=lambda c: (c.order, c.code)))


def findings(
    frame: pd.DataFrame,
    schema: Schema,
    target: str | None = None,
    muted: Collection[str] = (),
    task: Task | None = None,
    ignored: Collection[str] = (),
) -> tuple[Finding, ...]:
    """What every check found, serious ones first, then in the order of the checks.

    Args:
        frame: The typed table, one row per observation.
        schema: Its columns.
        target: The column to predict, if one is chosen; checks of the target need it.
        muted: Codes that the person does not want to see.
        task: What kind of target it is; by default as its column type says.
        ignored: Columns that are not used, such as those with the role ignore; not looked at.
    """
    if task is not None and target is not None:
        schema = _read_as(schema, target, task)
    if ignored:
        used = [c for c in schema.columns if c.name == target or c.name not in ignored]
        schema = Schema(tuple(used))
        frame = frame[list(schema.names())]
    found: list[tuple[int, Finding]] = []
    if len(frame):
        for place, check in enumerate(checks()):
            if check.code not in muted:
                seen = check.run(frame, schema, target)
                found.extend((place, finding) for finding in _gathered(check, seen))
    found.sort(key=lambda pair: (-SEVERITIES.index(pair[1].severity), pair[0]))
    return tuple(finding for _, finding in found)


def _read_as(schema: Schema, target: str, task: Task) -> Schema:
    """The schema with the target as classes or as a number, whichever the task takes it for."""
    kind: ColumnType = schema[target].type
    if is_classification(task) and kind == "numeric":
        kind = "categorical"
    return Schema(
        tuple(dataclasses.replace(c, type=kind) if c.name == target else c for c in schema.columns)
    )


def _gathered(check: Check, seen: list[Finding]) -> list[Finding]:
    """The findings, with more than ``MANY`` of one severity and one kind of fix told as one.

    Those with the very same fix, but for the column, go together first and keep it.
    """
    if not check.many:
        return seen
    for same_parameters in (True, False):
        groups: dict[tuple[object, ...], list[Finding]] = {}
        for f in seen:
            kind = f.fix.kind if f.fix else ""
            params = f.fix.params if f.fix and same_parameters else ()
            groups.setdefault((f.severity, kind, params), []).append(f)
        seen = [
            told
            for group in groups.values()
            for told in (group if len(group) <= MANY else [_together(check, group)])
        ]
    return seen


def _together(check: Check, same: list[Finding]) -> Finding:
    """One finding for many of one severity."""
    columns = tuple(dict.fromkeys(name for f in same for name in f.columns))
    about = list(dict.fromkeys(f.column for f in same if f.column is not None))
    fixes = [f.fix for f in same if f.fix is not None]
    fix = None
    if len(fixes) == len(same) and len({(f.kind, f.params) for f in fixes}) == 1:
        named = tuple(dict.fromkeys(name for f in fixes for name in f.columns))
        fix = Fix(fixes[0].kind, named, fixes[0].params)
    return Finding(
        check.code,
        same[0].severity,
        None,
        columns,
        check.many.format(n=f"{len(same):,}", names=listed(about or columns)),
        same[0].why,
        {"columns": float(len(same))},
        fix,
    )
