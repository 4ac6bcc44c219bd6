"""What surrounds a step on a worker: its table, one thread, its events, its errors as values."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from outfold.errors import OutfoldError
from outfold.study.measure import Meter
from outfold.study.steps import (
    Failed,
    Fitted,
    Loaded,
    fit,
    prepare,
    resample,
    select,
    with_splits,
)
from outfold.study.study import Study
from outfold.study.table import study_table
from outfold.study.workspace import Workspace

CALLS: dict[str, Callable[..., Any]] = {
    "prepare": prepare,
    "select": select,
    "resample": resample,
    "fit": fit,
}


def load(root: str, study: str) -> Loaded | Failed:
    """Read a study's table from a workspace that this worker can reach."""
    try:
        asked = Study.from_json(study)
        return with_splits(study_table(Workspace(Path(root)), asked), asked)
    except OutfoldError as error:
        return Failed("load", str(error))


def topic_of(run: str) -> str:
    """The name under which workers tell what they do for a run."""
    return f"outfold-{run}"


@cache
def warm() -> None:
    """Load once per worker what steps import when first needed, so that no step's cost has it."""
    import imblearn.combine
    import imblearn.pipeline
    import lightgbm
    import sklearn.calibration
    import sklearn.compose
    import sklearn.ensemble
    import sklearn.linear_model
    import sklearn.model_selection
    import sklearn.naive_bayes
    import sklearn.neighbors
    import sklearn.svm
    import sklearn.tree

    del imblearn, lightgbm, sklearn


def run_step(kind: str, key: str, label: str, run: str, *inputs: Any, **options: Any) -> Any:
    """Run one step on a worker: one thread, its warnings as notes, its errors as ``Failed``."""
    from distributed import get_worker
    from threadpoolctl import threadpool_limits

    def tell(event: str, seconds: float | None = None, reason: str = "") -> None:
        get_worker().log_event(
            topic_of(run),
            {"event": event, "step": key, "label": label, "seconds": seconds,
             "reason": reason, "worker": get_worker().address},
        )  # fmt: skip

    warm()
    tell("started")
    if failed := next((i for i in inputs if isinstance(i, Failed)), None):
        tell("failed", reason=failed.reason)
        return failed
    with Meter() as meter, warnings.catch_warnings(record=True) as caught, threadpool_limits(1):
        warnings.simplefilter("always")
        try:
            result = CALLS[kind](*inputs, **options)
        except OutfoldError as error:
            result = Failed(key, str(error))
        except Exception as error:  # any library may raise anything; it costs one candidate only
            first = (str(error).strip().splitlines() or [""])[0]
            result = Failed(key, f"{kind} failed with {type(error).__name__}: {first[:300]}")
    if isinstance(result, Failed):
        tell("failed", meter.seconds, result.reason)
        return result
    if isinstance(result, Fitted):
        notes = warnings_as_notes(caught)
        result.body["logs"]["fit"]["notes"].extend(notes)
    tell("finished", meter.seconds)
    return result


def warnings_as_notes(caught: list[warnings.WarningMessage]) -> list[str]:
    """The distinct warnings that concern the person's data, one sentence each."""
    own = (FutureWarning, DeprecationWarning, PendingDeprecationWarning, ResourceWarning)
    notes: dict[str, None] = {}
    for warning in caught:
        if not issubclass(warning.category, own):
            text = " ".join(str(warning.message).split())
            sentence = text.split(". ")[0].rstrip(".")[:240]
            notes[f"{warning.category.__name__}: {sentence}."] = None
    return list(notes)
