"""One workspace with a table of each task and a finished run on each, for all tests of pages."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from outfold.study.cluster import connected
from outfold.study.defaults import default_study, with_target
from outfold.study.execute import execute
from outfold.study.run import new_run
from outfold.study.study import NONE, Choice, Study, Validation
from outfold.study.workspace import Workspace
from tests.tables import mixed_table

MAIN = sys.modules["__main__"]
ROOT = Path(__file__).resolve().parents[2]
MODELS = {"binary": ("logistic", "hist_gradient_boosting"), "multiclass": ("logistic",),
          "regression": ("ridge",), "count": ("poisson",)}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A study and its finished run."""

    study: Study
    run: str


@dataclass(frozen=True)
class Home:
    """A workspace's folder and what was made in it, by task."""

    root: Path
    made: dict[str, Made]


def small_study(workspace: Workspace, task: str) -> Study:
    """A study of a generated table that runs in seconds."""
    dataset = workspace.datasets.add_frame(mixed_table(240, task), f"{task} table")
    frame = workspace.datasets.frame(dataset.key)
    study = with_target(default_study(dataset, frame), dataset, frame, "y", task)
    classes = task in ("binary", "multiclass")
    return study.replace(
        validation=Validation(study.validation.scheme, folds=3),
        models=tuple(Choice(key) for key in MODELS[task]),
        resamplers=(NONE, Choice("class_weight")) if classes else (NONE,),
        selectors=(NONE, Choice("cfs")) if task == "binary" else (NONE,),
    )


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A workspace with a finished run for each task."""
    # AppTest leaves the app as the main module, which worker processes would import.
    sys.modules["__main__"] = MAIN
    root = tmp_path_factory.mktemp("pages") / "home"
    workspace = Workspace(root)
    made = {}
    with connected("", 2) as client:
        for task in MODELS:
            study = small_study(workspace, task)
            run = new_run(workspace, study, "", claimed=True)
            execute(workspace, run, client)
            assert workspace.records.run(run).state == "finished"
            made[task] = Made(study, run)
    return Home(root, made)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Starts the app as a browser would open it: in a workspace, at an address, on a page."""

    def start(page: str = "", root: Path | None = None, **address: str) -> AppTest:
        monkeypatch.chdir(ROOT)
        monkeypatch.setenv("OUTFOLD_HOME", str(root or tmp_path / "empty"))
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in address.items():
            test.query_params[name] = value
        test.run()
        if page:
            test.switch_page(page).run()
        return test

    return start


def assert_sound(test: AppTest) -> None:
    """Nothing failed, and the page says something."""
    assert not test.exception, [e.value for e in test.exception]
    assert not test.error, [e.value for e in test.error]
    assert test.title[0].value
    assert len(test.main) > 1
