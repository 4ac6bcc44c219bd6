"""Every view of the Compare page is drawn for every task that has it, and says what it shows."""

import re
import shutil

import pytest

from components.slices import grouping
from outfold.data.schema import Column
from outfold.study.run import new_run, plan_of
from outfold.study.varied import seed_studies
from outfold.study.workspace import Workspace
from tests.pages.conftest import assert_sound

COMPARE = "pages/judge/compare.py"


def opened(app, home, task: str, view: str, **address: str):
    made = home.made[task]
    return app(COMPARE, home.root, study=made.study.key, run=made.run, view=view, **address)


@pytest.mark.parametrize("task", ["multiclass", "count"])
def test_columns_are_searched_for_slices_for_other_tasks(app, home, task):
    """Where no column is named, all are searched."""
    assert_sound(opened(app, home, task, "Slices"))


def test_slices_of_one_column_name_each_of_its_values(app, home):
    """The column comes from the address; its values are in the table."""
    column = "kind"
    page = opened(app, home, "binary", "Slices", slice=column)
    assert_sound(page)
    shown = next(d.value for d in page.dataframe if "label" in d.value)
    assert set(shown["column"]) == {column}


def test_groups_follow_the_slider_and_the_rate(app, home):
    """Flagging from a higher probability on flags fewer rows of each group."""
    page = opened(app, home, "binary", "Groups")
    assert_sound(page)

    def flagged() -> list[float]:
        shown = next(d.value for d in page.dataframe if "rate" in d.value)
        return shown[shown["rate"] == "Share flagged"]["value"].tolist()

    before = flagged()
    page.slider(key="groups-at").set_value(0.9).run()
    assert_sound(page)
    assert sum(flagged()) < sum(before)


def test_the_worst_rows_carry_their_values(app, home):
    """Beside actual and predicted stands every column of the table."""
    page = opened(app, home, "regression", "Worst rows")
    shown = page.dataframe[-1].value
    assert {"row", "actual", "predicted", "loss", "kind"} <= set(shown)
    assert shown["loss"].is_monotonic_decreasing


def test_pairs_say_what_matters_once_it_is_said_what_does_not(app, home):
    """Without a region no probability is shown; with one there is a row per pair."""
    page = opened(app, home, "binary", "Pairs")
    assert_sound(page)
    assert not any("verdict" in d.value for d in page.dataframe)
    assert any("McNemar" in m.value and "right by" in m.value for m in page.markdown)
    page.number_input(key="rope").set_value(0.01).run()
    assert_sound(page)
    shown = next(d.value for d in page.dataframe if "verdict" in d.value)
    assert shown[["first", "same", "second"]].sum(axis=1).to_numpy() == pytest.approx(1)


def test_two_candidates_stand_side_by_side(app, home):
    """What differs, and a row per metric; of one run the best two unless others are chosen."""
    page = opened(app, home, "binary", "Side by side")
    assert_sound(page)
    shown = next(d.value for d in page.dataframe if "Verdict" in d.value)
    assert len(shown) > 10
    assert any("What differs" in m.value for m in page.markdown)


@pytest.mark.parametrize("view", ["Decision curve", "Calibration", "Threshold"])
def test_views_of_probabilities_are_drawn(app, home, view):
    """All from the stored predictions."""
    page = opened(app, home, "binary", view)
    assert_sound(page)
    assert page.get("plotly_chart")
    if view == "Threshold":
        page.multiselect(key="along").set_value(["mcc", "kappa"]).run()
        page.number_input(key="cost-tp").set_value(-1.0).run()
        assert_sound(page)


@pytest.mark.parametrize("view", ["Parameter", "Seeds"])
def test_what_is_measured_again_says_what_it_takes_before_it_begins(app, home, view):
    """A button, and nothing is fitted before it is pressed."""
    page = opened(app, home, "binary", view)
    assert_sound(page)
    assert any("up to" in m.value and "fits" in m.value for m in page.markdown)
    assert any(b.label == "Measure" for b in page.button)


def test_runs_with_other_seeds_are_cancelled_by_one_button(app, home, tmp_path):
    """Each has a button of its own, and one more stops them all."""
    made, root = home.made["count"], tmp_path / "home"
    shutil.copytree(home.root, root)
    workspace = Workspace(root)
    only = next(c for c in made.study.candidates() if not c.is_baseline)
    asked = seed_studies(made.study, [only, made.study.candidates()[0]])
    runs = [new_run(workspace, one, "") for one in asked]
    page = app(COMPARE, root, study=made.study.key, run=made.run, view="Seeds")
    assert page.button(key=f"cancel-{runs[0]}").label == "Cancel"
    page.button(key="cancel-seeds").click().run()
    assert_sound(page)
    assert {workspace.records.run(run).state for run in runs} == {"cancelled"}
    assert not any(b.label.startswith("Cancel") for b in page.button)


def test_a_cancelled_run_is_shown_as_far_as_it_came(app, home, tmp_path):
    """Chart and table show what has some splits as partial; no test of no pairs is told."""
    root = tmp_path / "home"
    shutil.copytree(home.root, root)
    workspace, made = Workspace(root), home.made["binary"]
    run, plan = made.run, plan_of(workspace, made.run)
    assert plan is not None
    workspace.records.forget_steps([fits[2] for fits in plan.fits.values()])
    workspace.records.finish(run, "cancelled")
    page = app(COMPARE, root, study=made.study.key, run=run, view="Pairs")
    assert_sound(page)
    said = " ".join(m.value for m in (*page.markdown, *page.caption, *page.info))
    fits = 3 * len(made.study.candidates())
    assert "No candidate finished all 3 splits, so nothing is ranked" in said
    assert re.search(rf"Cancelled after \d+ of {fits} fits", said)
    assert "0 pairs" not in said
    assert "fewer than two candidates have" in said
    shown = next(d.value for d in page.dataframe if "Interval" in d.value)
    assert shown["Interval"].str.contains("partial: 2 of 3 splits").all()


def test_tables_carry_people_s_names_and_every_figure_says_what_it_is(app, home):
    """No key of a candidate or a metric is shown; an AUC says which predictions it is of."""
    page = opened(app, home, "binary", "By split")
    shown = next(d.value for d in page.dataframe if "n_splits" in d.value)
    assert "Logistic regression, CFS" in set(shown["candidate"])
    assert "ROC AUC" in set(shown["metric"])
    assert not shown["candidate"].str.contains("none").any()
    assert any(
        "mean over the splits, on rows held out. Interval" in c.value.replace("\\", "")
        for c in page.caption
    )
    assert any("splits pooled" in c.value for c in opened(app, home, "binary", "Slices").caption)
    pairs = opened(app, home, "binary", "Pairs")
    assert any("(mean of the splits)" in m.value for m in pairs.markdown)


def test_groups_open_on_a_column_of_few_levels(app, home):
    """A column that names each row is not offered, and ranges of numbers are not proposed."""
    page = opened(app, home, "binary", "Groups")
    assert page.selectbox(key="groups").value == "kind"
    columns = [
        Column("PassengerId", "identifier", unique=891),
        Column("Name", "text", unique=891),
        Column("Cabin", "categorical", missing=687, unique=147),
        Column("Fare", "numeric", unique=248),
        Column("Pclass", "numeric", unique=3),
        Column("Sex", "categorical", unique=2),
    ]
    assert grouping(columns, 891) == (["Fare", "Pclass", "Sex"], 2)
    assert grouping(columns[:5], 891) == (["Fare", "Pclass"], 1)
    assert grouping(columns[:2], 891) == (["PassengerId", "Name"], 0)
