"""What a script is made from: a study's table and splits, and the candidates that are exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from outfold.data.dataset import Dataset
from outfold.data.schema import SINGLE_ROLES
from outfold.errors import StudyError, UnknownNameError
from outfold.registry import registry
from outfold.study.split import Split, splits
from outfold.study.study import Candidate, Study
from outfold.study.table import StudyTable, study_table, typed_frame
from outfold.study.workspace import Workspace


@dataclass(frozen=True, eq=False)
class Material:
    """Everything that the exported code follows from.

    Attributes:
        study: What is exported.
        table: Its table.
        splits: Its splits.
        candidates: Those that are exported, in the study's order.
        skipped: Candidates left out, each with the reason.
        dataset: What is known of the dataset.
        stored: The dataset as it was read.
        final: The dataset with the study's fixes and types.
        original: The file that the dataset was read from, where it is at hand.
    """

    study: Study
    table: StudyTable
    splits: tuple[Split, ...]
    candidates: tuple[Candidate, ...]
    skipped: tuple[tuple[Candidate, str], ...]
    dataset: Dataset
    stored: pd.DataFrame
    final: pd.DataFrame
    original: Path | None = None

    @cached_property
    def rarest(self) -> int:
        """Rows of the rarest class among the training rows of any split."""
        if not self.table.classes:
            return 0
        codes = self.table.target.astype(int)
        k = len(self.table.classes)
        return min(int(np.bincount(codes[s.train], minlength=k).min()) for s in self.splits)

    @cached_property
    def every_class_held_out(self) -> bool:
        """Whether every validation part and every training part has every class."""
        codes = self.table.target.astype(int)
        k = len(self.table.classes)
        parts = [rows for s in self.splits for rows in (s.train, s.test)]
        return all((np.bincount(codes[rows], minlength=k) > 0).all() for rows in parts)

    @cached_property
    def least_rows(self) -> int:
        """Training rows of the smallest split."""
        return min(len(s.train) for s in self.splits)

    @cached_property
    def changes_rows(self) -> bool:
        """Whether a resampler that is exported may leave rows out."""
        return any(c.resampler.key != "none" for c in self.candidates)

    @cached_property
    def may_have_levels(self) -> bool:
        """Whether preparation may give categorical columns."""
        return any(
            not (
                pd.api.types.is_numeric_dtype(kind)
                or pd.api.types.is_bool_dtype(kind)
                or pd.api.types.is_datetime64_any_dtype(kind)
            )
            for kind in self.table.frame.dtypes
        )

    @property
    def probabilistic(self) -> bool:
        """Whether every exported model predicts probabilities."""
        return all(registry("model")[c.model.key].probabilistic for c in self.candidates)

    def columns(self) -> tuple[str, ...]:
        """The columns that the study uses, in the table's order."""
        used = {*self.table.features, *(self.study.column_with(r) for r in SINGLE_ROLES)}
        return tuple(str(c) for c in self.final.columns if c in used)


def material(
    workspace: Workspace,
    study: Study,
    chosen: Sequence[str] | None = None,
    failed: dict[str, str] | None = None,
    original: Path | None = None,
) -> Material:
    """Gather what an export needs.

    Args:
        workspace: Where the study's dataset lies.
        study: What is exported.
        chosen: Names of candidates; None is all that can be fitted.
        failed: Candidates that failed in a run, with the reason.
        original: The file that the dataset was read from.

    Raises:
        UnknownNameError: No candidate of that name.
        StudyError: A candidate that was asked for cannot be fitted.
        OutfoldError: The study does not fit its table.
    """
    study = study.checked()
    table = study_table(workspace, study)
    cut = splits(
        study.validation, table.target, study.task, table.groups, table.order, study.seed,
        table.moments,
    )  # fmt: skip
    named = {c.name: c for c in study.candidates()}
    for name in chosen or ():
        if name not in named:
            raise UnknownNameError(
                f"The study has no candidate {name!r}.", "Known: " + "; ".join(named) + "."
            )
    wanted = [c for c in named.values() if chosen is None or c.name in chosen]
    reasons = {c.name: (failed or {}).get(c.name) or _refusal(c, table) for c in wanted}
    for candidate in wanted:
        if chosen is not None and (reason := reasons[candidate.name]):
            raise StudyError(f"{candidate.name} has no result to reproduce: {reason}")
    final, _ = typed_frame(workspace, study)
    return Material(
        study,
        table,
        tuple(s for s in cut if not s.apparent),
        tuple(c for c in wanted if not reasons[c.name]),
        tuple((c, r) for c in wanted if (r := reasons[c.name])),
        workspace.datasets.get(study.dataset),
        workspace.datasets.frame(study.dataset),
        final,
        original,
    )


def _refusal(candidate: Candidate, table: StudyTable) -> str:
    """Why a candidate cannot be fitted, as far as that is known beforehand; else nothing."""
    model = registry("model")[candidate.model.key]
    sampler = registry("resampler")[candidate.resampler.key]
    weighs = hasattr(sampler.build(task=table.facts.task, seed=0), "sample_weight")
    weighted = table.weight is not None or table.exposure is not None
    if (weighs or weighted) and not model.weightable:
        return f"{model.label} cannot weigh rows."
    if weighted and not weighs and candidate.resampler.key != "none":
        return "Rows have weights, and resampling would invent rows without one."
    return ""
