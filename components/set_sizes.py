"""How many columns are enough: scores at nested sizes, and the path of an L1 penalty."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import cache, chart, shell, table, waiting
from components.features import filling
from components.names import choice_name
from components.text import duration, number, plain
from components.trial import trial
from outfold.registry import Facts, registry
from outfold.study.study import Choice, Study

SIZES = (
    "Each ranking is made anew in the training rows of every split, once, and cut at 1, 2, 4, 8, … "
    "columns; searches for a set, such as forward search, are done anew for each number. The same "
    "model is scored on the rows held out. The ring marks the smallest number within "
    "one standard error of the ranking's best (Breiman et al. 1984); the table also names the "
    "smallest that a paired test does not tell apart from the best (Nadeau & Bengio 2003, Holm). "
    "The best of many sizes was picked by its score, so it is a little too good; as a parameter "
    "of the study, chosen by tuning, it would be judged on other rows."
)
PATH = (
    "From left to right the L1 penalty falls and columns enter the model: the lasso for numbers, "
    "logistic regression for classes (Tibshirani 1996; Friedman, Hastie & Tibshirani 2010). "
    "Columns are standardised, so sizes can be compared; a column with several levels or classes "
    "has the length of the vector of its coefficients. The dashed line is the largest penalty "
    "within one standard error of the best in inner folds of this training fold. Other folds give "
    "somewhat other paths, and of columns that say the same one may take another's place."
)


def by_size(study: Study, facts: Facts, choices: Sequence[Choice]) -> None:
    """Score against number of columns, measured when asked for."""
    import pandas as pd

    from outfold.draw import score_by_size as picture
    from outfold.judge.score_by_size import score_by_size
    from outfold.study.selections import selections
    from outfold.study.trial import ranks_by_size, sizes_study

    known = registry("selector")
    unranked = [
        choice_name("selector", c) for c in choices if not ranks_by_size(known[c.links[-1].key])
    ]
    if unranked:
        st.caption(f"Without a ranking to cut, and so not tried here: {', '.join(unranked)}.")
    run = trial(sizes_study(study, facts, choices), "numbers of columns", filling)
    if run is None:
        return
    record = cache.workspace().records.run(run)
    found = cache.remember(
        "score by size", run, record.done, record.state,
        compute=lambda: score_by_size(cache.result(run), selections(cache.workspace(), run)),
    )  # fmt: skip
    names = {
        c.method: " then ".join(known[key].label for key in c.method.split("+"))
        for c in found.curves
    }
    chart.chart(picture.draw(found, names), "score-by-size")
    rows = pd.DataFrame(
        [
            {
                "Method": names[c.method],
                "Columns kept": p.n_kept,
                found.label: p.score,
                "Interval": f"{number(p.low)} to {number(p.high)}" if p.low == p.low else "",
                "p against its best": p.p_vs_best,
                "Mark": _mark(i, c.best, c.smallest, c.smallest_tied),
            }
            for c in found.curves
            for i, p in enumerate(c.points)
        ]
    )
    took = {
        names[c.method]: duration(c.ranking_seconds)
        for c in found.curves
        if c.ranking_seconds == c.ranking_seconds
    }
    if took:
        each = "; ".join(f"{plain(name, 200)} {seconds}" for name, seconds in took.items())
        st.caption(f"Ranking the columns of one training fold, once for every size: {each}.")
    table.table(
        rows, "sizes", alt="One row per method and number of columns", height=420,
        columns={
            "Columns kept": st.column_config.NumberColumn(format="%.4g"),
            found.label: st.column_config.NumberColumn(format="%.4f"),
            "p against its best": st.column_config.NumberColumn(format="%.2g"),
        },
    )  # fmt: skip
    for method, size, reason in found.failed[:6]:
        label = names.get(method, known[method].label)
        st.caption(f"**{label}**, {size} columns: {plain(reason, 300)}")
    shell.why(SIZES, "How are sizes judged?")


def _mark(place: int, best: int, near: int, tied: int) -> str:
    marks = []
    if place == best:
        marks.append("★ best")
    if place == near:
        marks.append("○ smallest within one standard error")
    if place == tied:
        marks.append("= smallest tied with the best")
    return ", ".join(marks)


def path(study: Study) -> None:
    """How columns enter an L1-penalised model on the first training fold."""
    import pandas as pd

    from outfold.draw import penalty_path as picture
    from outfold.study.first_fold import penalty_path

    data = cache.table(study)
    found = waiting.remember(
        "penalty path", cache.table_key(study), study.validation, study.preparation, study.seed,
        study.target_transform,
        compute=lambda told: penalty_path(data, study, told),
        say="Following the L1 penalty on the first training fold",
    )  # fmt: skip
    measured = f"Training rows of {found.split}: {found.rows:,} of {found.of:,} rows."
    chart.chart(picture.draw(found.path, found.chosen, measured), "penalty-path")
    entries = found.path.entries()
    step = int(abs(found.path.penalties - found.chosen).argmin())
    rows = pd.DataFrame(
        {
            "Column": found.path.sources,
            "Enters at": entries,
            "At the penalty chosen": found.path.weights[step],
            "At the end of the path": found.path.weights[-1],
        }
    ).sort_values(["Enters at", "At the end of the path"], ascending=False)
    st.caption(
        f"At the penalty chosen the model explains {max(found.r2, 0.0):.0%} of the variation in "
        "inner folds (R²; for classes, of the Brier score)."
    )
    with st.expander("Every column as a table"):
        table.table(
            rows, "path-table", alt="Where each column enters, and its coefficient",
            columns={
                "Enters at": st.column_config.NumberColumn(
                    format="%.3g", help="Share of the largest penalty; 0: never"
                ),
                "At the penalty chosen": st.column_config.NumberColumn(format="%.3g"),
                "At the end of the path": st.column_config.NumberColumn(format="%.3g"),
            },
        )  # fmt: skip
    shell.why(PATH, "How is the path made?")
