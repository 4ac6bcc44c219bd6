import math

import pandas as pd
import pytest

from outfold.commands.command import strategy_choice
from outfold.errors import NotApplicableError, ParameterError
from outfold.registry import registry, worded
from outfold.study.by_hand import CODE, by_hand
from outfold.study.plan import Plan, Step
from outfold.study.study import NONE, Choice, Study

PINNED = registry("selector")["pinned"]
(COLUMNS,) = PINNED.params
FRAME = pd.DataFrame({"a": [0.0, 1, 2, 3], "b|c": [1.0, 0, 1, 0], "d": [3.0, 3, 1, 1]})
MANY = tuple(f"c{i}" for i in range(40))


def test_exactly_the_named_columns_are_kept_in_the_frames_order():
    """What is named and not there is told; nothing is ranked."""
    selector = PINNED.build(task="binary", seed=0, columns=("d", "gone", "a"))
    kept = selector.fit(FRAME, [0, 1, 0, 1]).transform(FRAME)
    assert list(kept) == ["a", "d"]
    found = selector.selection_
    assert found.selected == ("d", "a")
    assert all(math.isnan(v) for v in found.scores.values())
    assert "gone" in found.notes[0]


def test_columns_of_which_none_is_there_are_refused():
    """A candidate that would see nothing fails in words."""
    with pytest.raises(NotApplicableError, match="None of the 1 columns"):
        PINNED.build(task="binary", seed=0, columns=("gone",)).fit(FRAME, [0, 1, 0, 1])


def test_column_names_are_parsed_between_bars():
    """A bar in a name is written with a backslash; a name comes once."""
    assert COLUMNS.parse(r"a|b\|c|a") == ("a", "b|c")
    assert COLUMNS.parse("none") is None
    choice = strategy_choice("selector", "pinned", ["columns=a|d"])
    assert choice == Choice.of("pinned", columns=("a", "d"))


@pytest.mark.parametrize("value", [[], "a", [1], {"a": 1}])
def test_what_is_no_list_of_names_is_refused(value):
    """A word is not taken apart into letters."""
    with pytest.raises(ParameterError, match="names of columns"):
        COLUMNS.check(value)


def test_a_choice_of_columns_survives_being_written_down():
    """A study and a plan are read back equal, so that keys stay and steps are found again."""
    choice = Choice.of("pinned", columns=MANY)
    study = Study("k", "y", "binary", selectors=(NONE, choice), models=(Choice("logistic"),))
    read = Study.from_json(study.to_json())
    assert read == study
    assert read.key == study.key
    step = Step("s", "select", "pinned", choice.params, "p", 0, "")
    plan = Plan("k", (step,), {}, {}, (1,), (1,))
    assert Plan.from_json(plan.to_json()).steps == (step,)


def test_names_stay_short_and_tell_sets_apart():
    """Forty columns make a name that can be read, another set of forty another name."""
    one, other = Choice.of("pinned", columns=MANY), Choice.of("pinned", columns=(*MANY[:39], "z"))
    assert len(one.label()) < 60
    assert one.label().startswith("pinned(columns=c0|c1|c2|37 more")
    assert one.label() != other.label()
    assert worded(("a", "b")) == "a|b"
    assert worded(0.5) == "0.5"


def test_columns_chosen_by_hand_are_a_finding_of_the_study():
    """A pinned set has the code and its columns; methods have none."""
    base = Study("k", "y", "binary", selectors=(NONE, Choice("cfs"), Choice("pinned")))
    assert by_hand(base) == ()
    (odd,) = by_hand(base.replace(selectors=(Choice.of("pinned", columns=("d", "a, b")),)))
    assert "('d' and 'a, b')" in odd.message
    (found,) = by_hand(base.replace(selectors=(Choice.of("pinned", columns=("a", "d")),)))
    assert (found.code, found.columns) == (CODE, ("a", "d"))
    assert "may be optimistic" in found.message
