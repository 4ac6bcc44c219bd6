"""Different candidates have different labels, and each tells its model and every step."""

from __future__ import annotations

import itertools

from outfold.draw.candidate_names import called, parts

MODELS = ("Logistic regression", "Histogram gradient boosting (learning rate 0.05)")
SELECTORS = ("Correlation then L1 (limit 10, strength 0.01)", "Correlation then L1 (limit 20)")
RESAMPLERS = ("SMOTE (neighbours 3)", "SMOTE (neighbours 5)", "Random undersampling")


def test_a_short_name_is_left_alone_and_a_key_drops_steps_that_do_nothing():
    """What fits is not touched."""
    assert called("a", {"a": "Naive Bayes, SMOTE"}) == "Naive Bayes, SMOTE"
    assert called("none + smote + bayes") == "smote + bayes"
    assert called("a", {"a": "<b>"}) == "&lt;b&gt;"


def test_parts_are_split_at_commas_outside_parentheses():
    """A parameter belongs to its step."""
    assert parts("Forest (a 1, b 2), CFS, SMOTE") == ["Forest (a 1, b 2)", "CFS", "SMOTE"]


def test_long_names_keep_a_piece_of_model_selector_and_resampler_and_none_reads_as_another():
    """Names that differ only at their ends are told apart in a legend."""
    grid = itertools.product(MODELS, SELECTORS, RESAMPLERS)
    names = {str(i): ", ".join(one) for i, one in enumerate(grid)}
    for longest in (24, 30, 44, 60):
        labels = [called(key, names, longest) for key in names]
        assert len(set(labels)) == len(names)
        assert all(len(one) <= longest + 4 for one in labels)
        for key, one in zip(names, labels, strict=True):
            shown = parts(one.split(" #")[0])
            whole = parts(names[key])
            if len(shown) == 3:
                assert all(a[:3] == b[:3] for a, b in zip(shown, whole, strict=True))
    assert "SMOTE" in called("0", names, 44)


def test_names_that_are_equal_once_cut_are_numbered():
    """Columns chosen by hand may differ in the middle alone."""
    names = {"a": "Chosen by hand (" + "x|" * 30 + "y" + "|x" * 30 + ")"}
    names["b"] = names["a"].replace("|y|", "|z|")
    assert called("a", names).endswith("#1")
    assert called("b", names).endswith("#2")
