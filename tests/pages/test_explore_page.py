"""The exploration page says what it needs, draws every view, and shows any two columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from components.navigation import ROOT
from outfold.data.source import open_data
from outfold.study.defaults import with_target
from outfold.study.study import Study
from outfold.study.workspace import Workspace

PAGE = "pages/data/explore.py"
VIEWS = {
    "Every two columns": 2,
    "Strong links": 2,
    "Beside the target": 1,
    "Saying the same": 2,
    "Missing values": 3,
    "One column": 1,
}
"""Views of the page and how many charts each has on a table with gaps."""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A workspace with one table: numbers, levels and gaps, with a name that would be markup."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=240)
    frame = pd.DataFrame(
        {
            "copy": x + rng.normal(size=240) * 0.05,
            "<b>x</b>": x,
            "gap": np.where(x > 0.6, np.nan, rng.normal(size=240)),
            "hole": np.where(rng.random(240) < 0.2, np.nan, rng.normal(size=240)),
            "level": rng.choice(["red", "green", "blue"], 240),
            "y": np.where(x + rng.normal(size=240) > 0, "yes", "no"),
        }
    )
    folder = tmp_path_factory.mktemp("explore")
    frame.to_csv(folder / "table.csv", index=False)
    open_data(folder / "table.csv", Workspace(folder / "home").datasets)
    return folder / "home"


@pytest.fixture
def home(root, monkeypatch):
    monkeypatch.setenv("OUTFOLD_HOME", str(root))
    return root


def opened(home, view=None, target="y", **changes):
    """The page with the table loaded, as it is found by its address."""
    workspace = Workspace(home)
    dataset = workspace.datasets.list()[0]
    frame = workspace.datasets.frame(dataset.key)
    study = with_target(Study(dataset.key, target, "binary"), dataset, frame, target)
    study = study.replace(**changes)
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    page.query_params["study"] = workspace.save_study(study)
    if view:
        page.query_params["explore"] = view
    page.run()
    return page.switch_page(PAGE).run()


def titles(page):
    """What each chart says, as people hear it."""
    return [chart.proto.alt for chart in page.get("plotly_chart")]


def calm(page):
    assert not page.exception
    assert not [e.value for e in page.error]


def test_without_a_table_the_page_says_what_it_needs(home):
    """Never blank, never a traceback."""
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    page.switch_page(PAGE).run()
    calm(page)
    assert any("No table is loaded" in m.value for m in page.markdown)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_of_a_loaded_table_is_drawn(home, view):
    """Only the open view is computed, and it has its charts."""
    page = opened(home, view)
    calm(page)
    assert len(titles(page)) == VIEWS[view]


def test_the_matrix_names_the_strongest_pair_and_shows_it(home):
    """The first picture answers the page's question without a click."""
    page = opened(home)
    calm(page)
    matrix, pair = titles(page)
    for title in (matrix, pair):
        assert "<b>x</b>" in title
        assert "copy" in title


def test_choosing_two_columns_draws_their_own_picture(home):
    """Levels beside levels; a column is never put beside itself, whatever measure is chosen."""
    page = opened(home)
    next(w for w in page.selectbox if w.label == "Column").set_value("level").run()
    next(w for w in page.selectbox if w.label == "Beside").set_value("y").run()
    calm(page)
    assert titles(page)[1].startswith("level and y")
    next(w for w in page.selectbox if w.label == "Column").set_value("y").run()
    calm(page)
    assert next(w for w in page.selectbox if w.label == "Beside").value != "y"
    next(w for w in page.selectbox if w.label == "Column").set_value("level").run()
    next(w for w in page.selectbox if w.label == "Beside").set_value("copy").run()
    next(w for w in page.selectbox if w.label == "Measure").set_value("distance").run()
    calm(page)
    one, other = (
        next(w for w in page.selectbox if w.label == label).value for label in ("Column", "Beside")
    )
    assert one != other
    assert len(titles(page)) == 2


@pytest.mark.parametrize("measure", ["spearman", "cramers_v", "mutual_info"])
def test_another_measure_changes_the_matrix(home, measure):
    """The choice has an effect, and what takes no part is named."""
    page = opened(home)
    next(w for w in page.selectbox if w.label == "Measure").set_value(measure).run()
    calm(page)
    words = {"spearman": "Spearman", "cramers_v": "Cramér", "mutual_info": "Mutual information"}
    assert words[measure] in titles(page)[0]
    left = [c.value for c in page.caption if c.value.startswith("Left out")]
    assert bool(left) == (measure != "mutual_info")


def test_gaps_that_follow_the_target_are_named(home):
    """The view of missing values tells which column's gaps are informative."""
    page = opened(home, "Missing values")
    assert "gap most" in titles(page)[0]


