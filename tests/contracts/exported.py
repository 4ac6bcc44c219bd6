"""Exported code carried out where Outfold cannot be imported, and what a run measures beside it."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import registry
from outfold.study.scores import score, scored_from_arrays
from outfold.study.selecting import selected_by
from outfold.study.steps import (
    keep,
    null_prediction,
    predict,
    prepare,
    resample,
    unfitted,
    with_splits,
)
from outfold.study.study import Candidate, Choice, Study
from outfold.study.table import study_table
from outfold.study.workspace import Workspace

SERVER = """
import importlib.abc, pickle, runpy, sys, traceback, warnings
warnings.simplefilter("ignore")

class Nowhere(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("outfold", "components", "tests"):
            raise ImportError("there is no Outfold here")

sys.meta_path.insert(0, Nowhere())
for line in sys.stdin:
    script, result = line.rstrip("\\n").split("\\t")
    real, sys.stdout = sys.stdout, sys.stderr
    try:
        found = runpy.run_path(script, run_name="__main__")
        kept = {k: found[k] for k in ("answers", "figures", "board")}
        kept["modules"] = sorted({m.split(".")[0] for m in sys.modules})
    except BaseException:
        kept = {"error": traceback.format_exc()}
    finally:
        sys.stdout = real
    with open(result, "wb") as stream:
        pickle.dump(kept, stream)
    print("done", flush=True)
"""


class Elsewhere:
    """A Python process that has the libraries but cannot import Outfold."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, cwd=folder,
        )  # fmt: skip

    def run(self, script: str, files: Mapping[str, bytes]) -> dict[str, Any]:
        """What a script leaves behind: ``answers``, ``figures``, ``board``."""
        self._count += 1
        folder = self._folder / str(self._count)
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        # The person puts the table's path at the top.
        assert script.count("\nDATA = ") == 1
        lines = script.split("\n")
        at = next(i for i, line in enumerate(lines) if line.startswith("DATA = "))
        lines[at] = f"DATA = {str(folder / next(iter(files)))!r}"
        (folder / "study.py").write_text("\n".join(lines))
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{folder / 'study.py'}\t{folder / 'result'}\n")
        process.stdin.flush()
        assert process.stdout.readline().strip() == "done"
        found = pickle.loads((folder / "result").read_bytes())
        assert "error" not in found, found.get("error")
        return found

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()


def measured(
    workspace: Workspace, study: Study, candidate: Candidate
) -> tuple[list[np.ndarray], list[dict[str, float]]]:
    """What the steps of a run give for one candidate: answers and scores, split by split."""
    table = study_table(workspace, study)
    loaded = with_splits(table, study)
    answers, figures = [], []

    def complete(kind: Any, choice: Choice) -> tuple[str, dict[str, Any]]:
        return choice.key, registry(kind)[choice.key].complete(dict(choice.params))

    for number, cut in enumerate(loaded.splits):
        if cut.apparent:
            continue
        ready = prepare(loaded, study, number, *complete("preparation", study.preparation))
        chosen = selected_by(ready, study, candidate.selector)
        drawn = resample(ready, chosen, study, *complete("resampler", candidate.resampler))
        model, options = unfitted(drawn, study, *complete("model", candidate.model))
        model.fit(drawn.frame, drawn.target, **options)
        exposure = None if table.exposure is None else table.exposure[cut.test]
        rows = keep(ready.test, chosen.selection)
        arrays = predict(model, rows, study, len(table.classes), exposure)
        answers.append(next(iter(arrays.values())))
        arrays |= {"truth": table.target[cut.test], "null": null_prediction(table, cut, study)}
        if table.weight is not None:
            arrays["weight"] = table.weight[cut.test]
        figures.append(score(scored_from_arrays(arrays, study.task, table.positive)))
    return answers, figures


def agree(found: Mapping[str, Any], workspace: Workspace, study: Study, names: list[str]) -> None:
    """Hold a script's answers and figures against those of a run, to nine digits and more."""
    candidates = {c.name: c for c in study.candidates()}
    assert list(found["answers"]) == names
    for name in names:
        answers, figures = measured(workspace, study, candidates[name])
        assert len(found["answers"][name]) == len(answers)
        for got, expected in zip(found["answers"][name], answers, strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-9)
        rows: pd.DataFrame = found["figures"][found["figures"]["candidate"] == name]
        metrics = [c for c in rows.columns if c not in ("candidate", "split")]
        assert study.metric in metrics
        assert list(rows["split"]) == list(range(1, len(figures) + 1))
        for metric in metrics:
            expected = [f[metric] for f in figures]
            np.testing.assert_allclose(rows[metric], expected, rtol=1e-9, atol=1e-9)
