"""An explanation is of the run's own models, out of fold, and reads the same from either class."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from outfold.errors import NotApplicableError, UnknownNameError
from outfold.judge.column_effect import column_effect, effect_columns
from outfold.judge.explanation import explain_study, explanation
from outfold.judge.one_more_row import explained_row, fitted_again, split_without, with_row
from outfold.judge.permutation_importance import permutation_importance
from outfold.judge.shap_dependence import shap_dependence
from outfold.judge.shap_importance import cohorts, labels_of, shap_importance
from outfold.judge.what_if import counterfactuals
from outfold.study.explain.explaining import Explaining, explained_splits
from outfold.study.explain.fold_model import refit
from outfold.study.run import progress
from outfold.study.steps import with_splits
from outfold.study.study import NONE, Choice
from outfold.study.table import study_table
from outfold.study.workspace import Workspace
from tests.engine.study.conftest import study_of
from tests.here import carry_out_here


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run of two classes with an oversampled, feature-selected boosting model, explained."""
    workspace = Workspace(tmp_path_factory.mktemp("explained") / "home")
    study = study_of(
        workspace, models=(Choice.of("hist_gradient_boosting", max_iter=20),),
        selectors=(NONE,), resamplers=(Choice("random_over"),),
    )  # fmt: skip
    study = study.replace(validation=dataclasses.replace(study.validation, folds=2))
    _, plan = carry_out_here(workspace, study)
    asked = explain_study(study, study.candidates()[1], Explaining(on=True, repeats=2))
    run, explained = carry_out_here(workspace, asked)
    return workspace, study, plan, run, explained


def test_explaining_reuses_every_fit_of_the_run(made):
    """Only the explanation itself is new."""
    workspace, _, plan, run, explained = made
    now = progress(workspace, run)
    assert (now.total, now.done) == (6, 6)
    assert now.reused == 4
    assert {k for keys in explained.fits.values() for k in keys} == {
        k for keys in plan.fits.values() for k in keys
    }


def test_the_model_fitted_again_gives_the_stored_predictions_to_the_bit(made):
    """Same rows, same seed, same model: in the step, and at hand in a page."""
    workspace, study, plan, run, _ = made
    found = explanation(workspace, run)
    assert found.reproduced == 0.0
    candidate = study.candidates()[1]
    table = study_table(workspace, study)
    loaded = with_splits(table, study)
    model = refit(loaded, study, candidate, 1)
    stored = workspace.step_arrays(plan.fits[candidate.name][1])
    said = model.answer(table.frame.iloc[loaded.splits[1].test])[:, 0]
    assert np.array_equal(said, stored["probability"][:, 1])


def test_every_row_is_explained_by_a_model_that_did_not_train_on_it(made):
    """The promise of every figure here."""
    workspace, study, _, run, _ = made
    found = explanation(workspace, run)
    loaded = with_splits(study_table(workspace, study), study)
    for row, split in zip(found.rows, found.split, strict=True):
        assert row in loaded.splits[split].test
        assert row not in loaded.splits[split].train
    assert found.residual < 1e-9
    # All rows held out are explained, so none was taken for its error alone.
    assert found.n_chosen == len(found.rows) == 240


def test_the_other_class_is_the_mirror_image(made):
    """Two classes have one explanation with two signs."""
    workspace, _, _, run, _ = made
    found = explanation(workspace, run)
    one, other = found.of(1), found.of(0)
    np.testing.assert_allclose(one.shap, -other.shap)
    np.testing.assert_allclose(one.predicted, 1 - other.predicted)
    np.testing.assert_allclose(other.base + other.shap.sum(axis=1), other.output)


def test_the_column_that_carries_the_signal_is_found(made):
    """By SHAP values, by shuffling, and upwards; noise is not."""
    workspace, study, _, run, _ = made
    found = explanation(workspace, run)
    table = study_table(workspace, study).frame
    view = found.of()
    ranked = shap_importance(view, table)
    assert ranked[0].feature == "signal"
    assert ranked[0].direction > 0.5
    assert ranked[0].low <= ranked[0].mean <= ranked[0].high
    shuffled = permutation_importance(found, "roc_auc")
    assert shuffled.columns[0].features == ("signal",)
    assert shuffled.columns[0].drop > 0.05
    effect = column_effect(found, view, table, "signal")
    assert effect.ale[-1] > effect.ale[0]
    assert "kind" in effect_columns(found)
    mirrored = column_effect(found, found.of(0), table, "signal")
    np.testing.assert_allclose(mirrored.partial, 1 - effect.partial)
    np.testing.assert_allclose(mirrored.ale, -effect.ale, atol=1e-12)


def test_an_interaction_colours_by_its_partner(made):
    """Values whose sign depends on another column are coloured by that column."""
    workspace, study, _, run, _ = made
    table = study_table(workspace, study).frame
    view = explanation(workspace, run).of()
    own = table["signal"].iloc[view.rows].to_numpy()
    sign = np.where(table["flag"].iloc[view.rows].to_numpy(dtype=bool), 1.0, -1.0)
    shap = view.shap.copy()
    shap[:, view.features.index("signal")] = own * sign
    made_up = dataclasses.replace(view, shap=shap)
    assert shap_dependence(made_up, table, "signal").colour == "flag"


