"""Building a generalised linear model: family, link, terms and the formula that says them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache, state
from components.glm_choice import FIRST, GlmChoice, read, written
from components.text import plain
from outfold.hashing import key_of
from outfold.study.study import Study

if TYPE_CHECKING:
    from outfold.judge.formula import Formula

NAMED = 8
"""Columns left out of the first formula that are named."""

_TESTS = {"auto": "By family", "chisq": "χ²", "f": "F"}


def builder(study: Study) -> GlmChoice:
    """Choose family, link, terms and the rest; the terms write the formula, which can be edited."""
    from outfold.judge.default_formula import FAMILY_OF, default_formula
    from outfold.judge.expression import quoted, unquoted
    from outfold.judge.glm_families import FAMILIES, LINKS

    _, schema = cache.typed(study)
    numeric = [c.name for c in schema.columns if c.type in ("numeric", "boolean")]
    responses = list(schema.names())
    suited = study.target if study.task in FAMILY_OF else next(iter(numeric), study.target)
    if suited != study.target:
        st.info(
            f"{plain(study.target)} has several classes, and a generalised linear model needs a "
            "number or two classes. Another response is taken here.",
            icon=":material/info:",
        )
    features = cache.table(study).features
    place = key_of(study.dataset, study.target, study.fixes, study.types)
    formulas = state.current().formulas
    if place not in formulas:
        first = default_formula(schema, suited, features, FIRST).text
        formulas[place] = (first, first)

    def write(text: str) -> None:
        """Take a formula, from whichever control; all of them show it then."""
        _, last = formulas[place]
        formulas[place] = (text, text if read(text, schema.names()) else last)

    text, readable = formulas[place]
    formula = read(readable, schema.names())
    assert formula is not None
    response = next(iter(formula.columns()))
    left, middle, right = st.columns(3)
    with left:
        st.selectbox(
            "Response", responses,
            **state.acting(
                f"glm-response-{place}", response,
                lambda name: write(default_formula(schema, name, features, FIRST).text),
            ),
        )  # fmt: skip
    with middle:
        keys = list(FAMILIES)
        usual = FAMILY_OF.get(study.task, "gaussian") if response == study.target else "gaussian"
        family = st.selectbox(
            "Family", keys, keys.index(usual), format_func=lambda k: FAMILIES[k].label,
            help="  \n".join(f"**{f.label}**: {f.summary}" for f in FAMILIES.values()),
            key=f"glm-family-{usual}", persist_state="session",
        )  # fmt: skip
    with right:
        link = st.selectbox(
            "Link", FAMILIES[family].links, format_func=lambda k: f"{k}: {LINKS[k][0]}",
            help="The scale on which the terms add up.",
            key=f"glm-link-{family}", persist_state="session",
        )  # fmt: skip
    columns = [quoted(n) for n in schema.names() if n != response]
    st.multiselect(
        "Terms", list(dict.fromkeys([*columns, *formula.labels])),
        help="They and the formula below write each other.", format_func=unquoted,
        **state.acting(
            f"glm-terms-{place}", list(formula.labels),
            lambda labels: write(written(formula, labels)),
        ),
    )  # fmt: skip
    _add_term(formula, columns, place, write)
    st.text_input(
        "Formula",
        help="`*` for interactions, `poly(x, 2)` and `bs(x, df = 5)` for curves, `C(x)` for a "
        "level per number, `offset(x)`, `0 +` for no intercept, "
        "`cbind(yes, no) ~` for counts of successes and failures.",
        **state.acting(f"glm-formula-{place}", text, lambda said: write(said.strip() or readable)),
    )
    unsaid = default_formula(schema, response, features, FIRST).left_out
    taken = set(formula.columns())
    _left_out([(name, reason) for name, reason in unsaid if name not in taken])
    with st.expander("Offset, exposure, weights and models to compare"):
        more = _more(study, response, family, link, numeric, responses)
    _say_chosen(more)
    return GlmChoice(formula=text, family=family, link=link, place=place, **more)


_SHAPES = {
    "poly2": ("a parabola", "poly({}, 2)"),
    "poly3": ("a cubic", "poly({}, 3)"),
    "bs": ("a spline of 5 columns", "bs({}, df = 5)"),
    "log": ("its logarithm", "log({})"),
    "levels": ("a level per value", "C({})"),
    "with": ("in interaction with", ""),
}
"""What the builder makes of a column: its name for people, and its text in a formula."""


def _add_term(
    formula: Formula, columns: Sequence[str], place: str, write: Callable[[str], None]
) -> None:
    """Add a curve or an interaction without knowing how it is written."""
    from outfold.judge.expression import unquoted

    with st.expander("Add a curve or an interaction", icon=":material/add:"):
        left, middle, right, last = st.columns([3, 3, 3, 2], vertical_alignment="bottom")
        with left:
            column = st.selectbox(
                "Column", columns, format_func=unquoted, key=f"glm-add-column-{place}"
            )
        with middle:
            shape = st.selectbox(
                "As", list(_SHAPES), format_func=lambda k: _SHAPES[k][0], key=f"glm-add-as-{place}"
            )
        with right:
            other = st.selectbox(
                "Other column", [c for c in columns if c != column], disabled=shape != "with",
                format_func=unquoted,
                key=f"glm-add-other-{place}",
            )  # fmt: skip
        labels = [label for label in formula.labels if shape == "with" or label != column]
        if shape == "with":
            added = [t for t in (column, other) if t and t not in labels]
            added.append(f"{column}:{other}")
        else:
            added = [_SHAPES[shape][1].format(column)]
        with last:
            st.button(
                "Add it", key=f"glm-add-{place}", width="stretch",
                on_click=state.attempt, args=(write, written(formula, [*labels, *added])),
            )  # fmt: skip


def _left_out(columns: Sequence[tuple[str, str]]) -> None:
    """Which columns the first formula does not take, a line for each reason."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in columns:
        by_reason.setdefault(reason, []).append(name)
    for reason, names in by_reason.items():
        listed = ", ".join(names[:NAMED]) + (
            f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        )
        st.caption(f"Not in the first formula, because {plain(reason)}: {plain(listed, 400)}.")


