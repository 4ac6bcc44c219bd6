"""The learning curve's picture says what its figures say."""

from __future__ import annotations

import numpy as np

from outfold.draw import learning_curve as picture
from outfold.judge.learning_curve import learning_curve
from tests.engine.judge.test_learning_curve import LOGISTIC, grown, splits


def test_points_law_and_the_end_of_measuring_are_drawn():
    """Six points with bars, a law dotted beyond them, and the sentence as title."""
    found = learning_curve(grown(splits(0.9, 0.05, 0.4, 0.0005)))
    figure = picture.draw(found, {LOGISTIC.name: "<Logistic>"})
    points = next(t for t in figure.data if t.mode == "markers")
    assert np.array(points.x).tolist() == [100, 200, 400, 800, 1600, 3200]
    assert points.name == "&lt;Logistic&gt;"
    dotted = [t for t in figure.data if t.line.dash == "dot" and t.name != "baseline"]
    assert min(dotted[0].x) <= 3200 < max(dotted[0].x)
    assert figure.layout.xaxis.type == "log"
    assert "More rows would help" in figure.layout.title.text.replace("<br>", " ")
    assert "&lt;Logistic&gt;" in figure.layout.title.text.replace("<br>", " ")


def test_a_run_without_scores_is_an_empty_chart():
    """Nothing measured, nothing claimed."""
    found = learning_curve(grown(np.full((6, 3), np.nan)))
    figure = picture.draw(found)
    assert "Scores by number of training rows" in figure.layout.title.text
