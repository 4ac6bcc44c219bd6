import dataclasses
import json

import pytest

from components import features, steadiness
from outfold.judge.half_sample_job import asked, carry_out, job_key
from outfold.judge.half_samples import SAMPLES
from outfold.study.cluster import connected
from outfold.study.execute import execute
from outfold.study.run import new_run
from outfold.study.study import Choice
from outfold.study.table import study_table
from outfold.study.trial import sizes_study, trial_study
from outfold.study.workspace import Workspace
from tests.pages.conftest import Home, assert_sound

PAGE = "pages/design/features.py"
TRAIN = "pages/design/train.py"
METHODS = (Choice("cfs"), Choice("anova_f"))
BY_HAND = Choice.of("pinned", columns=("signal", "noise"))


@pytest.fixture(scope="module")
def tried(home) -> Home:
    """The binary study with a column chosen by hand, its trial and its sizes done."""
    workspace = Workspace(home.root)
    made = home.made["binary"]
    study = made.study.replace(selectors=(*made.study.selectors, BY_HAND))
    workspace.save_study(study)
    facts = study_table(workspace, study).facts
    with connected("", 1) as client:
        for trial in (
            trial_study(study, facts, "selector", METHODS),
            trial_study(study, facts, "selector", [*METHODS, BY_HAND]),
            sizes_study(study, facts, [*METHODS, BY_HAND]),
        ):
            run = new_run(workspace, trial, "", claimed=True)
            execute(workspace, run, client)
            assert workspace.records.run(run).state == "finished"
    return dataclasses.replace(home, made={"binary": dataclasses.replace(made, study=study)})


def opened(app, home: Home, tab: str):
    """The page on one of its tabs, two methods side by side."""
    test = app("", home.root, study=home.made["binary"].study.key)
    test.session_state["methods"] = [c.key for c in METHODS]
    test.session_state["features"] = tab
    test.switch_page(PAGE).run()
    assert_sound(test)
    return test


def said(test) -> str:
    """Everything that the page says in words."""
    texts = [*test.markdown, *test.caption, *test.info, *test.warning]
    return " ".join(t.value for t in texts)


def traces(test) -> list[dict]:
    """What the first chart of the page draws."""
    return json.loads(test.get("plotly_chart")[0].proto.spec)["data"]


@pytest.mark.parametrize(
    "tab", ["Which columns", "What it is worth", "Repeats", "Stability", "By hand"]
)
def test_before_a_trial_each_tab_says_what_it_needs_or_works(app, home, tab):
    """Nothing is blank: tabs that need the trial name the button above."""
    test = app("", home.root, study=home.made["regression"].study.key)
    test.session_state["features"] = tab
    test.switch_page(PAGE).run()
    assert_sound(test)
    assert any(b.key == "try-methods" for b in test.button)
    if tab in ("Which columns", "What it is worth", "Repeats"):
        assert "Try the methods first" in said(test)
    elif tab == "Stability":
        assert any(b.key == "halves" for b in test.button)
    else:
        assert test.button(key="pin-take").disabled


def test_the_matrix_shows_methods_and_leaves_out_what_was_chosen_by_hand(app, tried):
    """A set that looks at no row has no vote; sorting and cells can be changed."""
    test = opened(app, tried, "Which columns")
    (heat,) = traces(test)
    assert [heat["x"][0], len(heat["x"])] == ["Consensus", 3]
    test.selectbox(key="matrix-sort").select("Disagreement").run()
    test.segmented_control(key="matrix-cells").set_value("rank").run()
    assert_sound(test)
    assert "mean rank over the splits" in said(test)
    (other,) = traces(test)
    assert sorted(other["y"]) == sorted(heat["y"])


def test_what_methods_are_worth_stands_beside_keeping_every_column(app, tried):
    """One row a method, every column first, the hand-made set marked by its name."""
    test = opened(app, tried, "What it is worth")
    rows = test.dataframe[0].value
    assert rows["Method"].iloc[0] == "All columns"
    assert rows["Method"].str.startswith("Chosen by hand").sum() == 1
    assert rows["Seconds"].notna().all()
    assert rows["Difference"].notna().sum() == 3


def test_scores_by_size_and_the_path_are_drawn(app, tried):
    """A point for each size; the path of the first fold says which fold it is."""
    test = opened(app, tried, "How many columns")
    assert "Without a ranking to cut" in said(test)
    rows = test.dataframe[0].value
    assert list(rows["Columns kept"]) == [1, 2, 4, 6]
    assert rows["Mark"].str.contains("best").sum() >= 1
    test = opened(app, tried, "L1 path")
    assert "split 1 of 3" in said(test)


def test_half_samples_once_measured_are_shown_with_their_interval(app, tried):
    """What the background wrote down is found by what was asked."""
    workspace, study = Workspace(tried.root), tried.made["binary"].study
    wanted = asked(study, METHODS)
    test = opened(app, tried, "Stability")
    assert any(b.key == "halves" for b in test.button)
    (workspace.root / "stability").mkdir(exist_ok=True)
    carry_out(workspace, wanted, SAMPLES)
    assert steadiness._key(study, METHODS, SAMPLES) == job_key(wanted, SAMPLES)
    test = opened(app, tried, "Stability")
    assert not [b for b in test.button if b.key == "halves"]
    rows = test.dataframe[0].value
    assert list(rows["Measured"]) == ["over the splits"] * 2 + ["over half samples"] * 2
    assert rows["Interval"].iloc[2:].str.contains(" to ").all()
    assert f"{SAMPLES} halves of about 120 rows" in said(test)


