"""The study that a person can run without changing anything, and what follows from a new target."""

from __future__ import annotations

import dataclasses

import pandas as pd

from outfold.data.dataset import Dataset
from outfold.data.propose import propose_target, propose_task
from outfold.data.samples import Sample
from outfold.data.schema import ColumnType, Role
from outfold.errors import StudyError, UnknownNameError
from outfold.metrics.catalogue import default_metric, metrics_for
from outfold.registry import Facts, Kind, registry
from outfold.study.split import proposed_scheme
from outfold.study.study import BASELINE, NONE, Choice, Study, Validation
from outfold.task import Task, is_classification

FEW_ROWS = 200
"""Below this many rows, folds are repeated: the scores of so few rows vary much by the draw."""
MANY_ROWS = 50_000
"""From this many rows on, three folds measure well enough and cost less."""


def default_study(dataset: Dataset, frame: pd.DataFrame, sample: Sample | None = None) -> Study:
    """A first study of a table: target and task proposed, every choice at a sensible default.

    Args:
        dataset: The table's description.
        frame: The table.
        sample: The built-in sample that the table is, which knows its target and roles.

    Raises:
        StudyError: No column can be a target.
    """
    target = sample.target if sample else propose_target(frame, dataset.schema)
    if target is None:
        raise StudyError(
            "No column of this table looks like a target: each has a single value, is empty, or "
            "holds names, dates or free text, a different one in nearly every row.",
            "Choose the target yourself, or load a table with more rows or other columns.",
        )
    roles: dict[str, Role] = dict(sample.roles) if sample else {}
    task = sample.task if sample else None
    return with_target(Study(dataset.key, target, "binary"), dataset, frame, target, task, roles)


def with_target(
    study: Study,
    dataset: Dataset,
    frame: pd.DataFrame,
    target: str,
    task: Task | None = None,
    roles: dict[str, Role] | None = None,
) -> Study:
    """The study with another target; strategies that no longer apply give way to the defaults.

    Args:
        study: The study as it is.
        dataset: The table's description.
        frame: The table, typed as the study says.
        target: The column to predict.
        task: What kind of target it is; proposed from its values unless given.
        roles: Roles to set instead of the study's own.

    Raises:
        UnknownNameError: The table has no such column.
    """
    if target not in frame.columns:
        raise UnknownNameError(
            f"The table has no column {target!r}.", "Known: " + ", ".join(map(str, frame.columns))
        )
    types: dict[str, ColumnType] = {c.name: c.type for c in dataset.schema.columns}
    types |= dict(study.types)
    found = task or propose_task(frame[target], types.get(target, "categorical"))
    kept = {c: r for c, r in dict(study.roles if roles is None else roles).items() if c != target}
    if found != "count":
        kept = {c: r for c, r in kept.items() if r != "exposure"}
    facts = rough_facts(frame, target, found, types)
    validation = proposed_scheme(
        study.validation if study.models else _folds(len(frame)),
        "group" in kept.values(),
        "time" in kept.values(),
        found,
    )
    return study.replace(
        target=target,
        task=found,
        roles=kept,
        positive=None,
        validation=validation,
        selectors=_still_valid("selector", study.selectors, facts) or (NONE,),
        resamplers=_still_valid("resampler", study.resamplers, facts) or (NONE,),
        models=_still_valid("model", study.models, facts) or default_models(facts),
        tuning=study.tuning
        if study.tuning.metric in {m.key for m in metrics_for(found)}
        else dataclasses.replace(study.tuning, metric=""),
        target_transform=study.target_transform if not is_classification(found) else "none",
        metric=study.metric
        if study.metric in {m.key for m in metrics_for(found)}
        else default_metric(found).key,
    )


