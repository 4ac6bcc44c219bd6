"""What a study was changed from, as undo after a refresh needs it."""

from pathlib import Path

import pytest

from outfold.study.study import Study
from outfold.study.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def seeded(seed: int) -> Study:
    return Study(dataset="d", target="y", task="binary", seed=seed)


def test_studies_are_told_in_the_order_in_which_they_were_changed(workspace):
    one, two, three = (seeded(i) for i in range(3))
    workspace.save_study(one, before="none")
    workspace.save_study(two, before=one)
    workspace.save_study(three, before=two)
    assert workspace.studies_before(three) == [one, two]
    assert workspace.studies_before(three, limit=1) == [two]
    assert workspace.studies_before(one) == []


def test_a_run_of_a_study_does_not_forget_what_it_was_changed_from(workspace):
    one, two = seeded(0), seeded(1)
    workspace.save_study(one)
    workspace.save_study(two, before=one)
    workspace.save_study(two)
    assert workspace.studies_before(two) == [one]


def test_changing_back_by_hand_ends_in_no_circle(workspace):
    one, two = seeded(0), seeded(1)
    workspace.save_study(one, before="none")
    workspace.save_study(two, before=one)
    workspace.save_study(one, before=two)
    assert workspace.studies_before(one) == [two]


def test_a_study_that_is_no_longer_understood_ends_the_way_back(workspace):
    one, two = seeded(0), seeded(1)
    workspace.records.save_study("old", '{"of another version": 1}', "")
    workspace.records.save_study(one.key, one.to_json(), "old")
    workspace.save_study(two, before=one)
    assert workspace.studies_before(two) == [one]
