"""The study as a value."""

import json

import pytest

from outfold.data.fix import Fix
from outfold.data.schema import Column
from outfold.errors import ParameterError, StudyError, UnknownNameError
from outfold.study.study import BASELINE, Choice, Study, Validation
from outfold.study.table import no_target, study_table
from outfold.study.workspace import Workspace
from tests.tables import mixed_table

FULL = Study(
    dataset="abc",
    target="y",
    task="binary",
    roles=(("g", "group"), ("id", "id")),
    types=(("code", "categorical"),),
    fixes=(Fix("drop_column", ("z",)), Fix("set_missing", ("a",), (("value", -999),))),
    positive="yes",
    validation=Validation("stratified_grouped", folds=4, repeats=2),
    selectors=(Choice("none"), Choice.of("cfs")),
    resamplers=(Choice("none"), Choice.of("smote")),
    models=(Choice("logistic"), Choice.of("hist_gradient_boosting")),
    metric="roc_auc",
    seed=7,
)


def test_a_study_survives_json():
    """Writing and reading gives an equal study with the same key."""
    again = Study.from_json(FULL.to_json())
    assert again == FULL
    assert again.key == FULL.key


def test_every_field_is_part_of_the_key():
    """A change of any field changes the key."""
    changed = [
        FULL.replace(seed=8),
        FULL.replace(metric="brier"),
        FULL.replace(positive="no"),
        FULL.replace(fixes=()),
        FULL.replace(roles={"id": "id"}),
        FULL.replace(validation=Validation("stratified_grouped", folds=5, repeats=2)),
    ]
    assert len({FULL.key, *(s.key for s in changed)}) == 7


def test_candidates_are_the_grid_with_the_baseline_first():
    """2 selectors × 2 resamplers × 2 models and the model that looks at nothing."""
    candidates = FULL.candidates()
    assert candidates[0] == BASELINE
    assert len(candidates) == 9
    assert len({c.name for c in candidates}) == 9
    assert FULL.replace(models=(*FULL.models, Choice("dummy"))).candidates() == candidates


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "no JSON"),
        ("[]", "no JSON object"),
        ('{"dataset": "a"}', "cannot be read"),
        (
            '{"dataset": "a", "target": "y", "task": "binary", "colour": 1}',
            "unknown fields: colour",
        ),
        ('{"dataset": "a", "target": "y", "task": "guess"}', "no task 'guess'"),
        (
            '{"dataset": "a", "target": "y", "task": "binary", "validation": {"folds": 1}}',
            "folds = 1",
        ),
        (
            '{"dataset": "a", "target": "y", "task": "binary", "models": ["logistic"]}',
            "cannot be read",
        ),
    ],
)
def test_a_broken_study_is_refused_with_the_reason(text, complaint):
    """A study file is input from a person."""
    with pytest.raises(StudyError, match=complaint):
        Study.from_json(text)


def test_two_columns_cannot_share_a_single_role():
    """One group column, one time column, one target."""
    with pytest.raises(StudyError, match="2 columns have the role group: a, b"):
        Study("d", "y", "binary", roles=(("a", "group"), ("b", "group")))
    with pytest.raises(StudyError, match="marked as target beside"):
        Study("d", "y", "binary", roles=(("a", "target"),))


def test_unknown_strategies_and_parameters_are_refused_before_a_run():
    """Checking a study names the first thing that is wrong."""
    base = Study("d", "y", "binary")
    with pytest.raises(UnknownNameError, match="no model named"):
        base.replace(models=(Choice("oracle"),)).checked()
    with pytest.raises(ParameterError, match="no parameter 'depth'"):
        base.replace(models=(Choice.of("logistic", depth=3),)).checked()
    with pytest.raises(StudyError, match="does not serve regression"):
        base.replace(task="regression", models=(Choice("logistic"),)).checked()


def test_the_json_is_plain():
    """Another program can read the study without knowing our classes."""
    raw = json.loads(FULL.to_json())
    assert raw["models"][0] == {"key": "logistic", "params": []}
    assert raw["validation"]["scheme"] == "stratified_grouped"


@pytest.mark.parametrize(
    ("kind", "unique", "complaint"),
    [
        ("identifier", 900, "'y' is an identifier"),
        ("datetime", 30, "'y' holds dates"),
        ("categorical", 201, "has 201 classes"),
        ("categorical", 200, ""),
        ("numeric", 3, ""),
    ],
)
def test_a_column_that_names_or_dates_rows_is_no_target(kind, unique, complaint):
    """Seen from the table's description; a type set by hand comes before the one that was read."""
    study = Study("d", "y", "multiclass")
    column = Column("y", kind, unique=unique)
    refused = no_target(study, column)
    assert complaint in refused.message if complaint else refused is None
    assert no_target(study.replace(task="regression"), column) is None
    if kind == "identifier":
        assert "classes" in no_target(study.replace(types={"y": "categorical"}), column).message


def test_rows_are_numbered_as_in_the_table_though_some_have_no_target(tmp_path):
    """The first row below the heading is 1; a row that is left out keeps its number to itself."""
    workspace = Workspace(tmp_path)
    table = mixed_table(60)
    table["y"] = table["y"].astype(object)
    table.loc[[0, 5], "y"] = None
    dataset = workspace.datasets.add_frame(table, "gaps")
    study = Study(dataset.key, "y", "binary", models=(Choice("logistic"),))
    found = study_table(workspace, study)
    assert found.numbers([0, 3, 4]).tolist() == [2, 5, 7]
    assert [found.position(n) for n in (2, 5, 7, 60)] == [0, 3, 4, 57]
    with pytest.raises(UnknownNameError, match="Row 6 has no value in the target"):
        found.position(6)
    for number in (0, 61):
        with pytest.raises(UnknownNameError, match=f"There is no row {number}"):
            found.position(number)
