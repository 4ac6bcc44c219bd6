"""The steps of one split done as they should be, and once more with a step done before the split.

Everything here goes through the functions of ``steps``; only the rows that they are given differ.

*Preparation*: fitted on all rows, then applied to both sides. *Selection*: the columns are those
that the selector chose on all rows; preparation stays inside. *Resampling*: all rows are prepared
and resampled, and the result is split, trained on and validated on, as somebody does who balances a
table first. *Together*: all three, one after the other, before the split.

After resampling, the splits are the study's own: a row that was there before keeps its side. A row
that was made, a copy or a synthetic relative, is on the side of an original of its class drawn at
random, so that it falls on either side as often as that class does, whatever the scheme is. That is
what splitting the resampled table does, without giving up groups, order in time, or pairing.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from outfold.errors import OutfoldError
from outfold.metrics.metric import Ints, Scored
from outfold.registry import Kind, registry
from outfold.study.leakage import Mistake, measured_candidate, why_not
from outfold.study.scores import score, scored_from_arrays
from outfold.study.selecting import selected_by
from outfold.study.split import Split
from outfold.study.steps import Loaded, Prepared, Resampled, Selected, fit, keep, prepare, resample
from outfold.study.study import NONE, Choice, Study
from outfold.study.table import StudyTable

Part = Literal["honest", "selection", "resampling", "together", "preparation"]

PARTS: tuple[Part, ...] = ("honest", "selection", "resampling", "together", "preparation")
"""What is done of a split: the honest way, then its mistakes.