def test_missing_values_of_columns_that_are_no_features_are_seen_too(home):
    """An ignored column may be the one with most gaps; the page marks it."""
    page = opened(home, "Missing values", roles={"hole": "ignore"})
    calm(page)
    assert "In 1 of 2 columns" in titles(page)[0]
    assert titles(page)[1].startswith("2 of 6 columns have missing values")
    charts = [c.proto.spec for c in page.get("plotly_chart")]
    assert '"hole *"' in charts[1]


def test_a_target_of_numbers_is_explored_too(home):
    """Nothing is split by a number."""
    page = opened(home, target="copy")
    calm(page)
    assert len(titles(page)) == 2


def test_a_kind_of_pair_can_be_given_another_measure(home):
    """Numbers by Spearman's rho; the other kinds keep theirs, and the page says so."""
    page = opened(home)
    next(w for w in page.selectbox if w.label == "Two numbers").set_value("spearman").run()
    calm(page)
    assert "Spearman's rho" in titles(page)[0]
    said = next(c.value for c in page.caption if c.value.startswith("Two numbers: "))
    assert "Spearman's rho" in said
    assert "A number and levels: Correlation ratio" in said


def test_the_pair_of_a_link_is_shown_with_every_measure_and_given_others(home):
    """What is chosen of a pair stands in its address and in one table."""
    workspace = Workspace(home)
    dataset = workspace.datasets.list()[0]
    frame = workspace.datasets.frame(dataset.key)
    study = with_target(Study(dataset.key, "y", "binary"), dataset, frame, "y")
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    page.query_params["study"] = workspace.save_study(study)
    page.query_params["pair-a"] = "gap"
    page.query_params["pair-b"] = "hole"
    page.run().switch_page(PAGE).run()
    calm(page)
    assert titles(page)[1].startswith("gap and hole")
    next(w for w in page.multiselect if w.label == "Given").set_value(["copy"]).run()
    calm(page)
    names = list(page.dataframe[0].value["Measure"])
    assert names[:2] == ["Partial correlation given copy", "Partial rank correlation given copy"]
    assert names[2:5] == ["Pearson's r", "Spearman's rho", "Kendall's tau-b"]
    value = page.dataframe[0].value["Value"]
    said = "gap and hole show no clear association with copy held fixed"
    assert titles(page)[1].startswith(f"{said} (Partial correlation {value.iloc[0]:.2f}")
    page.button_group(key="pair-held").set_value("Partial rank correlation").run()
    calm(page)
    assert f"(Partial rank correlation {value.iloc[1]:.2f}" in titles(page)[1]
    next(w for w in page.selectbox if w.label == "Beside").set_value("level").run()
    calm(page)
    assert any("between two numbers only" in i.value for i in page.info)
    assert "held fixed" not in titles(page)[1]


def test_of_very_many_columns_the_compared_ones_can_be_chosen(tmp_path, monkeypatch):
    """The most relevant at first; any stretch of the table, and columns chosen by hand."""
    monkeypatch.setenv("OUTFOLD_HOME", str(tmp_path))
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.normal(size=(60, 320)), columns=[f"c{i:03d}" for i in range(320)])
    frame["y"] = np.where(frame["c200"] > 0, "yes", "no")
    workspace = Workspace(tmp_path)
    dataset = workspace.datasets.add_frame(frame, "wide")
    study = with_target(Study(dataset.key, "y", "binary"), dataset, frame, "y")
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    page.query_params["study"] = workspace.save_study(study)
    page.query_params["explore"] = "Strong links"
    page.query_params["among-most"] = "20"
    page.run()
    page.switch_page(PAGE).run()
    calm(page)

    def compared():
        options = next(w for w in page.selectbox if w.label == "Column").options
        said = [c.value for c in page.caption if c.value.startswith("Of 321 columns 20")]
        assert len(options) == 20
        assert "y" in options
        return set(options), said[0]

    columns, said = compared()
    assert "c200" in columns
    assert "19 most relevant to the target" in said
    chosen = next(w for w in page.multiselect if w.label == "And in any case")
    chosen.set_value(["c319"])
    page.button_group(key="among").set_value("stretch").run()
    page.number_input(key="among-start").set_value(101).run()
    calm(page)
    columns, said = compared()
    assert columns == {"y", "c319", *(f"c{i}" for i in range(100, 118))}
    assert "columns 101 to 118 of the table, 1 chosen by hand" in said


def test_links_and_linked_columns_stand_in_tables(home):
    """What the network shows by its picture can be read without it."""
    page = opened(home, "Strong links")
    calm(page)
    shown = [set(frame.value.columns) for frame in page.dataframe]
    assert any({"Column", "Links", "Group"} <= columns for columns in shown)
    assert any({"Column", "Beside", "Measure"} <= columns for columns in shown)
