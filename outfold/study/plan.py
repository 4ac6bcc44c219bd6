"""The study compiled to a graph of content-addressed steps with shared prefixes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from outfold.hashing import key_of
from outfold.registry import Kind, Value, registry
from outfold.study.explain.explaining import VERSION as EXPLAIN_VERSION
from outfold.study.explain.explaining import explained_splits
from outfold.study.growing_rows import n_whole
from outfold.study.split import Split
from outfold.study.study import Candidate, Choice, Study
from outfold.study.table import StudyTable
from outfold.study.tune.key import tune_key

StepKind = Literal["prepare", "rank", "select", "resample", "tune", "fit", "explain"]

VERSIONS: dict[StepKind, int] = {
    "prepare": 1,
    "rank": 1,
    "select": 1,
    "resample": 1,
    "fit": 1,
    "explain": EXPLAIN_VERSION,
}
"""Raised when the code of a step changes what it computes."""
TRACE_VERSION = 1
"""The same for what a fit says of its deviance, where the study asks for it."""
TRAINING_VERSION = 1
"""And for what it says of its training rows."""


@dataclass(frozen=True, slots=True)
class Step:
    """One pure call.

    Attributes:
        key: Content key of the call and of everything before it.
        kind: What it does.
        strategy: Key of the strategy that it uses.
        params: The strategy's parameters, complete.
        parent: Key of the step whose result it takes; for a preparation, of its split's rows. Of a
            selection that cuts a ranking this is the ranking, while its own key stands on what was
            ranked: it is the same selection, whatever else is cut from the ranking.
        split: The split it belongs to.
        label: For people: ``fit logistic, split 2 of 5``.
        fixed: Of a tuning step, the parameters that were set by hand and stay as they are.
    """

    key: str
    kind: StepKind
    strategy: str
    params: tuple[tuple[str, Value], ...]
    parent: str
    split: int
    label: str
    fixed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Every step of a study, parents before children.

    Attributes:
        study: The study's key.
        steps: The distinct steps.
        fits: For each candidate's name, the keys of its fit steps in split order.
        selections: For each candidate's name, the keys of its select steps in split order; of a
            chain, those of its last link.
        train_sizes: Training rows of each split.
        test_sizes: Validation rows of each split.
        classes: Class names in code order; empty for numbers.
        positive: Code of the positive class (binary only).
        rows: Rows of the table; 0 in plans written before this was said.
        samples: Plans of the same study on samples of the rows, smallest first, done before it.
        tunings: For each tuned candidate's name, the keys of its tuning steps in split order.
        apparent: Whether the last split is judged on the rows that it trains on.
        explanations: For each explained candidate's name, the keys of its explain steps in split
            order.
    """

    study: str
    steps: tuple[Step, ...]
    fits: dict[str, tuple[str, ...]]
    selections: dict[str, tuple[str, ...]]
    train_sizes: tuple[int, ...]
    test_sizes: tuple[int, ...]
    classes: tuple[str, ...] = ()
    positive: int = 1
    rows: int = 0
    samples: tuple[Plan, ...] = ()
    tunings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    apparent: bool = False
    explanations: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def test_train_ratio(self) -> float:
        """Validation rows over training rows, mean over the splits."""
        pairs = zip(self.test_sizes, self.train_sizes, strict=True)
        ratios = [test / train for test, train in pairs]
        return sum(ratios) / len(ratios)

    def whole(self, study: Study) -> Plan:
        """The part of the plan whose splits train on all of their rows."""
        n = n_whole(len(self.train_sizes), study)
        return replace(
            self,
            fits={name: keys[:n] for name, keys in self.fits.items()},
            selections={name: keys[:n] for name, keys in self.selections.items()},
            train_sizes=self.train_sizes[:n],
            test_sizes=self.test_sizes[:n],
        )

    def every_step(self) -> tuple[Step, ...]:
        """The samples' steps and then the plan's own, parents before children."""
        return tuple(step for plan in (*self.samples, self) for step in plan.steps)

    def every_fit(self) -> list[str]:
        """The keys of the samples' fits and then of the plan's own, each once."""
        plans = (*self.samples, self)
        return list(dict.fromkeys(k for p in plans for keys in p.fits.values() for k in keys))

    def every_explanation(self) -> list[str]:
        """The keys of the explain steps."""
        return [key for keys in self.explanations.values() for key in keys]

    def judged(self) -> Plan:
        """The part of the plan whose splits are judged on rows that they did not train on."""
        if not self.apparent:
            return self
        return replace(
            self,
            fits={name: keys[:-1] for name, keys in self.fits.items()},
            selections={name: keys[:-1] for name, keys in self.selections.items()},
            train_sizes=self.train_sizes[:-1],
            test_sizes=self.test_sizes[:-1],
            apparent=False,
        )

    def by_key(self) -> dict[str, Step]:
        """The steps by key."""
        return {s.key: s for s in self.steps}

    def to_json(self) -> str:
        """The plan as JSON, for the run's record."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """The plan that was written down."""
        return cls._from_plain(json.loads(text))

    @classmethod
    def _from_plain(cls, raw: dict[str, Any]) -> Plan:
        steps = tuple(
            Step(
                **{
                    **s,
                    "params": tuple(
                        (a, tuple(b) if isinstance(b, list) else b) for a, b in s["params"]
                    ),
                    "fixed": tuple(s.get("fixed", ())),
                }
            )
            for s in raw["steps"]
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
            raw.get("rows", 0),
            tuple(cls._from_plain(sample) for sample in raw.get("samples", ())),
            {n: tuple(k) for n, k in raw.get("tunings", {}).items()},
            raw.get("apparent", False),
            {n: tuple(k) for n, k in raw.get("explanations", {}).items()},
        )


def make_plan(study: Study, table: StudyTable, cut: Sequence[Split], said: str = "") -> Plan:
    """Compile a study.

    Steps that two candidates have in common come once. The keys of a split's steps stand on the
    positions of its rows, however these were drawn.

    Args:
        study: What to compile.
        table: The study's table.
        cut: The table's splits.
        said: What the labels of the steps say at their end.
    """
    steps: dict[str, Step] = {}
    fits: dict[str, list[str]] = {}
    selections: dict[str, list[str]] = {}
    tunings: dict[str, list[str]] = {}
    explanations: dict[str, list[str]] = {}
    n_splits = len(cut)

    asked = asked_of_rankings(study)

    def ranked(link: Choice, before: tuple[Choice, ...], parent: str, split: int) -> str:
        """The step that ranks what a selector cuts; the parent itself where it cuts no ranking."""
        strategy = registry("selector")[link.key]
        if strategy.ranks is None:
            return parent
        params = strategy.complete(dict(link.params))
        wanted = strategy.ranks.before(params, asked[ranking_of(link, before)])
        key = "rank-" + key_of(
            "rank", VERSIONS["rank"], strategy.key, wanted, strategy.fingerprint, parent,
            study.seed,
        )  # fmt: skip
        if key not in steps:
            rest = {n: v for n, v in link.params if n not in strategy.ranks.cuts}
            label = f"rank {Choice.of(link.key, **rest).label()}, split {split + 1} of {n_splits}"
            named = tuple(sorted(wanted.items()))
            steps[key] = Step(key, "rank", strategy.key, named, parent, split, label + said)
        return key

    def add(
        kind: StepKind, of: Kind, choice: Choice, parent: str, split: int, under: str = ""
    ) -> str:
        strategy = registry(of)[choice.key]
        params = strategy.complete(dict(choice.params))
        traced: tuple[Any, ...] = ()
        if kind == "fit" and study.trace_deviance:
            traced = (TRACE_VERSION,)
        if kind == "fit" and study.train_scores:
            traced = (*traced, "training rows", TRAINING_VERSION)
        key = f"{kind}-" + key_of(
            kind, VERSIONS[kind], strategy.key, params, strategy.fingerprint, parent, study.seed,
            *traced,
        )  # fmt: skip
        if key not in steps:
            label = f"{kind} {choice.label()}, split {split + 1} of {n_splits}{said}"
            named = tuple(sorted(params.items()))
            steps[key] = Step(key, kind, strategy.key, named, under or parent, split, label)
        return key

    def tuned(candidate: Candidate, resampled: str, split: int) -> str:
        """The step that tunes a candidate, which its fit comes after; else the resampling."""
        choice = candidate.model
        key = tune_key(study, table.positive, candidate, resampled)
        if not key:
            return resampled
        tunings.setdefault(candidate.name, []).append(key)
        if key not in steps:
            label = f"tune {choice.label()}, split {split + 1} of {n_splits}{said}"
            values = registry("model")[choice.key].complete(dict(choice.params))
            fixed = tuple(name for name, _ in choice.params)
            steps[key] = Step(
                key, "tune", choice.key, tuple(sorted(values.items())), resampled, split, label,
                fixed,
            )  # fmt: skip
        return key

    def explained(candidate: Candidate, parent: str, split: int) -> None:
        """The step that explains a candidate's model of one split; it takes what the fit takes."""
        choice = candidate.model
        strategy = registry("model")[choice.key]
        params = strategy.complete(dict(choice.params))
        key = "explain-" + key_of(
            VERSIONS["explain"], strategy.key, params, strategy.fingerprint, parent, study.seed,
            study.explaining, table.positive, n_explained,
        )  # fmt: skip
        explanations.setdefault(candidate.name, []).append(key)
        label = f"explain {choice.label()}, split {split + 1} of {n_explained}"
        named = tuple(sorted(params.items()))
        steps[key] = Step(key, "explain", strategy.key, named, parent, split, label)

    n_explained = 0
    if study.explaining.on:
        judged = [len(s.test) for s in cut if not s.apparent]
        n_explained = explained_splits(judged, table.n_rows)
    for split in range(n_splits):
        # The same rows have the same key whatever scheme drew them, so that one more repeat or
        # resample computes only itself. Costs of serving are measured on the first split alone.
        rows = key_of("rows", table.key, cut[split].key, split == 0)
        prepared = add("prepare", "preparation", study.preparation, rows, split)
        for candidate in study.candidates():
            selected = prepared
            links = candidate.selector.links
            for i, link in enumerate(links):  # chains share what they begin with
                under = ranked(link, links[:i], selected, split)
                selected = add("select", "selector", link, selected, split, under)
            resampled = add("resample", "resampler", candidate.resampler, selected, split)
            last = tuned(candidate, resampled, split)
            fitted = add("fit", "model", candidate.model, last, split)
            fits.setdefault(candidate.name, []).append(fitted)
            selections.setdefault(candidate.name, []).append(selected)
            if split < n_explained and not candidate.is_baseline:
                explained(candidate, last, split)
    return Plan(
        study.key,
        tuple(steps.values()),
        {name: tuple(keys) for name, keys in fits.items()},
        {name: tuple(keys) for name, keys in selections.items()},
        tuple(len(s.train) for s in cut),
        tuple(len(s.test) for s in cut),
        table.classes,
        table.positive,
        table.n_rows,
        tunings={name: tuple(keys) for name, keys in tunings.items()},
        apparent=bool(cut) and cut[-1].apparent,
        explanations={name: tuple(keys) for name, keys in explanations.items()},
    )


