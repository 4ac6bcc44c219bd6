"""Code made from studies: what it reads, what it says, and that nothing of a table becomes code."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import zipfile

import nbformat
import numpy as np
import pandas as pd
import pytest

from outfold.data.fix import Fix
from outfold.errors import StudyError, UnknownNameError
from outfold.study import run as runs
from outfold.study.export.bundle import export_run, export_study
from outfold.study.study import Choice, Study, Validation
from outfold.study.tune.tuning import Tuning
from outfold.study.workspace import Workspace
from tests.contracts.exported import Elsewhere, agree
from tests.engine.study.conftest import carry_out, study_of

HOSTILE = "'); import os; os._exit(3)  # \\ \" {x} %s"
LINES = 'two\nlines\r\n"""\nraise SystemExit(4)\n"""'


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A process that has the libraries but not Outfold."""
    process = Elsewhere(tmp_path_factory.mktemp("elsewhere"))
    yield process
    process.close()


def carried(elsewhere, export):
    """What an exported script leaves behind."""
    return elsewhere.run(export.document.script(), {export.document.reading.file: export.table()})


def held(elsewhere, workspace: Workspace, study: Study, export=None) -> None:
    """Run the whole study's script and hold its numbers against those of the steps."""
    export = export or export_study(workspace, study)
    agree(carried(elsewhere, export), workspace, study, list(export.candidates))


def test_columns_chosen_by_hand_are_written_as_names(workspace, elsewhere):
    """The script keeps the same columns in every fold, and its numbers are those of the steps."""
    by_hand = Choice.of("pinned", columns=("signal", "kind"))
    study = study_of(workspace, selectors=(Choice("none"), by_hand))
    export = export_study(workspace, study)
    assert '"signal"' in export.document.script()
    held(elsewhere, workspace, study, export)


@pytest.mark.cluster
def test_a_whole_run_comes_out_the_same(client, workspace, elsewhere):
    """Every finished candidate's stored predictions and scores; the failed one is named."""
    study = study_of(
        workspace,
        models=(Choice("logistic"), Choice("knn"), Choice.of("random_forest", n_estimators=10)),
        selectors=(Choice("none"), Choice.of("cfs", patience=3)),
        resamplers=(Choice("none"), Choice("smotenc"), Choice("class_weight")),
    )
    found = carry_out(workspace, study, client)
    export = export_run(workspace, found.run)
    assert export.candidates == tuple(c.name for c in found.finished())
    lost = [line for line in export.document.skipped if "none + class_weight + knn" in line]
    assert "cannot weigh rows" in lost[0]
    got = carried(elsewhere, export)
    for row in found.finished():
        kept = runs.predictions(workspace, found.run, row.name)
        np.testing.assert_allclose(
            np.concatenate(got["answers"][row.name]), kept.probability, rtol=1e-9, atol=1e-9
        )
        mine = got["figures"][got["figures"]["candidate"] == row.name]
        for metric in set(mine.columns) - {"candidate", "split"}:
            np.testing.assert_allclose(mine[metric], row.scores[metric], rtol=1e-9, atol=1e-9)
    mean = found.finished()[1].scores[study.metric]
    assert got["board"].loc[found.finished()[1].name, "mean"] == pytest.approx(np.mean(mean))


@pytest.mark.cluster
def test_a_tuned_run_comes_out_with_the_values_that_were_taken(client, workspace, elsewhere):
    """Each split's model has the parameters that its own inner folds chose."""
    study = study_of(workspace, tuning=Tuning("random", trials=3, folds=2))
    with pytest.raises(StudyError, match="after a run only"):
        export_study(workspace, study)
    found = carry_out(workspace, study, client)
    got = carried(elsewhere, export_run(workspace, found.run))
    for row in found.finished():
        kept = runs.predictions(workspace, found.run, row.name)
        np.testing.assert_allclose(
            np.concatenate(got["answers"][row.name]), kept.probability, rtol=1e-9, atol=1e-9
        )


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_words_of_the_table_never_become_code(workspace, elsewhere, task):
    """Names, classes and cells with quotes, braces, backslashes and line ends stay words."""
    rng = np.random.default_rng(0)
    n = 80
    size = rng.normal(size=n)
    frame = pd.DataFrame(
        {
            HOSTILE: size,
            "a\tb": rng.choice([LINES, HOSTILE, "plain", ","], n),
            "'''": rng.normal(size=n),
        }
    )
    target = np.where(size + rng.normal(size=n) > 0, LINES, HOSTILE) if task == "binary" else size
    frame["yes\\"] = target
    dataset = workspace.datasets.add_frame(frame, "../../etc/" + HOSTILE + LINES)
    names = workspace.datasets.frame(dataset.key).columns
    study = Study(
        dataset.key, str(names[-1]), task,
        validation=Validation("kfold", folds=2),
        models=(Choice("logistic" if task == "binary" else "ridge"),),
        metric="roc_auc" if task == "binary" else "rmse",
    )  # fmt: skip
    export = export_study(workspace, study)
    assert "/" not in export.document.reading.file
    held(elsewhere, workspace, study, export)
    called = {
        ast.unparse(n.func)
        for n in ast.walk(ast.parse(export.document.script()))
        if isinstance(n, ast.Call)
    }
    assert not called & {"os._exit", "SystemExit", "exec", "eval"}
    cells = json.loads(export.document.notebook())["cells"]
    words = "".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    assert "<" not in words.replace("\\<", "")


