"""What a run found out about why one candidate predicts what it predicts, out of fold.

Each row is explained by the model of a split that did not train on it. The models were fitted again
for it; that they are the same is checked by their predictions, which must equal the stored ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from outfold.errors import LetGoError, NotApplicableError, UnknownNameError
from outfold.metrics.metric import Floats, Ints
from outfold.study.explain.explaining import Explaining
from outfold.study.explain.fold_model import one_column_each
from outfold.study.explain.related import LIMIT
from outfold.study.explain.shapley import Method, Scale
from outfold.study.run import plan_of
from outfold.study.speed import NO_QUICK, NO_RACE
from outfold.study.study import Candidate, Study
from outfold.study.workspace import Workspace
from outfold.task import Task

METHODS: Mapping[Method, str] = {
    "tree": "Tree SHAP, exact for each tree, compared with training rows drawn for it",
    "tree paths": "Tree SHAP, exact along the paths of the training rows",
    "linear": "Linear SHAP, exact: weight times distance from the mean of the training rows",
    "sampled": "Sampled Shapley values: walks from training rows to the row explained",
}
SCALES: Mapping[Scale, str] = {
    "probability": "probability of {class}",
    "log-odds": "log-odds of {class}",
    "score": "raw score of {class}",
    "log": "logarithm of the expected {target}",
    "value": "{target}",
}


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """One candidate explained, all splits one after the other.

    Attributes:
        candidate: Which.
        task: What is predicted.
        target: The target's name.
        classes: Class names in code order; empty for numbers.
        positive: Code of the positive class (two classes only).
        features: The features, in the table's order.
        rows: Positions in the study's table, shape (n,).
        split: The split of each row's model, shape (n,).
        worst: Whether a row was taken for its large error and not by chance, shape (n,).
        shap: Shape (n, n_features, n_outputs).
        base: What each row's values are added to, shape (n, n_outputs).
        output: What they add up to, shape (n, n_outputs).
        predicted: The stored prediction as people read it, shape (n, n_outputs).
        exposed: Whether predictions are counts for each row's exposure, and effects are rates.
        scale: The scale of ``shap``.
        method: How values were computed.
        reference: Reference rows of a split's model; 0 where its own counts stand for them.
        walks: Walks for each row, the fewest of any split; 0 where values are exact.
        error: Standard error of a sampled value where it is largest; 0 where values are exact.
        seconds: Wall seconds of all splits' SHAP values together.
        residual: Largest difference between base plus values and the model's output.
        reproduced: Largest difference between predictions of the models fitted again and the
            stored ones; 0 if they are the same.
        n_splits: Splits explained.
        asked: Rows asked for, or all where there are fewer.
        ratio: Validation rows over training rows, mean over the splits.
        bodies: The small results of each split.
        arrays: The arrays of each split.
    """

    candidate: Candidate
    task: Task
    target: str
    classes: tuple[str, ...]
    positive: int
    features: tuple[str, ...]
    rows: Ints
    split: Ints
    worst: np.ndarray
    shap: Floats
    base: Floats
    output: Floats
    predicted: Floats
    exposed: bool
    scale: Scale
    method: Method
    reference: int
    walks: int
    error: float
    seconds: float
    residual: float
    reproduced: float
    n_splits: int
    asked: int
    ratio: float
    bodies: tuple[Mapping[str, Any], ...]
    arrays: tuple[Mapping[str, np.ndarray], ...]

    def of(self, code: int | None = None) -> View:
        """The explanation of one class, or of the number.

        Args:
            code: The class; by default the positive one, or the first of many.
        """
        if not self.classes:
            return self._view(0, False, "")
        if len(self.classes) == 2:
            code = self.positive if code is None else code
            return self._view(0, code == 0, self.classes[code])
        code = 0 if code is None else code
        return self._view(code, False, self.classes[code])

    def _view(self, place: int, other_side: bool, name: str) -> View:
        """One output; of two classes the earlier one is the later one's mirror image."""
        sign = -1.0 if other_side else 1.0
        turn = 1.0 if other_side and self.scale == "probability" else 0.0
        # A prediction without probabilities is a score, which is mirrored at 0.
        scored = self.classes and not self.has_probability
        told = SCALES[self.scale].replace("{class}", name).replace("{target}", self.target)
        if self.exposed and self.scale == "value":
            told += " per unit of exposure"
        return View(
            self.features, self.rows, self.split, self.worst,
            sign * self.shap[:, :, place], turn + sign * self.base[:, place],
            turn + sign * self.output[:, place],
            (1.0 if other_side and not scored else 0.0) + sign * self.predicted[:, place],
            told, name, place, other_side, self.ratio,
        )  # fmt: skip

    @property
    def has_probability(self) -> bool:
        """Whether predictions are probabilities."""
        return bool(self.bodies[0]["probability"])

    def errors(self, truth: Floats | Ints) -> Floats:
        """How wrong each row explained is: distance from the truth, or what its class was denied.

        Args:
            truth: Class codes or values of the rows explained, shape (n,).
        """
        if not self.classes:
            return np.asarray(np.abs(self.predicted[:, 0] - truth))
        codes = np.asarray(truth, dtype=np.intp)
        if self.predicted.shape[1] > 1:
            return np.asarray(1 - self.predicted[np.arange(len(codes)), codes])
        later = self.predicted[:, 0]
        if self.has_probability:
            return np.where(codes == 1, 1 - later, later)
        return np.where(codes == 1, -later, later)

    def method_sentence(self) -> str:
        """How SHAP values were computed, with the rows, the reference and the time that it took."""
        text = f"{METHODS[self.method]}. {self.n_chosen:,} rows"
        if len(self.rows) < self.asked:
            text += f" of {self.asked:,}, for more there was no time"
        models = "model" if self.n_splits == 1 else "models"
        text += f", each by the one of {self.n_splits} {models} that had not seen it"
        if self.walks:
            text += (
                f"; {self.walks} walks for each row, from as many training rows, so that a value "
                f"has a standard error of up to {self.error:.2g}"
            )
        elif self.reference:
            text += f"; {self.reference:,} training rows to compare with"
        return f"{text}; {self.seconds:.1f} s."

    @property
    def n_chosen(self) -> int:
        """Rows drawn by chance, those taken for their errors not counted."""
        return int((~self.worst).sum())

    def related(self, limit: float = LIMIT) -> list[tuple[str, str, float]]:
        """Pairs of features that go together at least so closely, the closest first."""
        strength = np.asarray(self.arrays[0]["strength"])
        names = self.bodies[0]["permutation"]["features"]
        used = set(self.used)
        pairs = [
            (names[i], names[j], float(strength[i, j]))
            for i in range(len(names))
            for j in range(i + 1, len(names))
            if strength[i, j] >= limit and names[i] in used and names[j] in used
        ]
        return sorted(pairs, key=lambda p: -p[2])

    @property
    def used(self) -> tuple[str, ...]:
        """Features that at least one split's model takes."""
        taken = {name for body in self.bodies for name in body["players"]}
        return tuple(f for f in self.features if f in taken)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The explanation of one class, or of the number; the arrays are those of ``Explanation``.

    Attributes:
        features: The features.
        rows: Positions in the study's table, shape (n,).
        split: The split of each row's model, shape (n,).
        worst: Whether a row was taken for its large error, shape (n,).
        shap: Shape (n, n_features).
        base: Shape (n,).
        output: Shape (n,).
        predicted: Shape (n,).
        scale: What the values add up to, in words.
        name: The class; empty for numbers.
        place: Which output it is.
        mirrored: Whether it is the other side of that output.
        ratio: Validation rows over training rows.
    """

    features: tuple[str, ...]
    rows: Ints
    split: Ints
    worst: np.ndarray
    shap: Floats
    base: Floats
    output: Floats
    predicted: Floats
    scale: str
    name: str
    place: int
    mirrored: bool
    ratio: float

    def chance(self) -> np.ndarray:
        """Places of the rows that were drawn by chance, by which a candidate is described."""
        return np.flatnonzero(~self.worst)

    def frame(self, table: pd.DataFrame, numbers: npt.ArrayLike | None = None) -> pd.DataFrame:
        """One row per row explained: its number, split, prediction, base and SHAP values.

        Args:
            table: The study's feature columns.
            numbers: What people call each of the rows; positions from 1 by default.
        """
        found = pd.DataFrame(self.shap, columns=[f"SHAP {f}" for f in self.features])
        found.insert(0, "base", self.base)
        found.insert(0, "prediction", self.predicted)
        found.insert(0, "split", self.split + 1)
        found.insert(0, "row", self.rows + 1 if numbers is None else np.asarray(numbers))
        values = table.iloc[self.rows].reset_index(drop=True)
        return pd.concat([found, values], axis=1)


def explain_study(study: Study, candidate: Candidate, explaining: Explaining) -> Study:
    """The study that explains a candidate of another one; its fits are those already known.

    Raises:
        NotApplicableError: The candidate is the baseline, which looks at no feature.
    """
    if candidate.is_baseline:
        raise NotApplicableError(
            "The baseline looks at no column, so there is nothing to explain.",
            "Choose a candidate with a model.",
        )
    return study.replace(
        selectors=(candidate.selector,), resamplers=(candidate.resampler,),
        models=(candidate.model,), train_shares=(), racing=NO_RACE, quick=NO_QUICK, metric="",
        meter_seconds=0.0, explaining=explaining,
    )  # fmt: skip


def explanation(workspace: Workspace, run: str, candidate: str | None = None) -> Explanation:
    """What a run has found out about a candidate.

    Args:
        workspace: Where it is kept.
        run: A run of a study that explains.
        candidate: The candidate's name; by default the only one.

    Raises:
        UnknownNameError: The run explains no such candidate, or none of it is stored.
        LetGoError: What it found was removed to keep within the limit of the store.
        NotApplicableError: Every split failed; the reason is told.
    """
    study = workspace.study(workspace.records.run(run).study)
    plan = plan_of(workspace, run)
    named = {c.name: c for c in study.candidates()}
    if plan is None or not plan.explanations:
        raise UnknownNameError(f"The run {run!r} explains nothing.", "Start one that explains.")
    name = candidate or next(iter(plan.explanations))
    if name not in plan.explanations:
        known = "; ".join(plan.explanations)
        raise UnknownNameError(f"The run does not explain {name!r}.", f"It explains: {known}.")
    keys = plan.explanations[name]
    if workspace.gone(list(keys)):
        raise LetGoError(
            "This explanation was let go to make room for others.", "Explain it again."
        )
    workspace.records.used_steps(list(keys))
    bodies = workspace.records.steps(keys)
    stored = {s: workspace.step_arrays(k) for s, k in enumerate(keys) if k in bodies}
    parts = [(s, bodies[keys[s]], arrays) for s, arrays in stored.items() if arrays is not None]
    if not parts:
        failures = workspace.records.failures(run)
        if reason := next((failures[k] for k in keys if k in failures), ""):
            raise NotApplicableError(f"The candidate could not be explained. {reason}")
        raise UnknownNameError("Nothing of the explanation is stored yet.", "Wait for it.")
    fits = [workspace.step_arrays(plan.fits[name][s]) for s, _, _ in parts]
    off = [
        float(np.abs(one_column_each(fit) - arrays["test_predicted"]).max())
        for fit, (_, _, arrays) in zip(fits, parts, strict=True)
        if fit is not None
    ]
    return _joined(study, named[name], parts, max(off, default=float("nan")), plan)


def _joined(
    study: Study, candidate: Candidate, parts: Sequence[tuple[int, Mapping[str, Any], Any]],
    reproduced: float, plan: Any,
) -> Explanation:  # fmt: skip
    features = tuple(parts[0][1]["permutation"]["features"])
    place = {name: i for i, name in enumerate(features)}
    blocks = []
    for _, body, arrays in parts:
        n, _, k = arrays["shap"].shape
        block = np.zeros((n, len(features), k))
        block[:, [place[p] for p in body["players"]]] = arrays["shap"]
        blocks.append(block)

    def joined(name: str) -> np.ndarray:
        return np.concatenate([arrays[name] for _, _, arrays in parts])

    first = parts[0][1]
    bodies = [body for _, body, _ in parts]
    ratios = [b["test_rows"] / b["train_rows"] for b in bodies]
    return Explanation(
        candidate, study.task, study.target, plan.classes, plan.positive, features,
        joined("rows"), np.concatenate([np.full(len(a["rows"]), s) for s, _, a in parts]),
        joined("worst"), np.concatenate(blocks),
        np.concatenate([np.tile(a["base"], (len(a["rows"]), 1)) for _, _, a in parts]),
        joined("output"), joined("predicted"), study.column_with("exposure") is not None,
        first["scale"], first["method"], max(b["reference"] for b in bodies),
        min(b["walks"] for b in bodies), max(b["error"] for b in bodies),
        sum(b["shap_seconds"] for b in bodies), max(b["residual"] for b in bodies), reproduced,
        len(parts),
        min(study.explaining.rows, sum(b["test_rows"] for b in bodies)),
        float(np.mean(ratios)), tuple(bodies), tuple(a for _, _, a in parts),
    )  # fmt: skip
