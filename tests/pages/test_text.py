import math

import plotly.graph_objects as go
import pytest

from components import chart, names, text
from outfold.draw.theme import layout
from outfold.study.study import Choice


@pytest.mark.parametrize(
    "hostile",
    [
        "[link](http://x)", "![i](http://x/y.png)", "<script>", "$x$", "a_b_c", "*a*", "`a`",
        "~~a~~", "# a", "a|b", "&lt;",
    ],
)  # fmt: skip
def test_no_character_of_markup_is_left_bare(hostile):
    """Every character that markdown reads is escaped, so a column's name stays a name."""
    shown = text.plain(hostile)
    for place, character in enumerate(shown):
        if character in "[]()<>$_*`~#|&!":
            assert shown[place - 1] == "\\"


@pytest.mark.parametrize("hostile", [":smile:", ":red[a]", ":material/home:", "http://a", "a@b"])
def test_directives_and_addresses_in_data_are_broken_up(hostile):
    """Streamlit reads these in text that is already parsed, where escaping does not help."""
    assert "\u2060" in text.plain(hostile)


def test_a_long_name_is_cut_and_line_breaks_are_blanks():
    """A label stays one line."""
    assert text.plain("a\nb", 10) == "a b"
    assert text.plain("x" * 100, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.123456, "0.123"), (12.3456, "12.3"), (12345.6, "12,346"), (0, "0"), (math.nan, "–"),
     (-0.5, "-0.500"), (1.5e9, "1.50e+09"), (math.inf, "∞")],
)  # fmt: skip
def test_numbers_keep_three_significant_digits(value, shown):
    """More digits would claim more than was measured."""
    assert text.number(value) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
     (0.0000021, "2 µs"), (0.0421, "42.1 ms"), (4.12, "4.1 s"),
     (200, "3 min 20 s"), (7260, "2 h 1 min"),
     (math.nan, "–")],
)  # fmt: skip
def test_durations_have_the_unit_that_suits_them(seconds, shown):
    """Nobody reads 7260 s."""
    assert text.duration(seconds) == shown


def test_sizes_and_shares_are_read_by_people():
    """Units of a thousand; a small share is never shown as nothing."""
    assert text.size(3_400_000) == "3.40 MB"
    assert text.share(0.0001) == "<0.1 %"
    assert text.share(0.25) == "25 %"
    assert text.count(1, "row") == "1 row"
    assert text.count(1024, "row") == "1,024 rows"
    assert text.ago(0, 7200) == "2 h ago"


def test_steps_and_columns_chosen_by_hand_have_names_for_people():
    """Labels instead of keys, and no list of columns; what is no step of a strategy stays."""
    assert names.step_name("fit hist_gradient_boosting(max_iter=50), split 1 of 3") == (
        "fit Gradient boosting(max_iter=50), split 1 of 3"
    )
    assert names.step_name("select pinned(columns=a, b), split 2 of 3") == (
        "select Chosen by hand, split 2 of 3"
    )
    assert names.step_name("fit with and without mistakes, split 1 of 3").startswith("fit with")
    by_hand = Choice.of("pinned", columns=("a", "<b>b</b>", "c", "d"))
    assert names.choice_name("selector", by_hand) == "Chosen by hand (4 columns)"


def test_column_names_above_a_plot_leave_room_for_the_toolbar():
    """Without a title an axis at the top would reach under the buttons."""
    figure = layout(go.Figure(go.Heatmap(x=["a"], y=["b"], z=[[1]])), "A title")
    figure.update_xaxes(side="top")
    assert chart.drawn(figure).figure.layout.xaxis.title.text == " "
    assert figure.layout.xaxis.title.text is None