def test_taking_a_method_takes_the_method_and_not_its_list(app, tried):
    """The study gets the selector, to be fitted in each fold, and its button says that it is in."""
    test = opened(app, tried, "By hand")
    test.button(key="add-anova_f").click().run()
    assert_sound(test)
    assert Choice("anova_f") in test.session_state["outfold"].study.selectors
    assert test.button(key="add-anova_f").disabled


def test_methods_put_side_by_side_outlive_taking_one_and_a_reload(app, tried):
    """The address names them by key, so a new session finds the same trial and the same meter."""
    study = tried.made["binary"].study
    study = study.replace(selectors=study.selectors[:1])
    Workspace(tried.root).save_study(study)
    test = app("", tried.root, study=study.key).switch_page(PAGE).run()
    before = test.multiselect(key="methods").value
    measured = test.selectbox(key="leakage-selector-selector").value
    assert before == ["cfs", "mrmr", "l1"]
    assert "methods" not in test.query_params
    test.button(key="add-mrmr").click().run()
    address = {name: str(test.query_params[name]) for name in test.query_params}
    assert address["methods"].endswith("cfs,mrmr,l1")
    again = app("", tried.root, study=address["study"], methods="cfs,mrmr,l1")
    again.switch_page(PAGE).run()
    assert_sound(again)
    assert again.multiselect(key="methods").value == before
    assert again.selectbox(key="leakage-selector-selector").value == measured
    again.multiselect(key="methods").set_value(["anova_f"]).run()
    assert again.query_params["methods"] == "anova_f"


def test_a_finished_trial_stays_in_sight_when_columns_or_methods_are_taken(app, tried):
    """The matrix stands as before; of the trial only the columns taken by hand are offered."""
    test = opened(app, tried, "By hand")
    next(m for m in test.multiselect if m.label == "Columns").set_value(["flag", "signal"]).run()
    test.button(key="pin-take").click().run()
    test.button(key="add-anova_f").click().run()
    study = test.session_state["outfold"].study
    assert Choice("anova_f") in study.selectors
    made = dataclasses.replace(tried.made["binary"], study=study)
    test = opened(app, dataclasses.replace(tried, made={"binary": made}), "Which columns")
    assert len(traces(test)[0]["x"]) == 3, said(test)
    assert "3 fits" in said(test)
    assert any(b.key == "try-methods" for b in test.button)


def test_while_the_methods_are_tried_the_tabs_say_so(app, home):
    """A trial waiting for its turn has no button any more that could be pointed to."""
    workspace, study = Workspace(home.root), home.made["binary"].study
    facts = study_table(workspace, study).facts
    trial = trial_study(study, facts, "selector", [Choice("relieff")])
    run = new_run(workspace, trial, "", claimed=True)
    test = app("", home.root, study=study.key)
    test.session_state["methods"] = ["relieff"]
    test.session_state["features"] = "Which columns"
    test.switch_page(PAGE).run()
    workspace.records.finish(run, "cancelled")
    assert "The methods are being tried" in said(test)
    assert "Try the methods first" not in said(test)


def test_columns_are_taken_by_hand_and_marked(app, tried):
    """Starting from a method's set, one more column ticked; the mark stands on Train too."""
    test = opened(app, tried, "By hand")
    assert "may be optimistic" in said(test)
    box = next(m for m in test.multiselect if m.label == "Columns")
    assert sorted(box.value) == ["noise", "signal"]  # what the study has
    box.set_value(["flag", "signal"]).run()
    assert "These 2 columns are in the study" not in said(test)
    test.button(key="pin-take").click().run()
    assert_sound(test)
    assert "These 2 columns are in the study" in said(test)
    assert "compared from now on" in test.toast[0].value
    pinned = [c for c in test.session_state["outfold"].study.selectors if c.key == "pinned"]
    assert len(pinned) == 1
    assert set(dict(pinned[0].params)["columns"]) == {"flag", "signal"}
    test.switch_page(TRAIN).run()
    assert_sound(test)
    assert sorted(test.multiselect(key="selector-pinned-columns").value) == ["flag", "signal"]
    assert "OF401" in said(test)


def test_a_name_of_another_page_of_the_matrix_is_found_by_a_part():
    """The order asked for decides which columns come first."""
    from outfold.judge.stability import agreement
    from outfold.select.selection import Selection

    found = agreement({"a": [Selection(("x",), {"x": 1.0, "y": 2.0})],
                       "b": [Selection(("y",), {"x": 1.0, "y": 2.0})]})  # fmt: skip
    assert [found.columns[i] for i in features._sorted(found, "a")] == ["x", "y"]
    assert [found.columns[i] for i in features._sorted(found, "b")] == ["y", "x"]
