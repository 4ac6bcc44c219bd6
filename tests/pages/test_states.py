import pytest

from components.navigation import headers
from tests.pages.conftest import assert_sound

PAGES = [h.path for h in headers()]
NEED_A_TABLE = [h.path for h in headers() if h.section in ("design", "judge")]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_a_table_says_what_is_missing(app, page):
    """Never blank, never a mistake: a link leads to where the table is loaded."""
    test = app(page)
    assert_sound(test)
    if page in NEED_A_TABLE:
        assert any("No table is loaded yet" in m.value for m in test.markdown)
        assert test.get("page_link")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression", "count"])
def test_a_page_with_a_table_is_sound(app, home, page, task):
    """A study restored from its address, nothing run."""
    study = home.made[task].study
    test = app(page, home.root, study=study.key)
    assert_sound(test)
    sidebar = " ".join(m.value for m in test.sidebar.markdown)
    assert f"{task} table" in sidebar


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression", "count"])
def test_a_page_with_a_finished_run_is_sound(app, home, page, task):
    """A run restored from its address with its study."""
    test = app(page, home.root, run=home.made[task].run)
    assert_sound(test)
    assert home.made[task].study.key == test.query_params["study"]


@pytest.mark.parametrize(
    "page",
    ["pages/design/train.py", *(f"pages/judge/{p}.py" for p in ("compare", "deviance", "explain",
                                                                "tradeoffs"))],
)  # fmt: skip
def test_a_run_of_another_question_says_so(app, home, page):
    """An address, or a target changed since, can bring a run and a study that differ together."""
    binary, count = home.made["binary"], home.made["count"]
    test = app(page, home.root, run=binary.run, study=count.study.key)
    assert_sound(test)
    said = next(w.value for w in test.warning if "These are the results for" in w.value)
    assert "for **y** of **binary table**" in said
    assert "now predicts **y** of **count table**" in said
    test.button(key="back-to-run").click().run()
    assert_sound(test)
    assert not [w for w in test.warning if "These are the results for" in w.value]
    assert test.query_params["study"] == binary.study.key


def test_an_address_of_something_unknown_is_told_in_words(app, home):
    """An old link never ends in a traceback, and the app can be used."""
    test = app("", home.root, run="nosuchrun")
    assert not test.exception
    assert "not known here" in test.error[0].value
