"""``export`` at the command line: what it writes and what it refuses."""

from __future__ import annotations

import json

import pytest

from outfold.cli import main
from outfold.data.source import open_data
from outfold.study.defaults import default_study
from outfold.study.study import Choice
from outfold.study.workspace import Workspace


@pytest.fixture
def study_file(tmp_path):
    """A study of a sample as JSON."""
    workspace = Workspace(tmp_path / "home")
    dataset = open_data("sample:wine", workspace.datasets)
    study = default_study(dataset, workspace.datasets.frame(dataset.key))
    path = tmp_path / "study.json"
    path.write_text(study.replace(target="grower", task="multiclass", metric="accuracy",
                                  models=(Choice("logistic"),)).to_json())  # fmt: skip
    return path


def test_a_study_file_becomes_a_script_with_its_table(study_file, tmp_path, capsys):
    """The script, and beside it the table that it reads."""
    out = tmp_path / "made" / "wine.py"
    options = ["export", str(study_file), "--data", "sample:wine", "--out", str(out), "--json"]
    assert main(options) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["format"] == "script"
    assert said["candidates"] == ["none + none + dummy", "none + none + logistic"]
    assert out.read_text().startswith('"""Which model predicts grower?')
    assert (out.parent / said["reads"]).read_text().startswith("alcohol,")
    assert said["table"] == str(out.parent / said["reads"])


@pytest.mark.parametrize(("name", "start"), [("a.ipynb", b"{"), ("a.zip", b"PK")])
def test_the_ending_says_the_form(study_file, tmp_path, name, start):
    """A notebook or an archive by the name of the file."""
    options = ["export", str(study_file), "--data", "sample:wine", "--out", str(tmp_path / name)]
    assert main([*options, "--candidate", "none + none + logistic"]) == 0
    assert (tmp_path / name).read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["nothing.json"], "cannot be read"),
        (["{study}"], "needs its table"),
        (["{study}", "--data", "nothing.csv"], "no file nothing.csv"),
        (["{study}", "--data", "sample:wine", "--out", "a.txt"], "no format"),
        (["{study}", "--data", "sample:wine", "--candidate", "x"], "no candidate 'x'"),
        (["."], "holds no run"),
    ],
)
def test_bad_input_is_one_line(study_file, tmp_path, monkeypatch, capsys, options, words):
    """Exit status 2 and a sentence."""
    monkeypatch.chdir(tmp_path)
    assert main(["export", *[o.replace("{study}", str(study_file)) for o in options]]) == 2
    said = capsys.readouterr().err.strip()
    assert words in said
    assert "\n" not in said
