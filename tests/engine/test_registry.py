"""Parameters, strategies and registries."""

import pytest

from outfold.errors import ParameterError, UnknownNameError
from outfold.registry import Facts, Param, Strategy, registry

K = Param("k", "Neighbours", "int", 5, low=1, high=50)
RATIO = Param("ratio", "Ratio", "float", None, low=0.0, high=1.0, none_label="as many")
WAY = Param("way", "Way", "choice", "a", choices=("a", "b"))
FLAG = Param("flag", "Flag", "bool", False)


@pytest.mark.parametrize(
    ("param", "text", "value"),
    [
        (K, "7", 7),
        (RATIO, "0.25", 0.25),
        (RATIO, "none", None),
        (WAY, "b", "b"),
        (FLAG, "yes", True),
        (FLAG, "0", False),
    ],
)
def test_text_is_parsed_to_the_parameters_type(param, text, value):
    """The command line and the form mean the same values."""
    assert param.parse(text) == value
    assert type(param.parse(text)) is type(value)


@pytest.mark.parametrize(
    ("param", "text", "wanted"),
    [
        (K, "0", "a whole number from 1 to 50"),
        (K, "2.5", "a whole number from 1 to 50"),
        (K, "none", "a whole number from 1 to 50"),
        (RATIO, "1.5", "a number from 0 to 1, or none"),
        (WAY, "c", "one of a, b"),
        (FLAG, "maybe", "true or false"),
    ],
)
def test_a_refused_value_says_what_would_be_right(param, text, wanted):
    """The sentence names the parameter, the value and the range."""
    with pytest.raises(ParameterError, match=wanted) as refused:
        param.parse(text)
    assert param.label in refused.value.message
    assert param.key in str(refused.value).casefold()


def test_true_is_no_number():
    """Python counts True as 1; a parameter does not."""
    with pytest.raises(ParameterError, match="whole number"):
        K.check(True)


def test_complete_fills_in_defaults_and_refuses_strangers():
    """Parameters left out are at their defaults; unknown ones are named."""
    strategy = Strategy("selector", "x", "X", "Does x.", lambda **_: None, params=(K, WAY))
    assert strategy.complete({"k": 9}) == {"k": 9, "way": "a"}
    with pytest.raises(ParameterError, match="has no parameter 'q'"):
        strategy.complete({"q": 1})


def test_a_wrong_key_is_answered_with_the_nearest_name():
    """A typing slip gets a hint."""
    with pytest.raises(UnknownNameError, match="Did you mean logistic"):
        registry("model")["logstic"]


def test_a_strategy_that_does_not_serve_the_task_says_so():
    """Not applying is a reason, not an error."""
    facts = Facts(task="regression", n_rows=100, n_features=3, n_numeric=3, n_categorical=0)
    reason = registry("resampler")["smote"].available(facts)
    assert reason is not None
    assert "regression" in reason


def test_the_fingerprint_changes_with_the_module():
    """Two strategies in two files never share a fingerprint, or a change could go unnoticed."""
    prints = [s.fingerprint for s in registry("model")]
    assert len(set(prints)) == len(prints)
