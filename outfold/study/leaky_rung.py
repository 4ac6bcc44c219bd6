"""A measurement of the leakage meter on one sample, or on all rows, as far as it has come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from statistics import median
from typing import Any, Protocol

from outfold.errors import OutfoldError
from outfold.study.leakage import MISTAKES, Mistake
from outfold.study.leaky_pace import Timed
from outfold.study.leaky_steps import PARTS, Outline, Part, SplitScores
from outfold.study.steps import Loaded
from outfold.study.study import Study

TELLING = 2
"""Splits from which on there is an interval, so that fewer are shown only where there are none."""
NO_TIME = "No time was left to measure it."


class Handle(Protocol):
    """Something that is being computed."""

    def done(self) -> bool:
        """Whether it has ended."""

    def result(self) -> Any:
        """What came of it; raises what it raised."""


Submit = Callable[..., Handle]


class Rung:
    """A table, what was learnt from all its rows, and the parts of splits that are done.

    The honest way of the first splits needs nothing that was learnt from all rows, so it is sent
    out beside that. The first two splits are done whole, so that every mistake has an interval
    soon; then the mistake that hardly ever flatters waits for the others.

    Args:
        taken: The rows with their splits.
        study: The study as it is done on them.
        positive: Code of the positive class.
        submit: See ``leaky_measure.measure``.
        workers: How many calls run side by side.
        n: Splits that are wanted.
        clock: Tells the time, in seconds.
    """

    def __init__(
        self,
        taken: Loaded,
        study: Study,
        positive: int,
        submit: Submit,
        workers: int,
        n: int,
        clock: Callable[[], float],
    ) -> None:
        self.taken, self.study, self.wanted = taken, study, min(n, len(taken.splits))
        self.failed: OutfoldError | None = None
        self._positive, self._submit, self._workers = positive, submit, workers
        self._clock, self._began, self._before = clock, clock(), 0.0
        self._all_rows: Handle | None = None
        self._outline: Handle | None = None
        self._known: Outline | None = None
        self._waiting: dict[tuple[int, Part], Handle] = {}
        self._sent: set[tuple[int, Part]] = set()
        self._found: dict[int, dict[Part, SplitScores]] = {}

    @property
    def rows(self) -> int:
        """Rows that are measured on."""
        return self.taken.table.n_rows

    @property
    def is_busy(self) -> bool:
        """Whether something is being computed."""
        return bool(self._waiting) or (self._all_rows is not None and self._known is None)

    @property
    def is_outlined(self) -> bool:
        """Whether it is known which mistakes can be measured."""
        return self._known is not None

    @property
    def is_waiting(self) -> bool:
        """Whether nothing that was sent out has ended, so that there is time to sleep."""
        sent = [*self._waiting.values()]
        if self._known is None and self._outline is not None:
            sent.append(self._outline)
        return bool(sent) and not any(handle.done() for handle in sent)

    @property
    def has_more(self) -> bool:
        """Whether something is still to be sent out."""
        return self._all_rows is None or self._known is None or bool(self._left())

    def send(self) -> None:
        """Send out what the workers can take: no more, or too much is under way at the end."""
        if self._all_rows is None:
            self._all_rows = self._submit("early", self.taken, self.study)
            self._outline = self._submit("outline", self.taken, self._all_rows)
        room = self._workers + 1 - len(self._waiting) - (self._known is None)
        for split, part in self._left()[: max(0, room)]:
            self._sent.add((split, part))
            given = None if part == "honest" else self._all_rows
            self._waiting[split, part] = self._submit(
                "split_scores", self.taken, self.study, split, part, given, self._positive
            )

    def take_in(self) -> list[tuple[Part, SplitScores]]:
        """What has ended since the last look.

        Raises:
            OutfoldError: A step does not work on all rows.
        """
        if self._known is None and self._outline is not None and self._outline.done():
            self._known = self._outline.result()
            self._before = self._clock() - self._began
        new: list[tuple[Part, SplitScores]] = []
        for (split, part), handle in list(self._waiting.items()):
            if not handle.done():
                continue
            del self._waiting[split, part]
            try:
                done: SplitScores = handle.result()
            except OutfoldError as error:
                self.failed = error
                continue
            self._found.setdefault(split, {})[part] = done
            new.append((part, done))
        return new

    def _parts(self) -> list[Part]:
        """What is done of each split, as far as it is known by now."""
        if self._known is None:
            return ["honest"]
        reasons = self._known.reasons
        return [part for part in PARTS if part == "honest" or part not in reasons]

    def _left(self) -> list[tuple[int, Part]]:
        parts, whole = self._parts(), range(min(TELLING, self.wanted))
        rest = range(len(whole), self.wanted)
        order = [(split, part) for split in whole for part in parts]
        order += [(split, part) for split in rest for part in parts if part != "preparation"]
        order += [(split, "preparation") for split in rest if "preparation" in parts]
        return [each for each in order if each not in self._sent]

    def planned(self) -> int:
        """Parts that are wanted in all."""
        return self.wanted * len(self._parts())

    def splits(self) -> tuple[SplitScores, ...]:
        """The splits whose honest way is done, each with what is done of its mistakes."""
        return tuple(
            reduce(SplitScores.and_also, parts.values())
            for _, parts in sorted(self._found.items()) if "honest" in parts
        )  # fmt: skip

    def whole(self) -> int:
        """Splits of which everything is done."""
        if self._known is None:
            return 0
        wanted = set(self._parts())
        return sum(wanted <= set(parts) for parts in self._found.values())

    def tells(self) -> bool:
        """Whether there are enough whole splits to show."""
        return self.whole() >= min(TELLING, len(self.taken.splits))

    def compares(self) -> bool:
        """Whether there is a split with both a right and a wrong score."""
        return any(split.leaky for split in self.splits())

    def reasons(self) -> dict[Mistake, str]:
        """Why a mistake is not measured."""
        found: dict[Mistake, str] = {}
        splits = self.splits()
        for split in splits:
            found = {**split.reasons, **found}
        if self._known is not None:
            found |= self._known.reasons
        for mistake in MISTAKES:
            if mistake not in found and not any(mistake in split.leaky for split in splits):
                found[mistake] = NO_TIME
        return found

    def timed(self, *, cold: bool) -> Timed:
        """What it took, for a forecast of a larger one; there is at least one whole split.

        Args:
            cold: Whether workers may have had libraries to load: that takes its time once.
        """
        assert self._known is not None
        wanted = set(self._parts())
        each = [
            sum(part.seconds for part in parts.values())
            for parts in self._found.values() if wanted <= set(parts)
        ]  # fmt: skip
        # What was learnt from all rows also travels from one worker to the others.
        return Timed(self.rows, self._known.seconds if cold else self._before, median(each))


def best(rungs: Sequence[Rung]) -> Rung | None:
    """The one that is shown: the largest that has enough splits, else one that has any."""
    for enough in (Rung.tells, Rung.whole, Rung.compares):
        for rung in reversed(rungs):
            if enough(rung):
                return rung
    return None
