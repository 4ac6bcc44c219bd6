"""What a validation scheme declares, and what it may look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from outfold.registry import Param
from outfold.task import TASKS, Task, is_classification

if TYPE_CHECKING:
    from outfold.validate.validation import Validation

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Cut = tuple[Ints, Ints]
"""Positions of the rows to train on and of those to validate on."""

Guarded = Literal["group", "time"]
"""The roles that say which rows belong together, or after one another."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What a scheme may look at.

    Attributes:
        target: Class codes or values, shape (n_rows,).
        task: What is predicted.
        groups: Group codes, shape (n_rows,), or None.
        order: Positions in time, shape (n_rows,), or None; equal moments have equal positions.
        moments: Points in time as numbers, in days for dates, else in the column's own unit, shape
            (n_rows,); None where the order comes from something that is no measure.
        seed: Seed of the draws.
    """

    target: npt.NDArray[Any]
    task: Task
    groups: Ints | None = None
    order: Ints | None = None
    moments: Floats | None = None
    seed: int = 0

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.target)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a scheme does not serve a table: what is wrong, and what would be right."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True, eq=False)
class Scheme:
    """One way of holding out rows.

    Attributes:
        key: Its name in code, links and files.
        label: Its name for people.
        summary: One sentence: what it does.
        suits: One sentence: when to take it, and when not.
        draw: From the validation and the rows to the splits, lazily.
        count: How many splits it makes; None where the table decides.
        fields: The fields of ``Validation`` that it uses; the others change nothing.
        needs: Roles that a column must have.
        guards: Roles that it takes care of. Where another of these roles is set, it would leak.
        tasks: The tasks it serves.
        single: Whether rows are held out just once.
        covers: Whether every row is validated on exactly once per repeat.
        repeats_rows: Whether a row may be trained on several times in one split.
        apparent: Whether one more fit is trained and judged on all rows, to correct by.
        proposal: Its place among those proposed for a table, small first; None where a person
            has to ask for it.
        source: Author, year and title.
        order: Its place in menus, small first.
    """

    key: str
    label: str
    summary: str
    suits: str
    draw: Callable[[Validation, Rows], Iterable[Cut]]
    count: Callable[[Validation], int | None]
    fields: tuple[Param, ...]
    needs: tuple[Guarded, ...] = ()
    guards: tuple[Guarded, ...] = ()
    tasks: tuple[Task, ...] = TASKS
    single: bool = False
    covers: bool = False
    repeats_rows: bool = False
    apparent: bool = False
    proposal: int | None = None
    source: str = ""
    order: int = 100

    def uses(self, field: str) -> bool:
        """Whether it uses a field of ``Validation``."""
        return any(p.key == field for p in self.fields)

    def refusal(self, grouped: bool, ordered: bool, task: Task) -> Refusal | None:
        """Why it would leak or cannot be done, given the roles set; None where it serves.

        Args:
            grouped: Whether a column has the role group.
            ordered: Whether a column has the role time.
            task: What is predicted.
        """
        if ordered and "time" not in self.guards:
            return Refusal(
                "A time column is set, and shuffled validation would train on the future.",
                "Take time-ordered folds or the latest rows as hold-out, or free the time column.",
            )
        if grouped and "group" not in self.guards:
            return Refusal(
                "A group column is set, and these folds would put rows of one group on both sides.",
                "Take grouped folds, or free the group column.",
            )
        if "time" in self.needs and not ordered:
            return Refusal(
                f"{self.label}: this needs a column with the role time.",
                "Give the column that orders the rows the role time.",
            )
        if "group" in self.needs and not grouped:
            return Refusal(
                f"{self.label}: these need a column with the role group.",
                "Give the column that names the groups the role group.",
            )
        if task not in self.tasks:
            wants = "classes, and the target is a number"
            if not is_classification(self.tasks[0]):
                wants = "a number, and the target is a class"
            return Refusal(f"{self.label} need {wants}.", "Take shuffled folds.")
        return None