The one that hardly ever flatters, and takes a selection of its own to tell, is the last.
"""


@dataclass(frozen=True, slots=True, eq=False)
class ResampledTable:
    """All rows after resampling.

    Attributes:
        frame: Prepared columns.
        target: Class codes.
        place: For each row, the row of the study's table whose side it is on.
        made: Whether it is a copy or a synthetic row.
    """

    frame: pd.DataFrame
    target: np.ndarray
    place: Ints
    made: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Early:
    """What is learnt from all rows by somebody who does not wait for the split.

    Attributes:
        prepared: The preparation of all rows; ``train`` holds them.
        selected: The columns chosen on all rows, all columns where there is no selector.
        resampled: All rows resampled, with all columns; None where that does not apply.
        selected_resampled: All rows resampled, with the chosen columns alone.
        reasons: Why a mistake is not measured.
        seconds: What it took.
    """

    prepared: Prepared
    selected: Selected | None
    resampled: ResampledTable | None
    selected_resampled: ResampledTable | None
    reasons: Mapping[Mistake, str]
    seconds: float


@dataclass(frozen=True, slots=True)
class Outline:
    """What has to be known of ``Early`` where it is not: it is large, and stays with the workers.

    Attributes:
        reasons: Why a mistake is not measured.
        seconds: What it took.
    """

    reasons: Mapping[Mistake, str]
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class SplitScores:
    """One split, or a part of it, done right and with each mistake.

    Attributes:
        split: Its number.
        train_rows: Rows trained on, before resampling.
        test_rows: Rows validated on.
        honest: Every metric with all steps inside the training rows.
        leaky: Every metric with each mistake that was done; where one failed, none.
        nothing: Every metric of a model that looks at no feature, on the honest validation rows.
        nothing_resampled: The same on validation rows of the resampled table.
        made: Share of the resampled table's validation rows that were made.
        arrays: The honest predictions.
        reasons: Why a mistake could not be measured.
        seconds: What it took.
    """

    split: int
    train_rows: int
    test_rows: int
    honest: Mapping[str, float] = field(default_factory=dict)
    leaky: Mapping[Mistake, Mapping[str, float]] = field(default_factory=dict)
    nothing: Mapping[str, float] = field(default_factory=dict)
    nothing_resampled: Mapping[str, float] = field(default_factory=dict)
    made: float = float("nan")
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    reasons: Mapping[Mistake, str] = field(default_factory=dict)
    seconds: float = 0.0

    def and_also(self, other: SplitScores) -> SplitScores:
        """This part of a split together with another one."""
        return SplitScores(
            self.split, self.train_rows, self.test_rows,
            self.honest or other.honest,
            {**self.leaky, **other.leaky},
            self.nothing or other.nothing,
            self.nothing_resampled or other.nothing_resampled,
            other.made if np.isnan(self.made) else self.made,
            self.arrays or other.arrays,
            {**self.reasons, **other.reasons},
            self.seconds + other.seconds,
        )  # fmt: skip


def _named(kind: Kind, choice: Choice) -> dict[str, Any]:
    """A strategy and its parameters, as the steps take them."""
    strategy = registry(kind)[choice.key]
    return {"strategy": strategy.key, "params": strategy.complete(dict(choice.params))}


def early(loaded: Loaded, study: Study) -> Early:
    """Do everything on all rows, as if there were no split.

    Raises:
        OutfoldError: A step does not work on this table.
    """
    began = time.perf_counter()
    table, chosen = loaded.table, measured_candidate(study)
    rows = np.arange(table.n_rows, dtype=np.intp)
    # Validation rows are among those that are fitted on, so one is enough on the other side.
    whole = Loaded(table, (Split(rows, rows[:1]),), sample=True)
    prepared = prepare(whole, study, 0, **_named("preparation", study.preparation))
    everything = selected_by(prepared, study, NONE)
    sampler = registry("resampler")[chosen.resampler.key].build(
        task=study.task, seed=study.seed, **_named("resampler", chosen.resampler)["params"]
    )
    reasons = dict(why_not(study, weighs=hasattr(sampler, "sample_weight")))
    selected = None
    if "selection" not in reasons:
        selected = selected_by(prepared, study, chosen.selector)
    done: list[ResampledTable | None] = [None, None]
    if "resampling" not in reasons:
        for place, columns in enumerate((everything, selected)):
            if columns is not None:
                named = _named("resampler", chosen.resampler)
                drawn = resample(prepared, columns, study, **named)
                done[place] = _resampled_table(drawn, table, study.seed)
        if selected is None:
            done[1] = done[0]
    return Early(prepared, selected, done[0], done[1], reasons, time.perf_counter() - began)


def outline(loaded: Loaded, all_rows: Early) -> Outline:
    """What is to be known of what was learnt from all rows."""
    del loaded
    return Outline(all_rows.reasons, all_rows.seconds)


def _resampled_table(drawn: Resampled, table: StudyTable, seed: int) -> ResampledTable:
    """Give each resampled row the place of an original: its own, or one drawn from its class."""
    target = np.asarray(drawn.target)
    n = len(target)
    place = np.full(n, -1) if drawn.origins is None else np.array(drawn.origins, dtype=np.intp)
    # Of a row that is there several times the first is the row itself, the others are copies.
    _, first = np.unique(place, return_index=True)
    own = np.zeros(n, dtype=bool)
    own[first] = True
    made = ~own | (place < 0)
    rng = np.random.default_rng([seed % 2**32, n])
    for code in np.unique(target[made]):
        members = np.flatnonzero(table.target == code)
        which = np.flatnonzero(made & (target == code))
        place[which] = rng.choice(members, len(which))
    return ResampledTable(drawn.frame, target, place.astype(np.intp), made)


def split_of(rows: ResampledTable, cut: Split, n_rows: int) -> Split:
    """A split of the study, of the resampled rows."""
    times = np.bincount(cut.train, minlength=n_rows)[rows.place]
    tested = np.zeros(n_rows, dtype=bool)
    tested[cut.test] = True
    train = np.repeat(np.arange(len(rows.place), dtype=np.intp), times)
    return Split(train, np.flatnonzero(tested[rows.place]).astype(np.intp))


def split_scores(
    loaded: Loaded, study: Study, split: int, part: Part, all_rows: Early | None, positive: int
) -> SplitScores:
    """Score one split, done right or with one of the mistakes.

    Args:
        loaded: The table and its splits.
        study: A meter's study.
        split: Which split.
        part: What is done of it.
        all_rows: What was learnt from all rows; the honest way takes nothing of it.
        positive: Code of the positive class.

    Raises:
        OutfoldError: The honest way does not work on this split.
    """
    began = time.perf_counter()
    cut = loaded.splits[split]
    done = SplitScores(split, len(cut.train), len(cut.test))
    # What serving costs is of no concern here.
    ways = _Ways(dataclasses.replace(loaded, sample=True), study, split)
    if part == "honest":
        arrays = ways.through(ways.inside(), None)
        done = dataclasses.replace(
            done,
            honest=_scores(arrays, study, positive),
            nothing=_nothing(arrays, study, positive),
            arrays={
                name: arrays[name] for name in ("truth", "probability", "score", "value", "weight")
                if name in arrays
            },
        )  # fmt: skip
    else:
        assert all_rows is not None, "a mistake is made of what was learnt from all rows"
        done = _mistaken(done, ways, part, all_rows, positive)
    return dataclasses.replace(done, seconds=time.perf_counter() - began)


def _mistaken(
    done: SplitScores, ways: _Ways, mistake: Mistake, all_rows: Early, positive: int
) -> SplitScores:
    """A split with one mistake; where that does not work, with the reason."""
    if mistake == "resampling" and (rows := all_rows.resampled) is not None:
        again = split_of(rows, ways.cut, ways.loaded.table.n_rows)
        done = dataclasses.replace(done, made=float(rows.made[again.test].mean()))
    try:
        arrays = ways.mistaken(mistake, all_rows)
    except OutfoldError as error:
        return dataclasses.replace(done, reasons={mistake: str(error)})
    study = ways.study
    done = dataclasses.replace(done, leaky={mistake: _scores(arrays, study, positive)})
    if mistake == "resampling":
        nothing = _nothing(arrays, study, positive)
        done = dataclasses.replace(done, nothing_resampled=nothing)
    return done


class _Ways:
    """The ways through one split."""

    def __init__(self, loaded: Loaded, study: Study, split: int) -> None:
        self.loaded, self.study, self.split = loaded, study, split
        self.cut = loaded.splits[split]
        chosen = measured_candidate(study)
        self.selector = chosen.selector
        self.resampling = _named("resampler", chosen.resampler)
        self.model = _named("model", chosen.model)

    def inside(self) -> Prepared:
        """The preparation of the training rows."""
        named = _named("preparation", self.study.preparation)
        return prepare(self.loaded, self.study, self.split, **named)

    def outside(self, all_rows: Early) -> Prepared:
        """The preparation of all rows, cut into both sides."""
        whole, cut = all_rows.prepared, self.cut
        return dataclasses.replace(
            whole,
            train=whole.train.iloc[cut.train].reset_index(drop=True),
            test=whole.train.iloc[cut.test].reset_index(drop=True),
            target=whole.target[cut.train],
            weight=None if whole.weight is None else whole.weight[cut.train],
        )

    def through(
        self, prepared: Prepared, selected: Selected | None, resampled: Resampled | None = None,
        of: Loaded | None = None,
    ) -> Mapping[str, np.ndarray]:  # fmt: skip
        """What remains to be done is done inside the training rows."""
        columns = selected or selected_by(prepared, self.study, self.selector)
        rows = resampled or resample(prepared, columns, self.study, **self.resampling)
        loaded, split = (self.loaded, self.split) if of is None else (of, 0)
        return fit(loaded, prepared, columns, rows, self.study, split, **self.model).arrays

    def mistaken(self, mistake: Mistake, all_rows: Early) -> Mapping[str, np.ndarray]:
        """The predictions with a mistake."""
        if mistake == "preparation":
            return self.through(self.outside(all_rows), None)
        if mistake == "selection":
            return self.through(self.inside(), all_rows.selected)
        if mistake == "resampling":
            assert all_rows.resampled is not None
            return self._of_resampled(all_rows, all_rows.resampled, all_columns=True)
        if (rows := all_rows.selected_resampled) is not None:
            return self._of_resampled(all_rows, rows, all_columns=False)
        return self.through(self.outside(all_rows), all_rows.selected)

    def _of_resampled(
        self, all_rows: Early, rows: ResampledTable, *, all_columns: bool
    ) -> Mapping[str, np.ndarray]:
        table = self.loaded.table
        again = split_of(rows, self.cut, table.n_rows)
        other = _table_of(rows, table)
        prepared = dataclasses.replace(
            all_rows.prepared,
            train=rows.frame.iloc[again.train].reset_index(drop=True),
            test=rows.frame.iloc[again.test].reset_index(drop=True),
            target=rows.target[again.train],
            weight=None,
        )
        columns = all_rows.selected
        if all_columns:
            columns = selected_by(prepared, self.study, self.selector)
        if columns is None:
            columns = selected_by(prepared, self.study, NONE)
        kept = keep(prepared.train, columns.selection)
        ready = Resampled(kept, prepared.target, None, prepared.log)
        return self.through(prepared, columns, ready, Loaded(other, (again,), sample=True))


def _scores(arrays: Mapping[str, np.ndarray], study: Study, positive: int) -> dict[str, float]:
    return score(scored_from_arrays(dict(arrays), study.task, positive))


def _table_of(rows: ResampledTable, table: StudyTable) -> StudyTable:
    """The study's table as it stands after resampling; made rows have neither group nor time."""
    return dataclasses.replace(
        table, frame=rows.frame, target=rows.target, groups=None, order=None, moments=None,
        weight=None, rows=np.arange(len(rows.frame)),
    )  # fmt: skip


def _nothing(arrays: Mapping[str, np.ndarray], study: Study, positive: int) -> dict[str, float]:
    """Every metric of what the training rows alone say of these validation rows."""
    null = arrays["null"]
    classes = null.ndim == 2
    return score(
        Scored(
            study.task, arrays["truth"], null if classes else None, None,
            None if classes else null, positive, weight=arrays.get("weight"), null=null,
        )
    )  # fmt: skip
