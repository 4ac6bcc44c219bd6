"""The deviance page says what it needs, fits what is asked for, and answers mistakes in words."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from components.navigation import ROOT
from outfold.data.source import open_data
from outfold.study.defaults import with_target
from outfold.study.study import Study
from outfold.study.workspace import Workspace

PAGE = "pages/judge/deviance.py"
VIEWS = {"Terms": 1, "Coefficients": 1, "Nested models": 0, "Residuals": 4, "Partial residuals": 1,
         "Stepwise": 0}  # fmt: skip


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("OUTFOLD_HOME", str(tmp_path))
    return tmp_path


def opened(home, file="warpbreaks.csv", target="breaks", view=None):
    """The page with a table loaded, as it is found by its address."""
    workspace = Workspace(home)
    dataset = open_data(ROOT / "tests" / "reference" / "data" / file, workspace.datasets)
    frame = workspace.datasets.frame(dataset.key)
    study = with_target(Study(dataset.key, target, "binary"), dataset, frame, target)
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    page.query_params["study"] = workspace.save_study(study)
    if view:
        page.query_params["deviance"] = view
    page.run()
    return page.switch_page(PAGE).run()


def charts(page):
    return [json.loads(c.proto.spec) for c in page.get("plotly_chart")]


def widget(found, label):
    return next(w for w in found if w.label == label)


def test_without_a_table_the_page_says_what_it_needs(home):
    """Never blank, never a traceback."""
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    page.switch_page(PAGE).run()
    assert not page.exception
    assert any("No table is loaded" in m.value for m in page.markdown)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_of_a_loaded_table_is_drawn(home, view):
    """Each tab has its content, and nothing fails."""
    page = opened(home, view=view)
    assert not page.exception
    assert not page.error
    assert page.metric[0].label == "Null deviance"
    assert len(charts(page)) == VIEWS[view]


def test_the_family_changes_the_deviance(home):
    """A control with an effect: Poisson instead of Gaussian gives R's null deviance."""
    page = opened(home)
    widget(page.selectbox, "Family").set_value("poisson").run()
    assert not page.exception
    assert page.metric[0].value == "297.372"
    assert any("3" in w.value and "Poisson" in w.value for w in page.warning)


def test_the_formula_box_takes_interactions(home):
    """What is typed is fitted."""
    page = opened(home)
    widget(page.selectbox, "Family").set_value("poisson").run()
    widget(page.text_input, "Formula").set_value("breaks ~ wool * tension").run()
    assert page.metric[1].value == "182.305"


def test_a_wrong_formula_is_answered_in_words(home):
    """One sentence; the builder stays, so that it can be put right."""
    page = opened(home)
    widget(page.text_input, "Formula").set_value("breaks ~ wol").run()
    assert not page.exception
    assert "Did you mean wool" in page.error[0].value
    assert widget(page.text_input, "Formula").value == "breaks ~ wol"


def test_nested_models_are_compared(home):
    """The table of nested models appears once one is named."""
    page = opened(home, view="Nested models")
    page.text_area[0].set_value("breaks ~ wool").run()
    assert not page.exception
    assert list(page.dataframe[0].value["Model"]) == ["breaks ~ wool", "breaks ~ wool + tension"]


def test_models_that_are_not_nested_leave_all_else_in_place(home):
    """The sentence stands in its tab; figures, tabs and the other views stay."""
    page = opened(home, view="Nested models")
    page.text_area[0].set_value("breaks ~ 0 + I(breaks * breaks)").run()
    assert not page.exception
    assert len(page.error) == 1
    assert "not nested" in page.error[0].value
    assert page.metric[0].label == "Null deviance"
    assert len(page.tabs) == len(VIEWS)
    page.text_area[0].set_value("breaks ~ ghost").run()
    assert "no column" in page.error[0].value
    assert page.metric


def test_a_search_without_a_step_warns_of_no_choice(home):
    """Nothing was dropped, so nothing was chosen."""
    page = opened(home, view="Stepwise")
    widget(page.text_input, "Formula").set_value("breaks ~ tension").run()
    page.button_group[-1].set_value("aic").run()
    assert not page.exception
    assert not any("stepwise" in w.value for w in page.warning)
    assert any("No step from breaks" in c.value for c in page.caption)


def test_steps_are_drawn_when_a_criterion_is_chosen(home):
    """Backward by AIC on the formula's terms."""
    page = opened(home, "infert.csv", "case", view="Stepwise")
    page.button_group[-1].set_value("aic").run()
    assert not page.exception
    assert len(charts(page)) == 1


def test_a_target_of_several_classes_gets_another_response(home):
    """A multi-class target has no GLM here; the page says so and models a number."""
    page = opened(home, "iris.csv", "Species")
    assert not page.exception
    assert any("several classes" in i.value for i in page.info)
    assert page.metric


