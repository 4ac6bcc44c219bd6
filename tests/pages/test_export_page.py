"""The code of a study on the Compare page."""

from __future__ import annotations

import ast

from tests.pages.conftest import assert_sound


def test_the_code_of_a_study_is_shown_and_can_be_downloaded(app, home):
    """The whole study first, then one candidate; three forms of each."""
    page = app("pages/judge/compare.py", home.root, run=home.made["binary"].run, view="Code")
    assert_sound(page)
    script = page.code[0].value
    ast.parse(script)
    assert "Which model predicts y?" in script
    assert "import outfold" not in script
    labels = [b.proto.label for b in page.get("download_button")]
    assert {"Script", "Notebook", "All with the table"} <= set(labels)
    one = next(o for o in page.selectbox(key="exported").options if "Gradient boosting" in o)
    page.selectbox(key="exported").select(one).run()
    assert_sound(page)
    assert "HistGradientBoostingClassifier" in page.code[0].value
    assert "LogisticRegression" not in page.code[0].value