def test_the_persons_own_file_is_read_where_pandas_makes_the_same_of_it(
    workspace, elsewhere, tmp_path
):
    """Delimiter, decimal mark, encoding and marks of missing values are arguments of read_csv."""
    rng = np.random.default_rng(1)
    rows = ["größe;farbe;alt;wer"]
    for i in range(90):
        number = "?" if i % 11 == 0 else f"{rng.normal():.3f}".replace(".", ",")
        rows.append(
            f"{number};{rng.choice(['rot', 'grün', 'NA'])};{i % 7};{'ja' if i % 3 else 'nein'}"
        )
    path = tmp_path / "tabelle.csv"
    path.write_bytes("\n".join(rows).encode("cp1252"))
    dataset = workspace.datasets.add_file(path)
    study = Study(
        dataset.key, "wer", "binary", validation=Validation("stratified", folds=2),
        models=(Choice("logistic"),), metric="log_loss",
    )  # fmt: skip
    export = export_study(workspace, study, original=path)
    assert export.document.reading.made is None
    assert export.document.reading.file == "tabelle.csv"
    for word in ('sep=";"', 'decimal=","', "encoding="):
        assert word in export.document.reading.code
    held(elsewhere, workspace, study, export)
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    assert export_study(workspace, study, original=other).document.reading.made is not None


def test_fixes_are_lines_of_pandas_or_already_done(workspace, elsewhere):
    """What a study changes in its table is done again by the script, with the same result."""
    rng = np.random.default_rng(2)
    n = 90
    frame = pd.DataFrame(
        {
            "size": rng.normal(size=n).round(2),
            "code": rng.choice([1.0, 2.0, 999.0], n),
            "colour": rng.choice(["Red", "red ", "blue", "BLUE"], n),
            "day": rng.choice(["31.12.2024", "01.02.2023", "5.6.2022"], n),
            "drop me": 1.5,
            "y": rng.choice(["a", "b"], n),
        }
    )
    frame = pd.concat([frame, frame.iloc[:6]], ignore_index=True)
    frame.loc[10:14, "y"] = None
    dataset = workspace.datasets.add_frame(frame, "to mend")
    study = Study(
        dataset.key, "y", "binary",
        fixes=(
            Fix("drop_column", ("drop me",)),
            Fix("set_missing", ("code",), (("value", 999.0),)),
            Fix("tidy_levels", ("colour",)),
            Fix("drop_duplicate_rows"),
            Fix("drop_rows_with_value", ("colour",), (("value", "red"),)),
        ),
        types=(("code", "categorical"),),
        validation=Validation("stratified", folds=2), models=(Choice("logistic"),),
        metric="roc_auc",
    )  # fmt: skip
    export = export_study(workspace, study)
    assert "table.drop(columns=" in export.document.reading.code
    assert ".duplicated(" in export.document.reading.code
    held(elsewhere, workspace, study, export)


def role_study(workspace, task: str, **changes) -> Study:
    """A study whose table has columns for every role."""
    base = study_of(workspace, task)
    frame = workspace.datasets.frame(base.dataset)
    rng = np.random.default_rng(3)
    n = len(frame)
    frame = frame.assign(
        person=[f"p{i}" for i in rng.integers(0, 30, n)],
        day=pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 90, n), "D"),
        counts=rng.uniform(0.5, 3.0, n),
    )
    dataset = workspace.datasets.add_frame(frame, f"roles {task}")
    return base.replace(dataset=dataset.key, **changes)