def _more(
    study: Study,
    response: str,
    family: str,
    link: str,
    numeric: list[str],
    every: list[str],
) -> dict[str, Any]:
    """The choices that are rarely needed."""
    from outfold.judge.robust_errors import ERRORS

    # Not None for none of them: a menu that comes back after another family would take a kept
    # None for no choice at all.
    others = ["", *(n for n in numeric if n != response)]

    def column(label: str, key: str, usual: str | None, explain: str) -> str | None:
        return st.selectbox(
            label, others, others.index(usual) if usual in others else 0,
            format_func=lambda n: n or "none", help=explain, key=f"glm-{key}-{response}",
            persist_state="session",
        ) or None  # fmt: skip

    extra = link == "log" or family == "tweedie"
    places = iter(st.columns(3 if extra else 2))
    exposure = power = None
    if extra:
        with next(places):
            if link == "log":
                exposure = column(
                    "Exposure", "exposure", study.column_with("exposure"),
                    "Time, people or area in which was counted; its logarithm is added.",
                )  # fmt: skip
            if family == "tweedie":
                power = st.number_input(
                    "Variance power", 1.0, 3.0, 1.5, 0.1, key="glm-power", persist_state="session"
                )
    with next(places):
        offset = column("Offset", "offset", None, "Added to the linear predictor as it is.")
    with next(places):
        weights = column(
            "Weights", "weights", study.column_with("weight"),
            "How much each row counts; the numbers of trials where the response is a share.",
        )  # fmt: skip
    against = st.text_area(
        "Nested models to compare with, one formula a line",
        key=f"glm-against-{response}", persist_state="session",
        help="Each has to be contained in the next larger one.",
    )  # fmt: skip
    errors = st.segmented_control(
        "Standard errors", list(ERRORS), default="model", format_func=ERRORS.__getitem__,
        required=True, key="glm-errors", persist_state="session",
        help="Robust ones hold where the family's variance is wrong, as long as rows are "
        "independent and the mean is right. HC3 is the most cautious in small samples. Those by "
        "group hold where rows of one group resemble each other.",
    )  # fmt: skip
    cluster = None
    if errors == "cluster":
        names = [n for n in every if n != response]
        group = study.column_with("group")
        cluster = st.selectbox(
            "Groups", names, names.index(group) if group in names else None,
            placeholder="Choose a column", help="Rows with the same value belong together.",
            key=f"glm-cluster-{response}", persist_state="session",
        )  # fmt: skip
        if cluster is None:
            st.caption("Until the groups are chosen, standard errors are by the family.")
            errors = "model"
    test = st.segmented_control(
        "Test", list(_TESTS), default="auto", format_func=_TESTS.__getitem__, required=True,
        help="By family: F where the dispersion is estimated, χ² where it is 1.",
        key="glm-test", persist_state="session",
    )  # fmt: skip
    return {
        "power": power,
        "offset": offset,
        "exposure": exposure,
        "weights": weights,
        "against": tuple(line.strip() for line in (against or "").splitlines() if line.strip()),
        "test": test,
        "errors": errors,
        "cluster": cluster,
    }


def _say_chosen(more: dict[str, Any]) -> None:
    """What is chosen besides the formula, where all can see it."""
    said = [
        f"{what} {plain(more[what])}" for what in ("offset", "exposure", "weights") if more[what]
    ]
    if more["power"] is not None:
        said.append(f"variance power {more['power']:g}")
    if said:
        st.caption(f"With {', '.join(said)}.")
