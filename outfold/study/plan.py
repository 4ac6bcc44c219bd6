"""The study compiled to a graph of content-addressed steps with shared prefixes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from outfold.hashing import key_of
from outfold.registry import Kind, Value, registry
from outfold.study.split import Split
from outfold.study.study import Candidate, Choice, Study
from outfold.study.table import StudyTable

StepKind = Literal["prepare", "select", "resample", "fit"]

VERSIONS: dict[StepKind, int] = {"prepare": 1, "select": 1, "resample": 1, "fit": 1}
"""Raised when the code of a step changes what it computes."""


@dataclass(frozen=True, slots=True)
class Step:
    """One pure call.

    Attributes:
        key: Content key of the call and of everything before it.
        kind: What it does.
        strategy: Key of the strategy that it uses.
        params: The strategy's parameters, complete.
        parent: Key of the step whose result it takes; for a preparation, of its split's rows.
        split: The split it belongs to.
        label: For people: ``fit logistic, split 2 of 5``.
    """

    key: str
    kind: StepKind
    strategy: str
    params: tuple[tuple[str, Value], ...]
    parent: str
    split: int
    label: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Every step of a study, parents before children.

    Attributes:
        study: The study's key.
        steps: The distinct steps.
        fits: For each candidate's name, the keys of its fit steps in split order.
        selections: For each candidate's name, the keys of its select steps in split order.
        train_sizes: Training rows of each split.
        test_sizes: Validation rows of each split.
        classes: Class names in code order; empty for numbers.
        positive: Code of the positive class (binary only).
    """

    study: str
    steps: tuple[Step, ...]
    fits: dict[str, tuple[str, ...]]
    selections: dict[str, tuple[str, ...]]
    train_sizes: tuple[int, ...]
    test_sizes: tuple[int, ...]
    classes: tuple[str, ...] = ()
    positive: int = 1

    @property
    def test_train_ratio(self) -> float:
        """Validation rows over training rows, mean over the splits."""
        pairs = zip(self.test_sizes, self.train_sizes, strict=True)
        ratios = [test / train for test, train in pairs]
        return sum(ratios) / len(ratios)

    def by_key(self) -> dict[str, Step]:
        """The steps by key."""
        return {s.key: s for s in self.steps}

    def to_json(self) -> str:
        """The plan as JSON, for the run's record."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """The plan that was written down."""
        raw = json.loads(text)
        steps = tuple(
            Step(**{**s, "params": tuple((a, b) for a, b in s["params"])}) for s in raw["steps"]
        )
        return cls(
            raw["study"],
            steps,
            {n: tuple(k) for n, k in raw["fits"].items()},
            {n: tuple(k) for n, k in raw["selections"].items()},
            tuple(raw["train_sizes"]),
            tuple(raw["test_sizes"]),
            tuple(raw["classes"]),
            raw["positive"],
        )


def make_plan(study: Study, table: StudyTable, cut: Sequence[Split]) -> Plan:
    """Compile a study.

    Steps that two candidates have in common come once. The splits' positions follow from the
    table's key, the validation and the seed, so these stand for them in the keys.

    Args:
        study: What to compile.
        table: The study's table.
        cut: The table's splits.
    """
    steps: dict[str, Step] = {}
    fits: dict[str, list[str]] = {}
    selections: dict[str, list[str]] = {}
    n_splits = len(cut)

    def add(kind: StepKind, of: Kind, choice: Choice, parent: str, split: int) -> str:
        strategy = registry(of)[choice.key]
        params = strategy.complete(dict(choice.params))
        key = f"{kind}-" + key_of(
            kind, VERSIONS[kind], strategy.key, params, strategy.fingerprint, parent, study.seed
        )
        if key not in steps:
            label = f"{kind} {choice.label()}, split {split + 1} of {n_splits}"
            named = tuple(sorted(params.items()))
            steps[key] = Step(key, kind, strategy.key, named, parent, split, label)
        return key

    for split in range(n_splits):
        rows = key_of("split", table.key, study.validation, study.seed, split)
        prepared = add("prepare", "preparation", study.preparation, rows, split)
        for candidate in study.candidates():
            selected = add("select", "selector", candidate.selector, prepared, split)
            resampled = add("resample", "resampler", candidate.resampler, selected, split)
            fitted = add("fit", "model", candidate.model, resampled, split)
            fits.setdefault(candidate.name, []).append(fitted)
            selections.setdefault(candidate.name, []).append(selected)
    return Plan(
        study.key,
        tuple(steps.values()),
        {name: tuple(keys) for name, keys in fits.items()},
        {name: tuple(keys) for name, keys in selections.items()},
        tuple(len(s.train) for s in cut),
        tuple(len(s.test) for s in cut),
        table.classes,
        table.positive,
    )


def plan_size(study: Study) -> tuple[int, int]:
    """Candidates and fits of a study, without looking at its table."""
    n = len(study.candidates())
    return n, n * study.validation.n_splits


def names_of(study: Study) -> dict[str, Candidate]:
    """The study's candidates by name."""
    return {c.name: c for c in study.candidates()}
