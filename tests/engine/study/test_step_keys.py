"""A step whose code or library changed has another key, so it is computed again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from outfold.study.workspace import Workspace
from tests.engine.study.conftest import study_of

ROOT = Path(__file__).resolve().parents[3]

MODEL = '''
"""A model from another package."""

from outfold.registry import Strategy


def build(task, seed):
    from sklearn.linear_model import LogisticRegression

    from outfold.models.encoding import EncodedClassifier

    return EncodedClassifier(LogisticRegression(C=STRENGTH))


STRENGTH = 1.0
STRATEGY = Strategy(kind="model", key="from_elsewhere", label="From elsewhere",
                    summary="A model of another package.", build=build,
                    tasks=("binary", "multiclass"))
'''

PLAN = """
import importlib.metadata, json, sys
from pathlib import Path
from outfold.study.plan import make_plan
from outfold.study.steps import with_splits
from outfold.study.study import Choice
from outfold.study.table import study_table
from outfold.study.workspace import Workspace

root, study, library = sys.argv[1:]
if library:
    really = importlib.metadata.version
    importlib.metadata.version = lambda name: "99.0" if name == library else really(name)
workspace = Workspace(Path(root))
found = workspace.study(study)
loaded = with_splits(study_table(workspace, found), found)
print(json.dumps({s.label: s.key for s in make_plan(found, loaded.table, loaded.splits).steps}))
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder with an installed package that brings a model."""
    folder = tmp_path / "packages"
    info = folder / "elsewhere-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "elsewhere.py").write_text(MODEL)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: elsewhere\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[outfold.model]\nfrom_elsewhere = elsewhere:STRATEGY\n")
    return folder


def in_a_fresh_process(folder: Path, code: list[str], cwd: Path = ROOT) -> str:
    """What a Python process with the folder on its path prints."""
    path = os.pathsep.join([str(ROOT), str(folder)])
    done = subprocess.run(
        [sys.executable, *code], capture_output=True, text=True, cwd=cwd, check=False,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """The strategies of the fits whose keys differ; other steps must not differ at all."""
    assert before.keys() == after.keys()
    differing = {label for label in before if before[label] != after[label]}
    assert all(label.startswith("fit ") for label in differing)
    return {label.removeprefix("fit ").partition(",")[0] for label in differing}


def test_only_steps_whose_code_or_library_changed_have_another_key(workspace, elsewhere):
    """A plugin's source, then one library's version: the other steps keep their keys."""
    study = study_of(workspace).to_json()
    raw = json.loads(study)
    raw["models"] = [{"key": k, "params": []} for k in ("logistic", "lightgbm", "from_elsewhere")]
    from outfold.study.study import Study

    key = workspace.save_study(Study.from_json(json.dumps(raw)))

    def keys(library: str = "") -> dict[str, str]:
        said = in_a_fresh_process(elsewhere, ["-c", PLAN, str(workspace.root), key, library])
        return json.loads(said)

    before = keys()
    assert changed(before, keys()) == set()
    assert changed(before, keys("lightgbm")) == {"lightgbm"}
    source = elsewhere / "elsewhere.py"
    source.write_text(source.read_text().replace("STRENGTH = 1.0", "STRENGTH = 0.5"))
    assert changed(before, keys()) == {"from_elsewhere"}


@pytest.mark.cluster
def test_a_strategy_whose_source_changed_is_computed_again_and_nothing_else_is(tmp_path, elsewhere):
    """The same command twice reuses all; after a change of the plugin only its fits are new."""
    command = ["-m", "outfold", "compare", "sample:breast_cancer", "--models",
               "naive_bayes,from_elsewhere", "--folds", "2", "--workers", "1",
               "--out", str(tmp_path / "out"), "--json"]  # fmt: skip

    def steps() -> tuple[int, int, dict[str, float]]:
        said = json.loads(in_a_fresh_process(elsewhere, command, tmp_path))
        scores = {r["candidate"]: r["metrics"]["roc_auc"]["mean"] for r in said["leaderboard"]}
        assert said["steps"]["failed"] == 0
        assert said["steps"]["seconds"] > 0
        assert said["steps"]["predicted_seconds"] >= 0
        return said["steps"]["computed"], said["steps"]["reused"], scores

    computed, reused, first = steps()
    assert (computed, reused) == (6, 0)
    source = elsewhere / "elsewhere.py"
    source.write_text(source.read_text().replace("STRENGTH = 1.0", "STRENGTH = 0.001"))
    computed, reused, second = steps()
    assert (computed, reused) == (2, 4)
    plugin = "none + none + from_elsewhere"
    assert second[plugin] != first[plugin]
    assert {k: v for k, v in second.items() if k != plugin} == {
        k: v for k, v in first.items() if k != plugin
    }
    assert Workspace(tmp_path / "out").recent_runs()[0].reused == 4
