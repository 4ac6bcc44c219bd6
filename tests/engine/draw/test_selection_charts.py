import numpy as np

from outfold.draw import penalty_path, selection_matrix, selection_scores
from outfold.select.penalised_path import Path
from outfold.select.selection import Selection

FOUND = Selection(
    ("age", "<b>size</b>"),
    {"age": 0.9, "<b>size</b>": 0.5, "when": 0.4, "copy": 0.3, "blank": float("nan")},
    score_name="symmetrical uncertainty",
    merit=0.61,
    merit_name="CFS merit",
    dropped_because={"copy": "age"},
)
OTHER = Selection(("age",), {"age": 2.0, "when": 1.0})


def test_the_matrix_marks_kept_columns_by_a_sign_and_not_by_colour_alone():
    """A filled dot before the rank, and the reason of a drop in the hover text."""
    figure = selection_matrix.draw({"CFS": FOUND, "F test": OTHER})
    (heat,) = figure.data
    assert heat.y[0] == "age"
    assert list(heat.text[0]) == ["● 1", "● 1"]
    cell = list(heat.y).index("copy")
    assert heat.text[cell][0] == "4"
    assert "repeats age" in heat.customdata[cell][0]
    assert "Only age is kept by every selector" in figure.layout.title.text


def test_names_are_escaped():
    """A column's name is text, not markup."""
    for figure in (
        selection_matrix.draw({"<i>x</i>": FOUND}),
        selection_scores.draw(FOUND, "<i>x</i>"),
    ):
        text = figure.to_json()
        assert "<b>size" not in text
        assert "<i>x" not in text
        assert "&lt;b&gt;size" in text or "\\u0026lt;b" in text


def test_the_matrix_draws_a_part_of_many_columns_and_says_so():
    """The table beside it has the rest."""
    many = Selection(tuple(f"c{i}" for i in range(90)), {f"c{i}": float(-i) for i in range(90)})
    figure = selection_matrix.draw({"a": many})
    assert len(figure.data[0].y) == 40
    assert "the first 40 of 90" in figure.layout.title.subtitle.text


def test_scores_tell_kept_from_dropped_by_a_pattern_too():
    """Undefined scores are left out."""
    figure = selection_scores.draw(FOUND, "CFS")
    kept, dropped = figure.data
    assert (kept.name, dropped.name) == ("kept", "dropped")
    assert dropped.marker.pattern.shape == "/"
    assert list(kept.x) == [0.9, 0.5]
    assert "blank" not in [*kept.y, *dropped.y]
    assert "keeps 2 of 5 columns" in figure.layout.title.text
    assert "CFS merit: 0.61" in figure.layout.title.subtitle.text


def test_a_selector_without_scores_has_a_chart_that_says_so():
    """Keeping every column has no score."""
    figure = selection_scores.draw(Selection(("a",), {"a": float("nan")}), "All columns")
    assert len(figure.data) == 0
    assert "no scores" in figure.layout.title.subtitle.text


def test_the_penalty_path_names_the_first_column_to_enter():
    """Columns that never enter have no line."""
    result = Path(
        np.array([1.0, 0.1, 0.01]),
        np.array([[0, 0, 0], [0.0, 0.4, 0], [0.2, 0.6, 0]]),
        ("late", "early", "never"),
    )
    figure = penalty_path.draw(result, penalty=0.1)
    assert [t.name for t in figure.data] == ["early", "late"]
    assert figure.layout.title.text.startswith("early is the first")
    assert figure.layout.shapes[0].x0 == 0.1
    (chosen,) = [a for a in figure.layout.annotations if a.text == "chosen"]
    assert chosen.x == -1.0
