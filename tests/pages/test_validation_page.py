"""How rows are held out, as it is chosen on the page."""

from __future__ import annotations

import pytest

from components import state
from outfold.study.study import Study, Validation
from outfold.validate.catalogue import schemes
from tests.pages.conftest import assert_sound

TRAIN = "pages/design/train.py"


def current(test) -> Study:
    return test.session_state[state._NAME].study


@pytest.fixture
def train(app, home):
    """The train page with a small binary study."""
    made = home.made["binary"]
    return app(TRAIN, root=home.root, study=made.study.key)


def test_the_menu_offers_what_does_not_leak_and_greys_the_rest_with_a_reason(train):
    """Without roles, grouped and ordered schemes wait below, each saying what it lacks."""
    assert_sound(train)
    offered = train.selectbox(key="scheme").options
    assert schemes()["bootstrap_632_plus"].label in offered
    assert schemes()["time"].label not in offered
    for key in ("grouped", "time", "leave_one_group_out", "sliding"):
        assert train.checkbox(key=f"scheme-{key}-greyed").disabled
    assert any("needs a column with the role time" in c.value for c in train.caption)
    assert any("Suits this table" in c.value for c in train.caption)


def test_every_offered_scheme_shows_its_settings_and_a_picture(train):
    """Controls come from the declaration; each changes the study."""
    serving = [k for k, s in schemes().items() if not s.refusal(False, False, "binary")]
    for key in serving:
        train.selectbox(key="scheme").set_value(key).run()
        assert_sound(train)
        assert current(train).validation.scheme == key
        for field in schemes()[key].fields:
            kind = "slider" if field.key == "test_share" else "number_input"
            getattr(train, kind)(key=field.key)
        told = any("corrects that figure" in i.value for i in train.info)
        assert told == schemes()[key].apparent
    train.number_input(key="resamples").set_value(30).run()
    assert current(train).validation == Validation("bootstrap_632_plus", folds=3, resamples=30)


def test_what_suits_can_be_taken_with_one_click(train):
    """The study asks for three folds, and five suit 240 rows."""
    train.button(key="take-validation").click().run()
    assert_sound(train)
    assert current(train).validation == Validation("stratified", folds=5)
    assert not [b for b in train.button if b.key == "take-validation"]


def test_a_refused_number_leaves_the_tabs_where_they_stand(train):
    """What is told above must not move them, or the browser opens the first; the address has it."""

    def place() -> list[int]:
        return [at for at, block in train.main.children.items() if block.type == "tab_container"]

    before = place()
    assert len(before) == 1
    train.number_input(key="folds").set_value(0).run()
    assert [e.value for e in train.error if "Folds is 0" in e.value]
    assert place() == before
    train.number_input(key="folds").set_value(4).run()
    assert_sound(train)
    assert place() == before
