"""What a run measured on growing parts of its training rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from outfold.errors import NotApplicableError
from outfold.metrics.metric import Floats, Scored
from outfold.study.growing_rows import n_whole
from outfold.study.plan import Plan
from outfold.study.run import plan_of
from outfold.study.scores import score_steps, scored_from_arrays
from outfold.study.study import Candidate, Study
from outfold.study.workspace import Workspace


@dataclass(frozen=True, slots=True, eq=False)
class GrownScores:
    """Scores by size and split, for each candidate of a run.

    Attributes:
        study: What was run.
        rows: Training rows of each size, mean over the splits, ascending, shape (n_sizes,).
        shares: The same as shares of the training rows, the last is 1.
        ratio: Validation rows over all training rows, mean over the splits.
        candidates: By name.
        scores: For each candidate's name and metric, shape (n_sizes, n_splits); NaN where a fit
            failed, is missing, or leaves the metric undefined.
        scored: From a candidate's name and the place of a size to the pooled predictions.
    """

    study: Study
    rows: Floats
    shares: tuple[float, ...]
    ratio: float
    candidates: Mapping[str, Candidate]
    scores: Mapping[str, Mapping[str, Floats]]
    scored: Callable[[str, int], Scored | None]

    @property
    def n_splits(self) -> int:
        """Splits of each size."""
        return next((len(v[0]) for m in self.scores.values() for v in m.values()), 0)


def grown_scores(workspace: Workspace, run: str) -> GrownScores:
    """The scores of a run whose study has training shares, as far as it has come.

    Raises:
        UnknownNameError: This workspace does not know the run.
        NotApplicableError: The run was not asked for growing training rows, or has no plan yet.
    """
    study = workspace.study(workspace.records.run(run).study)
    plan = plan_of(workspace, run)
    if not study.train_shares or plan is None:
        raise NotApplicableError(
            "This run holds no learning curve.", "Ask for one with shares of the training rows."
        )
    whole = n_whole(len(plan.train_sizes), study)
    shares = (1.0, *study.train_shares)
    order = sorted(range(len(shares)), key=lambda i: shares[i])
    sizes = np.array(plan.train_sizes, dtype=np.float64).reshape(len(shares), whole).mean(axis=1)
    keys = [key for fits in plan.fits.values() for key in fits]
    found = score_steps(workspace, study.task, keys, plan.positive)
    scores: dict[str, dict[str, Floats]] = {}
    for name, fits in plan.fits.items():
        names = dict.fromkeys(m for key in fits if key in found for m in found[key])
        scores[name] = {
            metric: np.array(
                [found.get(key, {}).get(metric, np.nan) for key in fits], dtype=np.float64
            ).reshape(len(shares), whole)[order]
            for metric in names
        }
    pairs = zip(plan.test_sizes[:whole], plan.train_sizes[:whole], strict=True)
    return GrownScores(
        study,
        sizes[order],
        tuple(shares[i] for i in order),
        float(np.mean([test / train for test, train in pairs])),
        {c.name: c for c in study.candidates()},
        scores,
        partial(_scored, workspace, study, plan, whole, order),
    )


def _scored(
    workspace: Workspace,
    study: Study,
    plan: Plan,
    whole: int,
    order: list[int],
    candidate: str,
    size: int,
) -> Scored | None:
    """One candidate's predictions at one size, all splits pooled; None where one is not stored."""
    first = order[size] * whole
    stored = [workspace.step_arrays(key) for key in plan.fits[candidate][first : first + whole]]
    arrays = [a for a in stored if a is not None]
    if len(arrays) < whole:
        return None
    joined = {name: np.concatenate([a[name] for a in arrays]) for name in arrays[0]}
    return scored_from_arrays(joined, study.task, plan.positive)
