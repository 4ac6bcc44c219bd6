"""What a person does, one click after the other, without a browser."""

import io

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from components import columns
from outfold.data.store import DatasetStore
from outfold.errors import StudyError
from outfold.study.study import Choice, Study
from outfold.study.workspace import Workspace
from tests.pages.conftest import assert_sound
from tests.tables import mixed_table

DATA = "pages/data/data.py"
TRAIN = "pages/design/train.py"


def csv_of(frame: pd.DataFrame) -> bytes:
    stream = io.StringIO()
    frame.to_csv(stream, index=False)
    return stream.getvalue().encode()


def upload(test: AppTest, name: str, content: bytes) -> AppTest:
    """Give a file to the uploader of the page."""
    box = next(u for u in test.file_uploader if u.key and u.key.startswith("upload-"))
    return box.upload(name, content, "application/octet-stream").run()


def current(test: AppTest) -> Study:
    """The study that the session has before it."""
    study = test.session_state["outfold"].study
    assert study is not None
    return study


@pytest.fixture
def loaded(app) -> AppTest:
    """The data page after a table was uploaded on the start page."""
    test = upload(app(), "customers.csv", csv_of(mixed_table(120)))
    assert_sound(test)
    return test


def test_an_uploaded_table_opens_with_a_study_that_can_be_run(loaded):
    """After one upload the target is proposed, the models are ticked, and the address says so."""
    assert loaded.title[0].value == "What did I load?"
    study = current(loaded)
    assert (study.target, study.task) == ("y", "binary")
    assert study.models
    assert loaded.query_params["study"] == study.key
    assert any("customers" in m.value for m in loaded.sidebar.markdown)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("header.csv", b"a,b,c\n"),
        ("noise.csv", bytes(range(256)) * 40),
        ("one.csv", b"a,b\n1,2\n"),
        ("fake.xlsx", b"PK\x03\x04 this is no workbook"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_a_sentence(loaded, name, content):
    """Nothing that was loaded before is lost, and there is no traceback."""
    before = current(loaded)
    test = upload(loaded, name, content)
    assert not test.exception
    assert len(test.error) == 1
    assert name.partition(".")[0] in test.error[0].value
    assert current(test) == before


def test_a_new_target_changes_the_task_and_undo_brings_the_old_one_back(loaded):
    """Every choice is a changed study; the one before is kept."""
    before = current(loaded)
    loaded.selectbox(key="target").select("signal").run()
    assert_sound(loaded)
    assert (current(loaded).target, current(loaded).task) == ("signal", "regression")
    loaded.button(key="card-undo").click().run()
    assert current(loaded) == before
    loaded.button(key="card-redo").click().run()
    assert current(loaded).target == "signal"


def test_undo_outlives_a_refresh_and_ends_where_the_table_was_opened(loaded, app, tmp_path):
    """What a study was changed from is kept on the server, so a new session knows it as well."""
    before = current(loaded)
    loaded.selectbox(key="target").select("signal").run()
    changed = current(loaded)
    fresh = app(DATA, root=tmp_path / "empty", study=changed.key)
    assert current(fresh) == changed
    fresh.button(key="card-undo").click().run()
    assert current(fresh) == before
    assert fresh.button(key="card-undo").disabled


def test_a_number_outside_its_range_is_refused_in_a_sentence_and_changes_nothing(loaded):
    loaded.switch_page("pages/design/train.py").run()
    loaded.checkbox(key="model-random_forest").check().run()
    before = current(loaded)
    loaded.number_input(key="model-random_forest-n_estimators").set_value(99_999).run()
    (said,) = [e.value for e in loaded.error]
    assert "Trees" in said
    assert "99999" in said
    assert "from 5 to 2000" in said
    assert current(loaded) == before
    assert loaded.number_input(key="model-random_forest-n_estimators").value == 200


def test_a_new_target_says_which_choices_it_left_out(loaded):
    """A resampler that a target of numbers cannot have is named, and undo stands beside it."""
    loaded.switch_page("pages/design/train.py").run()
    loaded.checkbox(key="resampler-class_weight").check().run()
    before = current(loaded)
    loaded.switch_page("pages/data/data.py").run()
    loaded.selectbox(key="target").select("signal").run()
    said = next(w.value for w in loaded.warning if "Left out" in w.value)
    assert "does not apply to signal" in said
    assert "Class weights \\(" in said
    assert Choice("class_weight") not in current(loaded).resamplers
    loaded.button(key="note-undo").click().run()
    assert current(loaded) == before
    assert not loaded.warning


def test_a_target_of_dates_is_refused_in_one_sentence_that_leads_back(loaded):
    """The card says it on every page, offers no run, and the columns can still be changed."""
    loaded.selectbox(key="target").select("when").run()
    said = [e.value for e in loaded.error]
    assert len(said) == 1
    assert "holds dates, which cannot be predicted here" in said[0]
    assert any(m.value == "## Columns" for m in loaded.markdown)
    loaded.switch_page("pages/start/home.py").run()
    assert not loaded.exception
    assert any("holds dates" in c.value for c in loaded.sidebar.caption)
    assert loaded.button(key="card-next").label == "Choose another target"


def test_another_reading_keeps_what_was_chosen_and_undo_brings_the_first_back(loaded):
    """Target and models stay where their columns are still there; the way back is open."""
    loaded.selectbox(key="target").select("signal").run()
    before = current(loaded)
    boxes = [b for b in loaded.text_input if b.label.startswith("Cells that mean missing")]
    boxes[0].set_value("c")
    next(b for b in loaded.button if b.label == "Read again").click().run()
    assert_sound(loaded)
    now = current(loaded)
    assert now.dataset != before.dataset
    assert (now.target, now.task, now.models) == ("signal", "regression", before.models)
    assert loaded.session_state["outfold"].dataset == now.dataset
    loaded.button(key="card-undo").click().run()
    assert_sound(loaded)
    assert current(loaded) == before
    assert loaded.session_state["outfold"].dataset == before.dataset


def test_a_fix_is_recorded_in_the_study_and_can_be_taken_back(app):
    """The table itself is not changed; the study says what is done to it."""
    frame = mixed_table(120)
    test = upload(app(), "copies.csv", csv_of(pd.concat([frame, frame.head(10)])))
    fixes = [b for b in test.button if b.key and b.key.startswith("fix-")]
    assert fixes
    fixes[0].click().run()
    assert_sound(test)
    assert len(current(test).fixes) == 1
    test.button(key="unfix-0").click().run()
    assert_sound(test)
    assert current(test).fixes == ()


def test_a_tick_adds_candidates_and_survives_a_change_of_page(loaded):
    """Widgets are views of the study, so nothing is lost by looking elsewhere."""
    before = len(current(loaded).candidates())
    loaded.switch_page(TRAIN).run()
    loaded.checkbox(key="model-naive_bayes").check().run()
    assert_sound(loaded)
    assert len(current(loaded).candidates()) == before + 1
    loaded.switch_page(DATA).run()
    loaded.switch_page(TRAIN).run()
    assert loaded.checkbox(key="model-naive_bayes").value is True


def test_a_parameter_of_a_strategy_goes_into_the_study(loaded):
    """What differs from the default is written down; the default itself is not."""
    loaded.switch_page(TRAIN).run()
    loaded.number_input(key="model-random_forest-n_estimators").set_value(50).run()
    assert_sound(loaded)
    forest = next(c for c in current(loaded).models if c.key == "random_forest")
    assert dict(forest.params) == {"n_estimators": 50}
    loaded.number_input(key="folds").set_value(3).run()
    assert current(loaded).validation.folds == 3


def test_roles_and_types_edited_in_the_table_make_a_changed_study(tmp_path, monkeypatch):
    """A group role brings grouped folds with it; a second target takes the first one's place."""
    monkeypatch.setenv("OUTFOLD_HOME", str(tmp_path))
    workspace = Workspace(tmp_path)
    dataset = DatasetStore(workspace.root / "datasets").add_frame(mixed_table(120), "t")
    study = Study(dataset.key, "y", "binary")
    rows = columns.frame_of([])
    rows = rows.reindex(range(3))
    rows["Column"] = ["kind", "flag", "y"]
    grouped = columns.with_edits(study, study, rows, {0: {"Role": "group"}})
    assert grouped.column_with("group") == "kind"
    assert grouped.validation.scheme == "stratified_grouped"
    text = columns.with_edits(study, study, rows, {1: {"Type": "categorical"}})
    assert dict(text.types) == {"flag": "categorical"}
    assert columns.with_edits(text, text, rows, {1: {"Type": "boolean"}}).types == ()
    moved = columns.with_edits(study, study, rows, {1: {"Role": "target"}})
    assert moved.target == "flag"
    with pytest.raises(StudyError, match="is the target"):
        columns.with_edits(study, study, rows, {2: {"Role": "feature"}})


def test_a_ragged_file_can_be_read_otherwise_where_it_was_refused(loaded):
    """The refusal comes with the form that mends it; what was open stays open until then."""
    before = current(loaded)
    rows = "".join(f"{i},{i % 5},{i % 3}\n" for i in range(40))
    test = upload(loaded, "ragged.csv", f"a,b,c\n{rows}6,7,8,9\n".encode())
    assert len(test.error) == 1
    assert current(test) == before
    # The form of the table that is open comes first.
    [b for b in test.selectbox if b.label == "Lines of another length"][-1].select("skip")
    [b for b in test.button if b.label == "Read again"][-1].click().run()
    assert_sound(test)
    assert current(test).dataset != before.dataset
    assert any("ragged" in m.value for m in test.sidebar.markdown)