def left_behind(
    before: Study, after: Study, dataset: Dataset, frame: pd.DataFrame
) -> tuple[str, ...]:
    """What a new target or task took out of a study, in words: ``SMOTE (why it cannot be)``.

    Args:
        before: The study as it was.
        after: The study that ``with_target`` made of it.
        dataset: The table's description.
        frame: The table, typed as the study says.
    """
    types: dict[str, ColumnType] = {c.name: c.type for c in dataset.schema.columns}
    facts = rough_facts(frame, after.target, after.task, types | dict(after.types))
    lost: list[str] = []
    kinds: tuple[Kind, ...] = ("selector", "resampler", "model")
    for kind in kinds:
        known = registry(kind)
        was: tuple[Choice, ...] = getattr(before, f"{kind}s")
        for choice in was:
            if choice in getattr(after, f"{kind}s"):
                continue
            there = [known[link.key] for link in choice.links if link.key in known]
            if kind == "model" and not choice.params and all(s.default for s in there):
                continue  # nobody ticked it: the defaults of the new task take its place
            why = next((reason for s in there if (reason := s.available(facts))), None)
            names = " → ".join(s.label for s in there) or choice.label()
            lost.append(f"{names} ({why.rstrip('.')})" if why else names)
    kept = dict(after.roles)
    lost += [f"the role of {column}" for column, _ in before.roles if column not in kept]
    if before.target_transform != after.target_transform:
        lost.append("the log scale of the target")
    return tuple(lost)


def moved(study: Study, dataset: Dataset, frame: pd.DataFrame) -> tuple[Study, tuple[str, ...]]:
    """The study on another reading of its table, and what could not come along.

    Types, roles and fixes of columns that are still there stay; the target must be there.

    Args:
        study: The study as it is.
        dataset: The other reading's description.
        frame: The other reading.

    Returns:
        The study, and in words what was left behind: ``the role of age``.
    """
    there = set(dataset.schema.names())
    lost = [f"the type of {c}" for c, _ in study.types if c not in there]
    lost += [f"the role of {c}" for c, _ in study.roles if c not in there]
    lost += [f"the fix of {', '.join(f.columns)}" for f in study.fixes if not there >= {*f.columns}]
    kept = study.replace(
        dataset=dataset.key,
        types={c: t for c, t in study.types if c in there},
        roles={c: r for c, r in study.roles if c in there},
        fixes=tuple(f for f in study.fixes if there >= {*f.columns}),
    )
    found = propose_task(frame[study.target], dataset.schema[study.target].type)
    # Classes stay classes even where two became three; numbers may have become words.
    same = is_classification(found) == is_classification(study.task)
    task = study.task if same and not is_classification(found) else found
    there_too = with_target(kept, dataset, frame, study.target, task)
    return there_too.replace(positive=study.positive), tuple(lost)


def default_models(facts: Facts) -> tuple[Choice, ...]:
    """The models that a first comparison takes: those marked as default that apply."""
    return tuple(
        Choice(s.key)
        for s, reason in registry("model").offered(facts)
        if s.default and not reason and s.key != BASELINE.model.key
    )


def rough_facts(
    frame: pd.DataFrame, target: str, task: Task, types: dict[str, ColumnType]
) -> Facts:
    """What strategies may ask, from the typed table before roles are settled."""
    values = frame[target].dropna()
    classes = is_classification(task)
    counts = values.value_counts() if classes else None
    features = [c for c in frame.columns if c != target]
    return Facts(
        task=task,
        n_rows=len(values),
        n_features=len(features),
        n_numeric=sum(types.get(c) in ("numeric", "boolean", "datetime") for c in features),
        n_categorical=sum(types.get(c) == "categorical" for c in features),
        smallest_class=int(counts[counts > 0].min())
        if counts is not None and len(counts)
        else None,
        n_classes=int((counts > 0).sum()) if counts is not None else None,
        target_min=None if classes else float(values.min()),
    )


def _folds(n_rows: int) -> Validation:
    if n_rows < FEW_ROWS:
        return Validation("kfold", folds=5, repeats=3)
    return Validation("kfold", folds=3 if n_rows > MANY_ROWS else 5)


def _still_valid(kind: Kind, choices: tuple[Choice, ...], facts: Facts) -> tuple[Choice, ...]:
    known = registry(kind)
    return tuple(
        c
        for c in choices
        if all(link.key in known and not known[link.key].available(facts) for link in c.links)
    )
