"""The leakage meter on the pages of its steps: offered, and shown once it is measured."""

from __future__ import annotations

import dataclasses
import time

from outfold.study.leakage import leakage_key, leakage_study, so_far_key
from outfold.study.leaky_kept import as_step
from outfold.study.leaky_measure import measure
from outfold.study.leaky_run import at_once
from outfold.study.run import new_run
from outfold.study.steps import with_splits
from outfold.study.study import NONE, Choice, Study
from outfold.study.table import study_table
from outfold.study.workspace import Workspace
from tests.pages.conftest import assert_sound

PAGE = "pages/design/resampling.py"


def measured(workspace: Workspace, asked: Study) -> None:
    """Measure in this process, and keep it as the run service does."""
    table = study_table(workspace, asked)
    found = measure(with_splits(table, asked), asked, table.positive, at_once, seconds=3600)
    body, arrays = as_step(found)
    workspace.save_step(leakage_key(asked, table.positive), "leakage", body, arrays, 1.0)
    run = new_run(workspace, asked, "", claimed=True)
    workspace.records.finish(run, "finished")
    assert time.time() > workspace.records.run(run).created


def test_the_meter_is_offered_and_then_shows_the_optimism(app, home):
    """A study without a resampler is measured with the first method that the page shows."""
    study = home.made["binary"].study
    test = app(PAGE, home.root, study=study.key)
    assert_sound(test)
    assert any(b.label == "Measure it on this table" for b in test.button)
    asked = leakage_study(study, NONE, Choice("smotenc"), Choice("logistic"))
    measured(Workspace(home.root), asked)
    test.selectbox(key="leakage-resampler-resampler").set_value("smotenc").run()
    assert_sound(test)
    assert not [b for b in test.button if b.label == "Measure it on this table"]
    assert any("were made from other rows" in c.value for c in test.caption)
    assert any("Optimism is positive where the mistake flatters" in c.value for c in test.caption)
    # Another metric is another view of the same measurement.
    other = study.replace(metric="f1")
    Workspace(home.root).save_study(other)
    test = app(PAGE, home.root, study=other.key)
    test.selectbox(key="leakage-resampler-resampler").set_value("smotenc").run()
    assert not [b for b in test.button if b.label == "Measure it on this table"]
    test.selectbox(key="leakage-resampler-model").set_value("hist_gradient_boosting").run()
    assert [b for b in test.button if b.label == "Measure it on this table"]


def test_first_figures_stay_when_a_measurement_is_cancelled(app, home):
    """They say on how many rows and splits they stand, and the measurement is offered again."""
    workspace = Workspace(home.root)
    study = home.made["binary"].study.replace(seed=77)
    workspace.save_study(study)
    asked = leakage_study(study, NONE, Choice("smotenc"), Choice("logistic"))
    table = study_table(workspace, asked)
    found = measure(with_splits(table, asked), asked, table.positive, at_once, seconds=3600)
    first = dataclasses.replace(found, splits=found.splits[:2])
    key = so_far_key(leakage_key(asked, table.positive))
    workspace.save_step(key, "leakage", as_step(first)[0], {}, 0.0)
    run = new_run(workspace, asked, "", claimed=True)
    test = app("", home.root, study=study.key)
    test.session_state["leakage-resampler-resampler"] = "smotenc"
    test.switch_page(PAGE).run()
    said = " ".join(c.value for c in test.caption)
    assert "first figures, on 240 of 240 rows and 2 of 3 splits: more follow" in said
    test.button(key=f"cancel-{run}").click().run()
    assert test.button(key=f"cancel-{run}").disabled
    assert test.progress[0].text == "Cancelling: waiting for steps under way"
    workspace.records.finish(run, "cancelled")
    test.run()
    assert_sound(test)
    assert [b for b in test.button if b.label == "Measure it on this table"]
    said = " ".join(c.value for c in test.caption)
    assert "first figures, on 240 of 240 rows and 2 of 3 splits: it was ended before" in said
