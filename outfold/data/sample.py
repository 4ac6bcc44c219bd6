"""What a built-in sample table is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

from outfold.data.schema import Role
from outfold.task import Task


@dataclass(frozen=True, slots=True)
class Sample:
    """A table that comes with the application.

    Attributes:
        key: Its name in ``sample:NAME``.
        title: Its name for people.
        story: One line: what it is about and what it shows.
        source: Where the data come from.
        load: Makes the table; heavy imports belong inside.
        target: The column that is predicted.
        task: What kind of target that is.
        roles: Roles other than the default ones.
        order: Its place among the others, small first.
    """

    key: str
    title: str
    story: str
    source: str
    load: Callable[[], pd.DataFrame]
    target: str
    task: Task
    roles: Mapping[str, Role] = field(default_factory=dict)
    order: int = 100
