"""A real Dask cluster of two worker processes, shared by the tests of this folder."""

from __future__ import annotations

import pytest

from outfold.study.cluster import connected
from outfold.study.defaults import default_study
from outfold.study.execute import execute
from outfold.study.results import RunResult
from outfold.study.run import new_run, result
from outfold.study.study import Choice, Study
from outfold.study.workspace import Workspace
from tests.tables import mixed_table


@pytest.fixture(scope="session")
def client():
    """A client of two workers, each a process with one thread."""
    with connected("", 2) as found:
        yield found


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    """An empty workspace."""
    return Workspace(tmp_path / "home")


def study_of(workspace: Workspace, task: str = "binary", n_rows: int = 240, **changes) -> Study:
    """A small study of a generated table, three folds, logistic or ridge."""
    dataset = workspace.datasets.add_frame(mixed_table(n_rows, task), f"{task} {n_rows}")
    frame = workspace.datasets.frame(dataset.key)
    from outfold.study.defaults import with_target
    from outfold.study.study import Validation

    model = {"binary": "logistic", "multiclass": "logistic", "regression": "ridge",
             "count": "poisson"}[task]  # fmt: skip
    study = with_target(default_study(dataset, frame), dataset, frame, "y", task)
    scheme = study.validation.scheme
    return study.replace(
        **{"validation": Validation(scheme, folds=3), "models": (Choice(model),), **changes}
    )


def carry_out(workspace: Workspace, study: Study, client, **options) -> RunResult:
    """Run a study to its end in this process."""
    run = new_run(workspace, study, "", claimed=True)
    execute(workspace, run, client, **options)
    return result(workspace, run)
