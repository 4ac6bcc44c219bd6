"""The study: everything that was chosen, frozen and serialisable.

A page never edits a study; it asks for a changed copy. Undo, links, comparison and cache keys
follow from ``Study.key``.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from outfold.data.fix import Fix
from outfold.data.schema import COLUMN_TYPES, ROLES, SINGLE_ROLES, ColumnType, Role
from outfold.errors import StudyError
from outfold.hashing import UNSAID, canonical, key_of
from outfold.registry import Kind, Value, registry, worded
from outfold.study.explain.explaining import NO_EXPLAINING, Explaining
from outfold.study.speed import NO_QUICK, NO_RACE, Quick, Racing
from outfold.study.tune.tuning import NO_TUNING, Tuning
from outfold.task import TASKS, Task, is_classification
from outfold.validate.validation import Validation as Validation

MOST_LINKS = 3
"""Selectors that may follow one another."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A strategy with its parameter values, sorted by name; unnamed ones are at their defaults.

    Attributes:
        key: The strategy's key.
        params: Its parameter values.
        then: Of selectors, the one that goes on with the columns that this one keeps: a chain.
    """

    key: str
    params: tuple[tuple[str, Value], ...] = ()
    then: Choice | None = field(default=None, metadata=UNSAID)

    @classmethod
    def of(cls, key: str, **params: Value) -> Choice:
        """A choice from keyword arguments."""
        return cls(key, tuple(sorted(params.items())))

    @classmethod
    def chain(cls, links: Sequence[Choice]) -> Choice:
        """One selector after another; a single one is itself."""
        chained: Choice | None = None
        for link in reversed(links):
            chained = dataclasses.replace(link, then=chained)
        if chained is None:
            raise StudyError("A chain without a selector selects nothing.", "Name a selector.")
        return chained

    @property
    def links(self) -> tuple[Choice, ...]:
        """The strategies of a chain, the first first, each on its own; else this one alone."""
        if self.then is None:
            return (self,)
        return (dataclasses.replace(self, then=None), *self.then.links)

    @property
    def path(self) -> str:
        """The keys of a chain: ``variance+cfs``; else the key alone."""
        return "+".join(link.key for link in self.links)

    def label(self) -> str:
        """``smote(k=3)`` or ``variance+cfs(patience=2)``; keys alone at the defaults."""
        inside = ", ".join(f"{k}={worded(v)}" for k, v in self.params)
        own = f"{self.key}({inside})" if inside else self.key
        return own if self.then is None else f"{own}+{self.then.label()}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One combination of a study."""

    selector: Choice
    resampler: Choice
    model: Choice

    @property
    def name(self) -> str:
        """The candidate's name for people and in results."""
        return " + ".join(c.label() for c in (self.selector, self.resampler, self.model))

    @property
    def is_baseline(self) -> bool:
        """Whether this is the model that looks at no feature."""
        return self.model.key == "dummy"


NONE = Choice("none")
STANDARD = Validation()
BASELINE = Candidate(NONE, NONE, Choice("dummy"))


