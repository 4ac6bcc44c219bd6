"""Tuning: choosing method and budget before a run, and what it found after."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import cache, judging, state
from components.chart import chart
from components.names import candidate_name
from components.shell import why
from components.table import table
from components.text import count, number, plain
from outfold.errors import OutfoldError
from outfold.metrics.catalogue import default_metric, metrics_for
from outfold.registry import registry
from outfold.study.study import Study
from outfold.study.tune.space import axis_of
from outfold.study.tune.tuning import ABOUT, METHODS, MOST_TRIALS

if TYPE_CHECKING:
    from outfold.study.tune.results import CandidateTuning


def tuning(study: Study) -> None:
    """Choose how parameters are tuned, and see which and within what range."""
    now = study.tuning

    def change(**values: Any) -> Study:
        return study.replace(tuning=dataclasses.replace(now, **values))

    st.selectbox(
        "How parameter values are chosen",
        list(METHODS),
        format_func=lambda method: METHODS[method],
        **state.bound("tune-method", now.method, lambda method: change(method=method)),
    )
    st.caption(plain(ABOUT[now.method], 300))
    if not now.is_on:
        return
    cells = st.columns(4)
    with cells[0]:
        st.number_input(
            "Trials",
            1,
            MOST_TRIALS,
            value=None,
            step=1,
            placeholder="no limit",
            help="Sets of values tried for each candidate in each split; the first one has the "
            "values as set. The same trials give the same numbers on any machine.",
            **state.bound("tune-trials", now.trials, lambda n: change(trials=_whole(n))),
        )
    with cells[1]:
        st.number_input(
            "Seconds",
            0.1,
            86_400.0,
            value=None,
            step=10.0,
            format="%g",
            placeholder="no limit",
            help="After this time no further trial begins, for each candidate in each split.",
            **state.bound("tune-seconds", now.seconds, lambda s: change(seconds=s)),
        )
    with cells[2]:
        st.number_input(
            "Inner folds",
            2,
            10,
            step=1,
            help="Folds of the training rows that each trial is judged on; groups, time and strata "
            "are kept as outside.",
            **state.bound("tune-folds", now.folds, lambda n: change(folds=int(n))),
        )
    with cells[3]:
        labels = {m.key: m.label for m in metrics_for(study.task)}
        st.selectbox(
            "Trials are judged by",
            list(labels),
            format_func=lambda key: labels[key],
            help="Not the metric that ranks the leaderboard: changing that one refits nothing.",
            **state.bound(
                "tune-metric",
                now.metric if now.metric in labels else default_metric(study.task).key,
                lambda key: change(metric=key),
            ),
        )
    if now.seconds is not None:
        st.caption(
            ":material/info: What is reached in a time differs from run to run, so the chosen "
            "values may too. A budget in trials alone is reproducible."
        )
    _ranges(study)
    why(
        "Each split’s training rows are divided into inner folds, prepared, selected and resampled "
        "anew. Every trial is fitted and judged there; the best values are then fitted on all "
        "training rows and judged on the rows held out, which took no part in choosing (Varma and "
        "Simon 2006). The page Compare shows how much the best inner score would have flattered.",
        "How is this kept honest?",
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _ranges(study: Study) -> None:
    """A table of what will be tuned, and what stays as it is set."""
    import pandas as pd

    rows = []
    for choice in study.models:
        strategy = registry("model")[choice.key]
        fixed = dict(choice.params)
        for param in strategy.params:
            axis = axis_of(param)
            if param.key in fixed:
                words, source = f"stays at {fixed[param.key]}", "set by hand"
            elif axis is None:
                words, source = f"stays at {_shown(param)}", param.search_source
            else:
                words, source = axis.words(), axis.source
            rows.append(
                {"Model": strategy.label, "Parameter": param.label, "Values": words,
                 "Source": source}
            )  # fmt: skip
    if not rows:
        st.info("None of the chosen models has a parameter.", icon=":material/info:")
        return
    st.markdown("**What will be tuned**")
    st.caption("A value set by hand among a model’s settings is not tuned.")
    table(pd.DataFrame(rows), "tuning-ranges", alt="The parameters that are tuned", download=False)


def _shown(param: Any) -> str:
    return param.none_label if param.default is None else str(param.default)


def fits_in_words(study: Study) -> str:
    """How many fits tuning adds to a run, such as ``, up to 300 trial fits``; empty for none."""
    from outfold.study.tune.results import trial_fits

    if not study.tuning.is_on:
        return ""
    try:
        plan = cache.plan(study)
        steps = [key for keys in plan.tunings.values() for key in keys]
        known = cache.workspace().records.known_steps(steps)
        n = trial_fits(plan, study.tuning, known)
    except OutfoldError:
        return ""  # what is wrong stands in the line that this ends
    return f", up to {count(n, 'trial fit')}" if n else ""


def found(run: str) -> tuple[CandidateTuning, ...]:
    """What tuning found in a run, as far as it has come."""
    from outfold.study.tune.results import tunings

    record = cache.workspace().records.run(run)
    return cache.remember(
        "tunings", run, record.done, record.state, compute=lambda: tunings(cache.workspace(), run)
    )


def tuned(run: str) -> None:
    """What tuning found: the flattery of the inner score, the search, and the values chosen."""
    from outfold.draw import tuning_history, tuning_importance, tuning_values
    from outfold.study.tune.importance import importances

    known = [t for t in found(run) if t.splits]
    if not known:
        st.info("Nothing is tuned yet.", icon=":material/info:")
        return
    names = judging.names_of(run)
    _optimism(known, names)
    by_name = {t.candidate.name: t for t in known}
    chosen = judging.one_of([t.candidate for t in known], "tuning-of")
    one = by_name[chosen.name]
    st.markdown(plain(one.sentence(), 400))
    chart(tuning_history.draw(one, names), "tuning-history")
    shares = cache.remember(
        "importances", run, chosen.name, [s.split for s in one.splits],
        compute=lambda: importances(one, cache.result(run).study.seed),
        say="Asking which parameters matter",
    )  # fmt: skip
    chart(tuning_importance.draw(shares, chosen.name, names), "tuning-importance")
    chart(tuning_values.draw(one, names), "tuning-values")
    with st.expander("The chosen values as a table"):
        table(one.frame(), "tuning-chosen", alt="Chosen values and scores of each split")
    with st.expander("Every trial as a table"):
        table(one.trial_frame(), "tuning-trials", alt="Every trial of every split")


def _optimism(known: list[CandidateTuning], names: dict[str, str]) -> None:
    """Each tuned candidate's inner score beside the honest one."""
    import pandas as pd

    metric = known[0].metric.label
    rows = [
        {
            "Candidate": names.get(t.candidate.name, candidate_name(t.candidate)),
            f"Best inner {metric}": number(t.inner, 4),
            f"{metric} held out": number(t.outer, 4),
            "Optimism": number(t.optimism, 2),
            "Its spread over splits": number(t.spread, 2),
            "Splits": f"{len(t.judged)} of {t.n_splits}",
        }
        for t in known
    ]
    st.markdown("**How much the score without nesting would flatter**")
    table(pd.DataFrame(rows), "tuning-optimism", alt="Inner and held-out scores")
    why(
        "The best inner score is the best of many, and so a little lucky; the score held out is of "
        "the same values on rows that took no part in choosing them (Varma and Simon 2006, Cawley "
        "and Talbot 2010). Inner models are fitted on fewer rows, which pulls the other way.",
        "Why do the two differ?",
    )