def ranking_of(link: Choice, before: tuple[Choice, ...]) -> str:
    """Names the ranking that a link of a chain cuts: what was kept before, and by what it ranks."""
    strategy = registry("selector")[link.key]
    cuts = strategy.ranks.cuts if strategy.ranks else ()
    params = strategy.complete(dict(link.params))
    return key_of(before, link.key, {n: v for n, v in params.items() if n not in cuts})


def asked_of_rankings(study: Study) -> dict[str, list[Value]]:
    """For each ranking of a study the numbers of columns, ``k``, that are cut from it."""
    found: dict[str, list[Value]] = {}
    for choice in dict.fromkeys(c.selector for c in study.candidates()):
        for i, link in enumerate(choice.links):
            strategy = registry("selector")[link.key]
            if strategy.ranks is not None:
                k = strategy.complete(dict(link.params)).get("k")
                found.setdefault(ranking_of(link, choice.links[:i]), []).append(k)
    return found


def plan_size(study: Study) -> tuple[int, int]:
    """Candidates and fits of a study, without looking at its table."""
    n = len(study.candidates())
    return n, n * study.validation.n_splits * (1 + len(study.train_shares))


def names_of(study: Study) -> dict[str, Candidate]:
    """The study's candidates by name."""
    return {c.name: c for c in study.candidates()}
