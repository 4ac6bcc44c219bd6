"""What surrounds a step on a worker: its table, one thread, its events, its errors as values."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from outfold.errors import OutfoldError
from outfold.study.explain.step import Explained, explain
from outfold.study.measure import Meter
from outfold.study.plan import Step
from outfold.study.scores import score, scored_from_arrays
from outfold.study.selecting import rank, select
from outfold.study.shared import Laid, Work, lay, mapped, taken_up
from outfold.study.steps import Failed, Fitted, Prepared, fit, prepare, resample
from outfold.study.tune.carry import in_words
from outfold.study.tune.step import tune
from outfold.study.workspace import Workspace

CALLS: dict[str, Callable[..., Any]] = {
    "prepare": prepare,
    "rank": rank,
    "select": select,
    "resample": resample,
    "tune": tune,
    "fit": fit,
    "explain": explain,
}
"""What carries out each kind of step. Each is given what its parameters name: see ``run_step``."""

RESULTS = {
    "prepare": "prepared",
    "rank": "ranked",
    "select": "selected",
    "resample": "resampled",
    "tune": "tuned",
}
"""The name under which the result of each kind of step is given to the steps below it."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A fit as it comes back from a worker.

    Attributes:
        fitted: Its predictions and costs; without the predictions where the worker stored them.
        scores: Every metric of the predictions.
        stored_bytes: Size of the file in which the worker stored them; 0 where it cannot.
    """

    fitted: Fitted
    scores: Mapping[str, float]
    stored_bytes: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class KeptExplained:
    """An explanation as it comes back from a worker; see ``Kept``."""

    explained: Explained
    stored_bytes: int = 0


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


@cache
def numeric_libraries() -> Any:
    """The numeric libraries of this process; finding them takes milliseconds, so only once."""
    from threadpoolctl import ThreadpoolController

    warm()
    return ThreadpoolController()


@cache
def _workspace(home: str) -> Workspace:
    return Workspace(Path(home))


def run_step(source: str | Work, step: Step, **given: Any) -> Any:
    """Run one step on a worker: one thread, its warnings as notes, its errors as ``Failed``.

    The step's function is given those of these that its parameters name: ``loaded``, ``study``,
    ``split``, ``strategy``, ``params``, ``told`` and ``say`` (for how far it is), and whatever came
    with it.

    Args:
        source: What the run's steps have in common, or the path of the file that holds it.
        step: What to do.
        **given: The results of the steps before it, as in ``RESULTS``, and further options.
    """
    from distributed import get_worker

    work = mapped(source) if isinstance(source, str) else source

    def tell(event: str, seconds: float | None = None, reason: str = "") -> None:
        get_worker().log_event(
            topic_of(work.run),
            {"event": event, "step": step.key, "label": step.label, "seconds": seconds,
             "reason": reason, "worker": get_worker().address},
        )  # fmt: skip

    tell("started")
    if failed := next((i for i in given.values() if isinstance(i, Failed)), None):
        tell("failed", reason=failed.reason)
        return failed
    with (
        Meter() as meter,
        warnings.catch_warnings(record=True) as caught,
        numeric_libraries().limit(limits=1),
    ):
        warnings.simplefilter("always")
        given = {n: taken_up(i.path) if isinstance(i, Laid) else i for n, i in given.items()}
        result = _call(
            work, step,
            given
            | {
                "told": in_words(lambda text: tell("trial", reason=text)),
                "say": lambda text: tell("trial", reason=text),
            },
        )  # fmt: skip
        if isinstance(source, str) and isinstance(result, Prepared):
            # Every worker that helps with this split then maps the same pages.
            result = lay(source, step.key, result)
    if isinstance(result, Fitted):
        result.body["logs"]["fit"]["notes"].extend(warnings_as_notes(caught))
        return _kept(work, step.key, result)
    if isinstance(result, Explained):
        return _kept_explained(work, step.key, result)
    if isinstance(result, Failed):
        tell("failed", meter.seconds, result.reason)
    else:
        tell("finished", meter.seconds)
    return result


def _call(work: Work, step: Step, given: Mapping[str, Any]) -> Any:
    offered = {
        "loaded": work.loaded, "study": work.study, "split": step.split,
        "strategy": step.strategy, "params": dict(step.params), **given,
    }  # fmt: skip
    call = CALLS[step.kind]
    try:
        return call(**{n: offered[n] for n in inspect.signature(call).parameters if n in offered})
    except OutfoldError as error:
        return Failed(step.key, str(error))
    except MemoryError:
        return Failed(step.key, f"{step.kind} needs more memory than this worker has.")
    except Exception as error:  # any library may raise anything; it costs one candidate only
        first = (str(error).strip().splitlines() or [""])[0]
        return Failed(step.key, f"{step.kind} failed with {type(error).__name__}: {first[:300]}")


def _kept(work: Work, key: str, fitted: Fitted) -> Kept:
    """Score a fit, and store its predictions where the workspace can be reached from here."""
    scores = score(scored_from_arrays(dict(fitted.arrays), work.study.task, work.positive))
    if not work.home:
        return Kept(fitted, scores)
    size = _workspace(work.home).save_arrays(key, fitted.arrays)
    return Kept(replace(fitted, arrays={}), scores, size)


def _kept_explained(work: Work, key: str, explained: Explained) -> KeptExplained:
    """Store an explanation where the workspace can be reached from here."""
    if not work.home:
        return KeptExplained(explained)
    size = _workspace(work.home).save_arrays(key, explained.arrays)
    return KeptExplained(replace(explained, arrays={}), size)


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