@dataclass(frozen=True, slots=True)
class Study:
    """Everything chosen.

    Attributes:
        dataset: The content key of the table.
        target: The column that is predicted.
        task: What kind of target it is.
        roles: Roles other than the default one, by column, sorted.
        types: Types other than those found on reading, by column, sorted.
        fixes: Changes made to the table, in order.
        positive: The class that is called positive (binary tasks); changes no fit.
        validation: How rows are held out.
        preparation: What is done to columns before anything else.
        selectors: Selectors to compare.
        resamplers: Resamplers to compare.
        models: Models to compare; the baseline is always added.
        target_transform: ``log`` fits a regression to log(1 + target) and transforms back.
        metric: The metric that ranks the leaderboard; changes no fit.
        seed: The seed of everything random.
        tuning: How parameters that are not set by hand are chosen inside each training fold.
        train_shares: Shares of each split's training rows, above 0 and below 1, on which every
            candidate is fitted too, for a learning curve; none for none.
        racing: Whether candidates that are clearly beaten are stopped early, and by what rule.
        quick: Whether a run looks at a sample of the rows first; changes no final number.
        meter_seconds: Of a leakage meter's study, the seconds that it may take; 0 in all others.
        explaining: Whether a run explains its candidates, and by how much work.
        trace_deviance: Whether fits also tell their deviance on the rows that they were fitted on,
            and, of boosting models, after each tree.
        train_scores: Whether fits also predict rows that they were fitted on, for the
            generalisation gap; never counted as out of fold.
    """

    dataset: str
    target: str
    task: Task
    roles: tuple[tuple[str, Role], ...] = ()
    types: tuple[tuple[str, ColumnType], ...] = ()
    fixes: tuple[Fix, ...] = ()
    positive: str | None = None
    validation: Validation = STANDARD
    preparation: Choice = Choice("standard")
    selectors: tuple[Choice, ...] = (NONE,)
    resamplers: tuple[Choice, ...] = (NONE,)
    models: tuple[Choice, ...] = ()
    target_transform: Literal["none", "log"] = "none"
    metric: str = ""
    seed: int = 0
    tuning: Tuning = NO_TUNING
    train_shares: tuple[float, ...] = ()
    racing: Racing = NO_RACE
    quick: Quick = NO_QUICK
    meter_seconds: float = 0.0
    explaining: Explaining = NO_EXPLAINING
    trace_deviance: bool = False
    train_scores: bool = field(default=False, metadata=UNSAID)

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise StudyError(f"There is no task {self.task!r}.", "Known: " + ", ".join(TASKS))
        if not self.target:
            raise StudyError("No target column is chosen.", "Choose the column to predict.")
        for column, role in self.roles:
            if role not in ROLES:
                raise StudyError(
                    f"Column {column!r} has the unknown role {role!r}.",
                    "Known: " + ", ".join(ROLES),
                )
        for column, kind in self.types:
            if kind not in COLUMN_TYPES:
                raise StudyError(
                    f"Column {column!r} has the unknown type {kind!r}.",
                    "Known: " + ", ".join(COLUMN_TYPES),
                )
        for role in SINGLE_ROLES:
            named = [c for c, r in self.roles if r == role and c != self.target]
            if role == "target" and named:
                raise StudyError(
                    f"{named[0]!r} is marked as target beside {self.target!r}.",
                    "One column can be the target.",
                )
            if len(named) > 1:
                raise StudyError(
                    f"{len(named)} columns have the role {role}: {', '.join(named)}.",
                    "At most one can.",
                )
        for share in self.train_shares:
            if not 0 < share < 1:
                raise StudyError(
                    f"A training share of {share:g} was asked for.",
                    "Take shares above 0 and below 1; all rows are always taken too.",
                )
        if len(set(self.train_shares)) < len(self.train_shares):
            raise StudyError("A training share comes twice.", "Name each share once.")
        if not self.selectors or not self.resamplers:
            raise StudyError(
                "No selector or no resampler is chosen.", "Choose at least 'none' of each."
            )

    @property
    def key(self) -> str:
        """The content key: equal studies have equal keys."""
        return key_of("study", self)

    @property
    def is_aside(self) -> bool:
        """Whether it measures something about another study's candidates and compares nothing new.

        A learning curve, a leakage meter, deviances or scores in training, an explanation: each
        stands where it was asked for.
        """
        asked = self.train_shares or self.meter_seconds or self.trace_deviance
        return bool(asked or self.train_scores or self.explaining.on)

    def candidates(self) -> tuple[Candidate, ...]:
        """Every combination, the baseline first."""
        grid = [
            Candidate(s, r, m)
            for s in self.selectors
            for r in self.resamplers
            for m in self.models
            if m.key != "dummy"
        ]
        return (BASELINE, *dict.fromkeys(grid))

    def role_of(self, column: str) -> Role | None:
        """The role given to a column, or None where it has its type's default role."""
        if column == self.target:
            return "target"
        return dict(self.roles).get(column)

    def column_with(self, role: Role) -> str | None:
        """The column that has one of the single roles."""
        if role == "target":
            return self.target
        return next((c for c, r in self.roles if r == role), None)

    def replace(self, **changes: Any) -> Study:
        """A changed copy; mappings given for roles and types are sorted into tuples."""
        for name in ("roles", "types"):
            if isinstance(changes.get(name), Mapping):
                changes[name] = tuple(sorted(changes[name].items()))
        return dataclasses.replace(self, **changes)

    def checked(self) -> Study:
        """The same study with every strategy and parameter known to exist and to serve the task.

        Raises:
            UnknownNameError: A strategy that no registry knows.
            ParameterError: A parameter value that its strategy does not accept.
            StudyError: A strategy that does not serve the task.
        """
        chosen: list[tuple[Kind, Choice]] = [("preparation", self.preparation)]
        chosen += [("selector", c) for c in self.selectors]
        chosen += [("resampler", c) for c in self.resamplers]
        chosen += [("model", c) for c in self.models]
        for kind, choice in ((k, link) for k, c in chosen for link in check_links(k, c)):
            strategy = registry(kind)[choice.key]
            strategy.complete(dict(choice.params))
            if self.task not in strategy.tasks:
                raise StudyError(
                    f"{strategy.label} does not serve {self.task} targets.",
                    "Take another " + kind + " or change the task.",
                )
        if self.target_transform == "log" and is_classification(self.task):
            raise StudyError("A class cannot be log-transformed.", "Set the transform to none.")
        if self.tuning.is_on:
            from outfold.study.tune.key import check_metric  # it knows studies

            check_metric(self)
        return self

    def to_json(self) -> str:
        """The study as canonical JSON."""
        return canonical(self)

    @classmethod
    def from_json(cls, text: str) -> Study:
        """The study that a JSON text describes.

        Raises:
            StudyError: The text is no JSON, or lacks or has unknown fields.
        """
        try:
            raw = json.loads(text)
        except ValueError as error:
            raise StudyError(f"The study is no JSON: {error}.") from None
        if not isinstance(raw, dict):
            raise StudyError("The study is no JSON object.")
        known = {f.name for f in dataclasses.fields(cls)}
        if unknown := sorted(set(raw) - known):
            raise StudyError(
                f"The study has unknown fields: {', '.join(unknown)}.",
                "Known: " + ", ".join(sorted(known)),
            )
        try:
            return cls(
                **raw
                | {
                    name: make(raw[name])
                    for name, make in _FROM_PLAIN.items()
                    if name in raw and raw[name] is not None
                }
            )
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            raise StudyError(f"The study cannot be read: {error}.") from None


