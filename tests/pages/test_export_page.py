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
    page.selectbox(key="exported").select_index(1).run()
    assert_sound(page)
    one = page.code[0].value
    ast.parse(one)
    assert "One candidate is fitted and judged on 3 splits" in one
    assert len(one) < len(script)
