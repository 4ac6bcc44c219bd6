"""Selectors that follow one another, made and changed on the Train page."""

from outfold.study.study import Choice
from tests.pages.conftest import assert_sound
from tests.pages.test_journeys import current

TRAIN = "pages/design/train.py"
CHAIN = Choice.chain([Choice("variance"), Choice("cfs")])


def test_a_chain_is_made_set_and_taken_away(app, home):
    """Two choices and a click; each link has its settings; single selectors stay as they are."""
    made = home.made["binary"]
    at = app(TRAIN, home.root, study=made.study.key)
    before = current(at).selectors
    assert at.button(key="chain-add").disabled
    at.selectbox(key="chain-new-0").select("variance").run()
    at.selectbox(key="chain-new-1").select("cfs").run()
    at.button(key="chain-add").click().run()
    assert_sound(at)
    assert current(at).selectors == (*before, CHAIN)
    assert at.button(key="chain-add").disabled
    assert any("Variance then CFS" in m.value for m in at.markdown)
    place = len(before)
    at.number_input(key=f"chain-{place}-1-cfs-patience").set_value(2).run()
    assert current(at).selectors[-1].label() == "variance+cfs(patience=2)"
    at.checkbox(key="selector-variance").check().run()
    assert [c.path for c in current(at).selectors] == ["none", "variance", "cfs", "variance+cfs"]
    at.button(key=f"chain-{place + 1}-remove").click().run()
    assert_sound(at)
    assert [c.path for c in current(at).selectors] == ["none", "variance", "cfs"]