def test_groups_are_compared_by_their_own_rows(made):
    """Means, counts and intervals are of each group; too few groups are refused."""
    workspace, study, _, run, _ = made
    table = study_table(workspace, study).frame
    view = explanation(workspace, run).of()
    labels = labels_of(table["flag"].iloc[view.rows])
    found = cohorts(view, labels, "flag")
    chance = view.chance()
    assert sum(found.counts) == len(chance)
    mask = np.array(labels)[chance] == found.names[0]
    top = view.features.index(found.features[0])
    assert found.mean[0, 0] == pytest.approx(np.abs(view.shap[chance][mask, top]).mean())
    assert (found.low <= found.mean).all()
    assert (found.mean <= found.high).all()
    with pytest.raises(NotApplicableError, match="fewer than two groups"):
        cohorts(view, ["same"] * len(labels), "nothing")


def test_the_baseline_is_not_explained(made):
    """It looks at no column."""
    _, study, _, _, _ = made
    with pytest.raises(NotApplicableError, match="looks at no column"):
        explain_study(study, study.candidates()[0], Explaining(on=True))


def test_repeats_are_explained_until_each_row_was_held_out_once():
    """More splits would explain rows again, for as much time again."""
    assert explained_splits([20, 20, 20, 20, 20, 20], 60) == 3
    assert explained_splits([30], 100) == 1
    assert explained_splits([1] * 50, 50) == 10


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {"a": rng.integers(0, 10, 200), "b": rng.normal(size=200),
         "kind": pd.Categorical(rng.choice(["x", "y"], 200)),
         "flag": pd.array(rng.random(200) < 0.5, dtype="boolean")}
    )  # fmt: skip


def worth(frame):
    return (frame["a"] + 3 * (frame["kind"] == "y") + 3 * frame["flag"].astype(float)).to_numpy(
        dtype=float
    )


def up_to(goal):
    return lambda said: np.maximum(0.0, goal - said)


def test_fewest_changes_come_first_and_values_were_seen(rows):
    """Nothing is invented, in any column's own type."""
    row = pd.DataFrame({"a": [1], "b": [0.5], "kind": pd.Categorical(["x"], categories=["x", "y"]),
                        "flag": pd.array([False], dtype="boolean")})  # fmt: skip
    found = counterfactuals(worth, row, rows, up_to(4.0))
    assert found.before == 1.0
    assert all(len(c.changes) == 1 for c in found.found[:2])
    assert {c.changes[0].column for c in found.found if len(c.changes) == 1} == {
        "a", "kind", "flag"
    }  # fmt: skip
    for c in found.found:
        assert c.prediction >= 4.0
        for change in c.changes:
            assert change.after in rows[change.column].tolist()
            assert change.after != change.before
    sizes = [len(c.changes) for c in found.found]
    assert sizes == sorted(sizes)


def test_two_changes_are_found_where_one_is_not_enough(rows):
    """And what is locked stays; what cannot be reached is said with the nearest."""
    row = pd.DataFrame({"a": [1], "b": [0.5], "kind": pd.Categorical(["x"], categories=["x", "y"]),
                        "flag": pd.array([False], dtype="boolean")})  # fmt: skip
    found = counterfactuals(worth, row, rows, up_to(7.0), locked=["a"])
    assert {c.column for c in found.found[0].changes} == {"kind", "flag"}
    assert found.found[0].distance == 2.0
    none = counterfactuals(worth, row, rows, up_to(99.0))
    assert not none.found
    assert none.closest.prediction == 9 + 3 + 3
    with pytest.raises(NotApplicableError, match="locked"):
        counterfactuals(worth, row, rows, up_to(2.0), locked=list(rows.columns))


def test_a_row_that_was_not_drawn_is_explained_as_if_it_had_been(made):
    """By a model that held it out, to the same values; figures about all rows stay as they are."""
    workspace, study, _, run, _ = made
    found = explanation(workspace, run)
    table = study_table(workspace, study)
    loaded = with_splits(table, study)
    place = int(np.flatnonzero(~found.worst)[0])
    row = int(found.rows[place])
    fewer = dataclasses.replace(
        found,
        **{
            name: np.delete(getattr(found, name), place, axis=0)
            for name in ("rows", "split", "worst", "shap", "base", "output", "predicted")
        },
    )
    split = split_without(loaded, range(found.n_splits), row)
    assert split == found.split[place]
    candidate = study.candidates()[1]
    model = fitted_again(workspace, run, loaded, study, candidate, split)
    more = with_row(fewer, explained_row(model, loaded, row))
    np.testing.assert_allclose(more.shap[-1], found.shap[place], atol=1e-12)
    np.testing.assert_allclose(more.base[-1], found.base[place], atol=1e-12)
    np.testing.assert_array_equal(more.predicted[-1], found.predicted[place])
    assert more.n_chosen == fewer.n_chosen
    before, after = (shap_importance(e.of(), table.frame) for e in (fewer, more))
    assert [c.mean for c in before] == [c.mean for c in after]
    with pytest.raises(UnknownNameError, match="no row at position 999999"):
        split_without(loaded, range(found.n_splits), 999_999)
    with pytest.raises(UnknownNameError, match="never held out"):
        split_without(loaded, [1 - split], row)
