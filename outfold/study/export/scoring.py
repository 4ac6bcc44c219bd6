"""Code for the scores of one split: scikit-learn's metrics, or the engine's where it has none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from outfold.metrics.catalogue import metric_named, metrics_for
from outfold.study.export.clean import Imported
from outfold.study.export.literal import literal
from outfold.study.export.material import Material

BESIDE = 3
"""Metrics shown beside the one that ranks, where scikit-learn has them."""

BINARY = {
    "roc_auc": "roc_auc_score(hit, chance{w})",
    "average_precision": "average_precision_score(hit, chance{w})",
    "log_loss": "log_loss(truth, answer, labels=range({k}){w})",
    "brier": "brier_score_loss(hit, chance{w})",
    "balanced_accuracy": "balanced_accuracy_score(truth, predicted{w})",
    "accuracy": "accuracy_score(truth, predicted{w})",
    "f1": "f1_score(truth, predicted, pos_label=POSITIVE{w})",
    "recall": "recall_score(truth, predicted, pos_label=POSITIVE{w})",
    "mcc": "matthews_corrcoef(truth, predicted{w})",
    "kappa": "cohen_kappa_score(truth, predicted{w})",
}
MULTICLASS = {
    "balanced_accuracy": "balanced_accuracy_score(truth, predicted{w})",
    "accuracy": "accuracy_score(truth, predicted{w})",
    "roc_auc": 'roc_auc_score(truth, answer, multi_class="ovr"{w})',
    "log_loss": "log_loss(truth, answer, labels=range({k}){w})",
    "f1_macro": 'f1_score(truth, predicted, average="macro"{w})',
    "mcc": "matthews_corrcoef(truth, predicted{w})",
}
NUMBERS = {
    "rmse": "root_mean_squared_error(truth, answer{w})",
    "mae": "mean_absolute_error(truth, answer{w})",
    "r2": "r2_score(truth, answer{w})",
    "median_ae": "median_absolute_error(truth, answer{w})",
}


@dataclass(frozen=True, slots=True)
class Scoring:
    """How a split is scored.

    Attributes:
        code: A function ``scores``.
        imports: What it takes from scikit-learn.
        needs_null: Whether it takes what a model without features would predict.
        metrics: The metrics that it gives, the one that ranks first.
    """

    code: str
    imports: frozenset[Imported]
    needs_null: bool
    metrics: tuple[str, ...]


def plain_metrics(material: Material) -> dict[str, str]:
    """The metrics that scikit-learn computes alike on these splits, by key."""
    task = material.study.task
    if task in ("regression", "count"):
        return NUMBERS
    if not material.every_class_held_out or not material.probabilistic:
        return {}  # where a class is absent, conventions differ
    return BINARY if task == "binary" else MULTICLASS


def own_metrics(material: Material) -> list[Callable[..., Any]]:
    """The engine's own functions and classes that the scores need."""
    from outfold.metrics.metric import Scored

    keys = _keys(material)
    plain = plain_metrics(material)
    own = [metric_named(key).compute for key in keys if key not in plain]
    return [Scored, *own] if own else []


def _keys(material: Material) -> list[str]:
    """The metric that ranks, and a few others."""
    study, plain = material.study, plain_metrics(material)
    others = [m.key for m in metrics_for(study.task) if m.key in plain and m.key != study.metric]
    first = study.metric or metrics_for(study.task)[0].key
    return [first, *[k for k in others if k != first][:BESIDE]]


def scoring(material: Material, name: Callable[[Any], str]) -> Scoring:
    """The function that scores one split.

    Args:
        material: What is exported.
        name: The script's name of one of the engine's functions or classes.
    """
    plain, keys = plain_metrics(material), _keys(material)
    own = own_metrics(material)
    weighted = material.table.weight is not None
    fill = {"k": len(material.table.classes), "w": ", sample_weight=weight" if weighted else ""}
    lines: list[str] = []
    imports: set[Imported] = set()
    for key in keys:
        if key in plain:
            text = plain[key].format(**fill)
            function = text.partition("(")[0]
            imports.add(("sklearn.metrics", function, function))
            lines.append(f"        {literal(key)}: {text},")
        else:
            lines.append(f"        {literal(key)}: {name(metric_named(key).compute)}(scored),")
    arguments = ["truth", "answer", *(["weight"] if weighted else []), *(["null"] if own else [])]
    body = _preamble(material, "\n".join(lines))
    if own:
        body += _scored(material, name(own[0]), weighted)
    code = (
        f'''def scores({", ".join(arguments)}):
    """The metrics of one split, from rows that no fit has seen."""
{body}    return {{
'''
        + "\n".join(lines)
        + "\n    }\n"
    )
    return Scoring(code, frozenset(imports), bool(own), tuple(keys))


def _preamble(material: Material, used: str) -> str:
    text = ""
    if "hit" in used or "chance" in used:
        text += "    hit, chance = truth == POSITIVE, answer[:, POSITIVE]\n"
    if "predicted" in used:
        if material.study.task == "binary":
            text += "    # Flagged are the rows with a probability of at least one half.\n"
            text += "    flagged = answer[:, POSITIVE] >= 0.5\n"
            text += "    predicted = np.where(flagged, POSITIVE, 1 - POSITIVE)\n"
        else:
            text += "    predicted = answer.argmax(axis=1)\n"
    return text


def _scored(material: Material, scored: str, weighted: bool) -> str:
    task = material.study.task
    given = [f"task={literal(task)}", "truth=truth"]
    if task in ("regression", "count"):
        given.append("value=answer")
    elif material.probabilistic:
        given.append("probability=answer")
    else:
        given += ["probability=answer if answer.ndim == 2 else None"]
        given += ["score=answer if answer.ndim == 1 else None"]
    if task == "binary":
        given.append("positive=POSITIVE")
    if weighted:
        given.append("weight=weight")
    given.append("null=null")
    return "    scored = {}(\n{}    )\n".format(scored, "".join(f"        {g},\n" for g in given))