def test_formula_and_terms_write_each_other(home):
    """What is typed shows as terms, and terms that go leave the formula."""
    page = opened(home)
    widget(page.text_input, "Formula").set_value("breaks ~ wool * tension").run()
    terms = widget(page.multiselect, "Terms")
    assert terms.value == ["wool", "tension", "wool:tension"]
    terms.set_value(["tension"]).run()
    assert not page.exception
    assert widget(page.text_input, "Formula").value == "breaks ~ tension"


def test_the_builder_adds_a_curve(home):
    """A spline of a column takes the place of the straight term."""
    page = opened(home, "infert.csv", "case")
    widget(page.text_input, "Formula").set_value("case ~ age + parity").run()
    widget(page.selectbox, "Column").set_value("age").run()
    widget(page.selectbox, "As").set_value("bs").run()
    widget(page.button, "Add it").click().run()
    assert not page.exception
    assert widget(page.text_input, "Formula").value == "case ~ parity + bs(age, df = 5)"


@pytest.mark.parametrize("kind", ["type2", "type3", "drop1", "add1"])
def test_every_table_of_terms_is_shown(home, kind):
    """Each has a line for each term that it judges."""
    page = opened(home)
    widget(page.text_input, "Formula").set_value("breaks ~ wool").run()
    widget(page.button_group, "Table").set_value(kind).run()
    assert not page.exception
    assert not page.error
    shown = page.dataframe[0].value
    term = "tension" if kind == "add1" else "wool"
    assert term in list(shown["Term"])
    assert shown.set_index("Term").loc[term, "p"] < 0.2


def test_robust_errors_are_shown_and_named(home):
    """Another way to standard errors changes the table and says so."""
    page = opened(home, view="Coefficients")
    before = list(page.dataframe[0].value["Standard error"])
    widget(page.button_group, "Standard errors").set_value("HC3").run()
    assert list(page.dataframe[0].value["Standard error"]) != before
    assert any("robust, HC3" in c.value for c in page.caption)


def test_errors_by_group_ask_for_the_groups(home):
    """Until the column is chosen they are the family's; then they are by group, and say so."""
    page = opened(home, view="Coefficients")
    widget(page.button_group, "Standard errors").set_value("cluster").run()
    assert not page.error
    assert any("Until the groups are chosen" in c.value for c in page.caption)
    before = list(page.dataframe[0].value["Standard error"])
    widget(page.selectbox, "Groups").set_value("tension").run()
    assert not page.exception
    assert list(page.dataframe[0].value["Standard error"]) != before
    assert any("robust, by group" in c.value for c in page.caption)
    assert any("3 groups only" in w.value or "3 groups for" in w.value for w in page.warning)


def test_what_is_chosen_beside_the_formula_is_said(home):
    """An exposure taken from the roles stands under the formula, though its control is folded."""
    workspace = Workspace(home)
    dataset = open_data(ROOT / "tests" / "reference" / "data" / "insurance.csv", workspace.datasets)
    frame = workspace.datasets.frame(dataset.key)
    study = with_target(
        Study(dataset.key, "Claims", "count"), dataset, frame, "Claims", "count",
        {"Holders": "exposure"},
    )  # fmt: skip
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    page.query_params["study"] = workspace.save_study(study)
    page.query_params["deviance"] = "Coefficients"
    page.run()
    page.switch_page(PAGE).run()
    assert not page.exception
    assert any(c.value == "With exposure Holders." for c in page.caption)
    assert "Ratio" in page.dataframe[0].value
    assert "Set aside" not in page.dataframe[0].value


def test_a_formula_chosen_by_steps_carries_its_warning(home):
    """Its p-values are optimistic, and the page says so beside them."""
    page = opened(home, "infert.csv", "case", view="Stepwise")
    page.button_group[-1].set_value("aic").run()
    assert any("stepwise" in w.value for w in page.warning)
    widget(page.button, "Take the chosen formula").click().run()
    page.query_params["deviance"] = "Terms"
    page.run()
    assert not page.exception
    assert any("stepwise" in w.value for w in page.warning)


@pytest.mark.parametrize("chosen", ["", "stratum"])
def test_a_menu_that_a_family_hides_comes_back_as_it_was(home, chosen):
    """Exposure belongs to the log link alone; another family and back keeps what was chosen."""
    page = opened(home, "infert.csv", "parity")
    family = widget(page.selectbox, "Family")
    family.set_value("poisson").run()
    widget(page.selectbox, "Exposure").set_value(chosen).run()
    for key in ("gaussian", "poisson", "negative_binomial", "gaussian", "poisson"):
        widget(page.selectbox, "Family").set_value(key).run()
    assert not page.exception
    assert widget(page.selectbox, "Exposure").value == chosen
    assert any("exposure stratum" in c.value for c in page.caption) == bool(chosen)