@pytest.mark.parametrize(
    ("task", "changes"),
    [
        ("binary", {"roles": {"person": "group"},
                    "validation": Validation("stratified_grouped", folds=3)}),
        ("binary", {"roles": {"day": "time"},
                    "validation": Validation("time", folds=3, gap=2, gap_time=3.0)}),
        ("binary", {"roles": {"counts": "weight"},
                    "resamplers": (Choice("none"), Choice("class_weight"))}),
        ("multiclass", {"roles": {"counts": "weight"}, "metric": "log_loss"}),
        ("count", {"roles": {"counts": "exposure"}, "metric": "d2_poisson"}),
        ("count", {"roles": {"counts": "exposure", "amount": "weight"}}),
        ("regression", {"target_transform": "log", "metric": "d2_gaussian"}),
        ("regression", {"roles": {"counts": "weight"}, "metric": "median_ae"}),
    ],
    ids=lambda v: v if isinstance(v, str) else "-".join(f"{k}" for k in v),
)  # fmt: skip
def test_roles_and_transforms_are_kept(workspace, elsewhere, task, changes):
    """Groups, time, weights, exposure and a log target reach the splits, fits and scores."""
    study = role_study(workspace, task, **changes)
    if study.target_transform == "log":
        frame = workspace.datasets.frame(study.dataset)
        frame = frame.assign(y=np.exp(frame["y"] / 4))
        study = study.replace(dataset=workspace.datasets.add_frame(frame, "positive").key)
    held(elsewhere, workspace, study)


def test_the_notebook_is_valid_and_its_cells_run(workspace, tmp_path, monkeypatch):
    """Jupyter's own check takes it, it has no outputs, and the code is the script's, in cells."""
    export = export_study(workspace, study_of(workspace, n_rows=120))
    book = json.loads(export.content("notebook"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    nbformat.validate(book)
    assert all(c["outputs"] == [] for c in book["cells"] if c["cell_type"] == "code")
    (tmp_path / export.document.reading.file).write_bytes(export.table())
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()) as said:
        for cell in book["cells"]:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), names)
    assert "mean" in said.getvalue()
    script = export.document.script()
    assert all("".join(c["source"]).strip() in script for c in book["cells"]
               if c["cell_type"] == "code")  # fmt: skip


def test_the_archive_holds_all_that_is_needed(workspace):
    """Script, notebook, table, requirements and a README; the same bytes each time."""
    study = study_of(workspace, n_rows=120)
    export = export_study(workspace, study)
    content = export.content("zip")
    assert content == export_study(workspace, study).content("zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        assert names == {
            "study.py", "study.ipynb", "README.md", "requirements.txt",
            export.document.reading.file,
        }  # fmt: skip
        needs = archive.read("requirements.txt").decode()
    assert "scikit-learn==" in needs
    assert "outfold" not in needs


def test_what_cannot_be_exported_is_said_in_a_sentence(workspace):
    """An unknown candidate, and one that has no numbers to reproduce."""
    study = study_of(
        workspace, models=(Choice("knn"),), resamplers=(Choice("none"), Choice("class_weight"))
    )
    with pytest.raises(UnknownNameError, match="no candidate 'nobody'"):
        export_study(workspace, study, ["nobody"])
    with pytest.raises(StudyError, match="cannot weigh rows"):
        export_study(workspace, study, ["none + class_weight + knn"])


def test_a_script_says_one_method_not_every_option(workspace):
    """Branches that the study's settings rule out are not in the script."""
    study = study_of(
        workspace,
        resamplers=(Choice("tomek"),),
        selectors=(Choice.of("mrmr", scheme="fcq"),),
    )
    script = export_study(
        workspace, study, ["mrmr(scheme=fcq) + tomek + logistic"]
    ).document.script()
    assert "TomekLinks" in script
    for absent in (
        "NearMiss",
        "AllKNN",
        "JointEntropies",
        "is_classification",
        "QuantileTransformer",
    ):
        assert absent not in script


def test_levels_that_look_like_numbers_stay_words(workspace, tmp_path):
    """A level 007 is not 7, a level NA is no gap, and blanks around words are taken off alike."""
    path = tmp_path / "codes.csv"
    rows = [
        f"0{i % 3}, {'NA ' if i % 4 else 'None'},{i},{'u' if i % 2 else 'v'}" for i in range(40)
    ]
    path.write_text("code,word,size,y\n" + "\n".join(rows))
    dataset = workspace.datasets.add_file(path)
    frame = workspace.datasets.frame(dataset.key)
    study = Study(
        dataset.key, "y", "binary", types=(("code", "categorical"),),
        validation=Validation("stratified", folds=2), models=(Choice("logistic"),),
    )  # fmt: skip
    for original in (path, None):
        export = export_study(workspace, study, original=original)
        place = tmp_path / export.document.reading.file
        place.write_bytes(export.table())
        names = {"pd": pd, "DATA": str(place)}
        exec(export.document.reading.code, names)
        assert list(names["table"]["code"]) == [f"0{i % 3}" for i in range(40)]
        assert names["table"]["word"].isna().tolist() == frame["word"].isna().tolist()
