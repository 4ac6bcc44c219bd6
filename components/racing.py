"""Speed: stopping beaten candidates early, a first look at a sample, and what that saved."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from components import cache, params
from components.names import candidate_name
from components.shell import why
from components.text import count, duration, plain
from outfold.registry import Value
from outfold.study.race import looks, rule
from outfold.study.speed import QUICK, RACE_TESTS, RACING
from outfold.study.split import fits_each
from outfold.study.study import Study

if TYPE_CHECKING:
    from outfold.judge.leaderboard import Leaderboard
    from outfold.study.racing import Saved
    from outfold.study.results import RunResult
    from outfold.study.table import StudyTable


def speed(study: Study, table: StudyTable) -> None:
    """Choose whether beaten candidates are stopped early, and whether a sample comes first."""
    left, right = st.columns(2)
    with left, st.container(border=True):
        _race(study, fits_each(study.validation, table.groups))
    with right, st.container(border=True):
        _quick(study, table.n_rows)


def _race(study: Study, n_splits: int) -> None:
    st.markdown("**Racing**")
    _fields("racing", study, first=True)
    if not study.racing.on:
        return
    _fields("racing", study, first=False)
    if study.validation.declared.apparent:
        st.info("The .632+ bootstrap's figure is no mean over splits, so nobody is stopped.")
        return
    st.caption(plain(rule(study.racing, len(study.candidates()), n_splits), 600))
    if looks(study.racing, n_splits):
        st.caption("The time predicted below counts every fit; each stop makes it shorter.")
        why(
            "All candidates run side by side, one split after the other, and are judged only on "
            "splits that all of them have: so neither the number of workers nor their order "
            "matters. **Folds of one table share training rows**, so scores of different folds "
            "are not independent. *Curtailed* asks only whether a candidate can still come first "
            "in this study (stochastic curtailment: Lan, Simon and Halperin 1982; for resampled "
            "models Kuhn 2014). What the splits share moves those seen and those to come alike "
            "and cancels, so the risk holds. *Friedman* is F-race (Birattari, Stützle, Paquete "
            "and Varrentrapp 2002): Friedman's test with splits as blocks, then Conover's "
            "comparison with the best. Its level is meant for blocks that share nothing. Neither "
            "says who is best on another table; repeats of the folds draw the same rows again "
            "and would not help.",
            "How is it decided?",
        )


def _quick(study: Study, n_rows: int) -> None:
    from outfold.study.quick import sizes

    st.markdown("**Quick look**")
    _fields("quick", study, first=True)
    if not study.quick.on:
        return
    _fields("quick", study, first=False)
    samples = sizes(study.quick, n_rows)
    if not samples:
        st.caption(
            f"The table has {count(n_rows, 'row')}: less than twice the sample, so the whole table "
            "is measured at once."
        )
        return
    steps = ", then ".join(f"{rows:,}" for rows in samples)
    st.caption(
        f"Candidates are measured on about {steps} and then on all {n_rows:,} rows, in one run. "
        "Classes keep their shares, groups stay whole where there are many, and time stays in "
        "order. The leaderboard says on how many rows each line stands."
    )


def _fields(which: Literal["racing", "quick"], study: Study, *, first: bool) -> None:
    """The switch of a setting, or all its other controls."""
    now = getattr(study, which)
    declared = RACING if which == "racing" else QUICK
    for param in declared:
        if (param.key == "on") == first:

            def change(value: Value, key: str = param.key) -> Study:
                changes: dict[str, Any] = {which: dataclasses.replace(now, **{key: value})}
                return study.replace(**changes)

            words = {str(k): v for k, v in RACE_TESTS.items()} if param.key == "test" else None
            params.setting(f"{which}-{param.key}", param, getattr(now, param.key), change, words)


def saved(run: str) -> Saved | None:
    """What racing spared a run so far."""
    from outfold.study.racing import saved as spared

    record = cache.workspace().records.run(run)
    return cache.remember(
        "saved", run, record.done, record.state, compute=partial(spared, cache.workspace(), run)
    )


def told(run: str, result: RunResult) -> None:
    """What racing saved and on how many rows the lines stand, above a leaderboard."""
    if result.study.racing.on and (spared := saved(run)) and spared.candidates:
        left = f": {count(spared.fits, 'fit')} not computed" if spared.fits else ""
        time = f", about {duration(spared.seconds)} of work saved" if spared.seconds else ""
        stopped = count(spared.candidates, "candidate was", "candidates were")
        st.info(f"{stopped} clearly beaten and stopped early{left}{time}.", icon=":material/speed:")
    on_sample = [c for c in result.candidates if 0 < c.rows < result.rows]
    if on_sample:
        rows = " and ".join(f"{n:,}" for n in sorted({c.rows for c in on_sample}))
        st.info(
            f"A first look: {count(len(on_sample), 'line stands', 'lines stand')} on {rows} of "
            f"{result.rows:,} rows, until the first split of the whole table is in.",
            icon=":material/bolt:",
        )


def named(board: Leaderboard, text: str) -> str:
    """A reason with candidates by the names that people know."""
    for row in sorted(board.rows, key=lambda r: -len(r.name)):
        text = text.replace(row.name, candidate_name(row.result.candidate))
    return text