def check_links(kind: Kind, choice: Choice) -> tuple[Choice, ...]:
    """The strategies that a choice is made of; only selectors may follow one another.

    Raises:
        StudyError: The choice is a chain that cannot be.
    """
    links = choice.links
    if len(links) > 1 and kind != "selector":
        raise StudyError(
            f"{choice.path} is a chain of {kind}s.", "Only selectors can follow one another."
        )
    if len(links) > MOST_LINKS:
        raise StudyError(
            f"{choice.path} is a chain of {len(links)} selectors.",
            f"At most {MOST_LINKS} can follow one another.",
        )
    if len(links) > 1 and NONE.key in {link.key for link in links}:
        raise StudyError(
            f"{choice.path} has a link that keeps every column.", "Leave 'none' out of a chain."
        )
    return links


def _pairs(raw: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((str(a), b) for a, b in raw)


def _choice(raw: Any) -> Choice:
    given = _pairs(raw.get("params", ()))
    then = raw.get("then")
    return Choice(
        raw["key"],
        tuple((k, tuple(v) if isinstance(v, list) else v) for k, v in given),
        then and _choice(then),
    )


def _choices(raw: Any) -> tuple[Choice, ...]:
    return tuple(_choice(r) for r in raw)


_FROM_PLAIN: dict[str, Any] = {
    "roles": _pairs,
    "types": _pairs,
    "fixes": lambda raw: tuple(
        Fix(r["kind"], tuple(r.get("columns", ())), _pairs(r.get("params", ()))) for r in raw
    ),
    "validation": lambda raw: Validation(**raw),
    "tuning": lambda raw: Tuning(**raw),
    "racing": lambda raw: Racing(**raw),
    "quick": lambda raw: Quick(**raw),
    "explaining": lambda raw: Explaining(**raw),
    "preparation": _choice,
    "selectors": _choices,
    "resamplers": _choices,
    "models": _choices,
    "train_shares": lambda raw: tuple(float(share) for share in raw),
}
