"""Compare: training rows beside out of fold, several tables, and what decisions cost."""

import shutil

import pytest

from outfold.study.run import result
from outfold.study.training_rows import gap_study
from outfold.study.workspace import Workspace
from tests.here import carry_out_here
from tests.pages.conftest import assert_sound
from tests.pages.test_compare_page import COMPARE, opened


def test_a_training_gap_is_offered_and_fits_nothing_before(app, home):
    """A button, and what it takes."""
    page = opened(app, home, "regression", "Training gap")
    assert_sound(page)
    assert any(b.label == "Measure the gap" for b in page.button)
    assert any("beside the score out of fold" in m.value for m in page.markdown)


def test_a_measured_training_gap_says_which_rows_are_not_out_of_fold(app, home, tmp_path):
    """Both scores of each candidate in a table, and a sentence."""
    root = tmp_path / "home"
    shutil.copytree(home.root, root)
    made, workspace = home.made["regression"], Workspace(root)
    candidates = [c.candidate for c in result(workspace, made.run).finished()]
    carry_out_here(workspace, gap_study(made.study, candidates))
    page = app(COMPARE, root, study=made.study.key, run=made.run, view="Training gap")
    assert_sound(page)
    column = "Training rows (not out of fold)"
    shown = [d.value for d in page.dataframe if column in d.value]
    assert len(shown) == 2
    assert {"Out of fold", "Gap", "Verdict"} <= set(shown[0])
    assert len(shown[1]) == 3 * len(candidates)


def test_runs_of_several_tables_are_ranked_together(app, home):
    """Another table's run with the same candidates is proposed; few tables are warned of."""
    page = opened(app, home, "binary", "Across tables")
    assert_sound(page)
    assert any("2 tables are few" in w.value for w in page.warning)
    shown = next(d.value for d in page.dataframe if "Nemenyi p" in d.value)
    assert len(shown) == 1
    assert page.get("plotly_chart")
    page.multiselect(key="across").set_value([]).run()
    assert_sound(page)
    assert any("at least one other table" in i.value for i in page.info)


def test_a_run_without_its_like_says_how_to_get_one(app, home):
    """No other run has two of these candidates."""
    page = opened(app, home, "count", "Across tables")
    assert_sound(page)
    assert any("No finished run of another table" in i.value for i in page.info)


def _scores(page) -> list[float]:
    shown = next(d.value for d in page.dataframe if "Expected cost" in d.value)
    return shown["Expected cost"].dropna().tolist()


def test_candidates_are_ranked_by_what_their_decisions_cost(app, home):
    """Less is better; dearer misses cost more; the pairs are compared by it too."""
    page = opened(app, home, "binary", "Pairs", by="Expected cost")
    assert_sound(page)
    before = _scores(page)
    assert before == sorted(before)
    page.number_input(key="cost-fn").set_value(9.0).run()
    assert_sound(page)
    after = _scores(page)
    assert after == sorted(after)
    assert sum(after) > sum(before)
    assert any("costs 1, a miss 9" in c.value for c in page.caption)


@pytest.mark.parametrize("view", ["Threshold", "What mattered", "Slices"])
def test_views_go_along_with_an_expected_cost(app, home, view):
    """The threshold takes the costs from above; slices stand for the study's own metric."""
    page = opened(app, home, "binary", view, by="Expected cost")
    assert_sound(page)
    said = " ".join(c.value for c in page.caption)
    if view == "Threshold":
        assert "Costs as above" in said
        assert len([n for n in page.number_input if n.key == "cost-fn"]) == 1
    if view == "Slices":
        assert "Shown for ROC AUC" in said


def test_costs_that_make_one_decision_always_best_are_told(app, home):
    """In a sentence, and the page goes on with the study's metric."""
    page = opened(app, home, "binary", "By split", by="Expected cost")
    page.number_input(key="cost-tp").set_value(5.0).run()
    assert_sound(page)
    assert any("a hit 5" in w.value for w in page.warning)
