"""A table that is worked with as a sample says so everywhere, and its curve can be asked for."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from components import state
from components.navigation import ROOT
from outfold.study.defaults import default_study
from outfold.study.workspace import Workspace
from tests.pages.conftest import assert_sound
from tests.tables import mixed_table

SAID = "This is a sample of 300 of 900 rows"


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    """A workspace with a sample of a Parquet file, and the file in its folder for large ones."""
    root = tmp_path_factory.mktemp("large") / "home"
    workspace = Workspace(root)
    (root / "files").mkdir()
    path = root / "files" / "big.parquet"
    mixed_table(900, "binary").to_parquet(path)
    dataset = workspace.datasets.add_file(path, by_reference=True, rows=300)
    study = default_study(dataset, workspace.datasets.frame(dataset.key))
    workspace.save_study(study)
    return root, study


@pytest.mark.parametrize(
    "page", ["pages/data/data.py", "pages/data/explore.py", "pages/design/train.py"]
)
def test_every_page_says_that_it_shows_a_sample(app, sampled, page):
    """One sentence with the rows shown and all rows."""
    root, study = sampled
    test = app(page, root=root, study=study.key)
    assert_sound(test)
    assert sum(SAID in box.value for box in test.info) == 1


def test_figures_of_all_rows_stand_on_the_data_page(app, sampled):
    """Distinct values and distributions are those of the file, and say how exact they are."""
    root, study = sampled
    test = app("pages/data/data.py", root=root, study=study.key)
    table = next(d.value for d in test.dataframe if "In short" in d.value and "Role" not in d.value)
    assert len(table) == len(mixed_table(10, "binary").columns)
    assert any("are exact" in c.value for c in test.caption)


def test_another_sample_can_be_drawn_and_the_study_goes_on(app, sampled):
    """More rows on a click; what was chosen stays."""
    root, study = sampled
    test = app("pages/data/data.py", root=root, study=study.key)
    rows = next(s for s in test.selectbox if s.label == "Values that keep their proportions")
    rows.select("(drawn by chance)")
    next(b for b in test.button if b.label == "Draw").click().run()
    assert_sound(test)
    now = test.session_state[state._NAME].study
    assert now.dataset != study.dataset
    assert now.target == study.target
    assert any("drawn by chance" in box.value for box in test.info)


def test_a_file_on_the_server_can_be_opened(app, sampled):
    """Files in the workspace's folder are offered on the start page."""
    root, _ = sampled
    test = app(root=root)
    assert test.selectbox(key="server-file").options[0].startswith("big.parquet")
    test.button(key="open-server-file").click().run()
    assert_sound(test)
    assert test.session_state[state._NAME].dataset is not None


def test_a_learning_curve_is_offered_with_what_it_takes(home, monkeypatch):
    """The view says how many fits are new before anything is computed."""
    monkeypatch.setenv("OUTFOLD_HOME", str(home.root))
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    test.query_params["run"] = home.made["binary"].run
    test.query_params["view"] = "Learning curve"
    test.run()
    test.switch_page("pages/judge/compare.py").run()
    assert_sound(test)
    assert test.button(key="measure-curve").label == "Measure the curve"
    assert any("of the training rows, from" in m.value for m in test.markdown)
