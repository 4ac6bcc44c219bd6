"""Strategies as a person chooses them: a card each, with its parameters as a form.

Everything comes from the registry; what does not apply to the table is greyed with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from components import cache, state
from components.text import plain
from outfold.registry import Facts, Kind, Param, Strategy, Value, registry
from outfold.study.study import Choice, Study

FIELDS: dict[Kind, str] = {
    "selector": "selectors",
    "resampler": "resamplers",
    "model": "models",
}
"""Where the study keeps the choices of a kind."""

HIDDEN = frozenset({"dummy"})
"""Always part of a study, so not to be chosen."""


def choices(kind: Kind, study: Study) -> tuple[Choice, ...]:
    """What the study has chosen of a kind."""
    chosen: tuple[Choice, ...] = getattr(study, FIELDS[kind])
    return chosen


def strategy_cards(kind: Kind, study: Study, facts: Facts) -> None:
    """Every strategy of a kind as a card; a tick adds it to the study.

    Those that do not apply to the table follow below, folded away, each with the reason. Chains of
    selectors have cards of their own, see ``components.chains``.
    """
    offered = [(s, r) for s, r in registry(kind).offered(facts) if s.key not in HIDDEN]
    chosen = _single(kind, study).keys()
    shown = [(s, r) for s, r in offered if not r or s.key in chosen]
    hidden = [(s, r) for s, r in offered if r and s.key not in chosen]
    grid = st.grid(3, min_column_width=250, gap="small", border=True)
    for strategy, reason in shown:
        with grid, st.container(gap="xsmall"):
            _card(kind, study, strategy, reason)
    if hidden:
        with st.expander(f"{len(hidden)} more that do not apply to this table"):
            for strategy, reason in hidden:
                st.checkbox(
                    strategy.label, value=False, disabled=True, key=f"{kind}-{strategy.key}-greyed"
                )
                st.caption(plain(reason, 300))


def _card(kind: Kind, study: Study, strategy: Strategy, reason: str | None) -> None:
    chosen = _single(kind, study)
    ticked = strategy.key in chosen
    st.checkbox(
        strategy.label,
        help=_origin(strategy),
        **state.bound(
            f"{kind}-{strategy.key}",
            ticked,
            lambda on: ticking(kind, study, strategy.key, on),
        ),
    )
    if reason:
        st.warning(plain(reason, 300), icon=":material/block:")
    else:
        st.caption(strategy.summary)
    if ticked and strategy.params:
        changed = len(chosen[strategy.key].params)
        label = f"Settings ({changed} changed)" if changed else "Settings"
        with st.popover(label, icon=":material/tune:", type="tertiary"):
            st.markdown(f"**{strategy.label}**")
            param_form(
                f"{kind}-{strategy.key}",
                strategy,
                chosen[strategy.key],
                lambda choice: replacing(kind, study, choice),
            )


def _origin(strategy: Strategy) -> str | None:
    """A strategy's group and source, for those who want to know."""
    family = strategy.family.replace("_", " ").capitalize()
    parts = [part for part in (family, strategy.source) if part and part != "None"]
    return plain(". ".join(parts), 400) or None


def ticking(kind: Kind, study: Study, key: str, on: bool) -> Study:
    """The study with a strategy added or taken away, in menu order."""
    kept = _single(kind, study)
    if on:
        kept[key] = Choice(key)
    else:
        kept.pop(key, None)
    return _with(kind, study, kept)


def replacing(kind: Kind, study: Study, choice: Choice) -> Study:
    """The study with another choice of parameters for one strategy."""
    return _with(kind, study, _single(kind, study) | {choice.key: choice})


def _single(kind: Kind, study: Study) -> dict[str, Choice]:
    """What the study has chosen of a kind, without chains, by key."""
    return {c.key: c for c in choices(kind, study) if c.then is None}


def _with(kind: Kind, study: Study, kept: dict[str, Choice]) -> Study:
    ordered = tuple(kept[key] for key in registry(kind).keys() if key in kept)  # noqa: SIM118
    chained = tuple(c for c in choices(kind, study) if c.then is not None)
    return study.replace(**{FIELDS[kind]: (*ordered, *chained)})


def param_form(
    key: str, strategy: Strategy, choice: Choice, change: Callable[[Choice], Study]
) -> None:
    """The parameters of a strategy as controls; each turn of one makes a changed study."""
    given = dict(choice.params)
    for param in strategy.params:
        now = given.get(param.key, param.default)

        def apply(value: Any, param: Param = param) -> Study:
            values: dict[str, Value] = given | {param.key: param.check(_typed(param, value))}
            differing = {p.key: values[p.key] for p in strategy.params
                         if p.key in values and values[p.key] != p.default}  # fmt: skip
            return change(Choice.of(strategy.key, **differing))

        shown = _shown(param, now)
        _control(param, state.bound(f"{key}-{param.key}", shown, apply), now=shown)


def setting(
    key: str,
    param: Param,
    value: Value,
    change: Callable[[Value], Study],
    names: Mapping[str, str] | None = None,
) -> None:
    """One declared parameter as a control; turning it makes a changed study.

    Args:
        key: The control's key.
        param: What is declared.
        value: What the study says now.
        change: From the new value to the changed study.
        names: What people read for each of its choices.
    """

    def apply(new: Any) -> Study:
        return change(param.check(_typed(param, new)))

    shown = _shown(param, value)
    _control(param, state.bound(key, shown, apply), names or {}, shown)


def _typed(param: Param, value: Any) -> Any:
    if param.kind == "columns":
        return value or None
    return int(value) if param.kind == "int" and value is not None else value


def _shown(param: Param, value: Value) -> Any:
    if param.kind == "columns":
        return list(value) if isinstance(value, tuple) else []
    if value is None or param.kind in ("bool", "choice"):
        return value
    assert not isinstance(value, str | tuple)
    return int(value) if param.kind == "int" else float(value)


def _control(
    param: Param,
    bound: dict[str, Any],
    names: Mapping[str, str] | None = None,
    now: Any = None,
) -> None:
    """One parameter's control, which shows a value."""
    about = " ".join(part for part in (param.help, param.source and f"({param.source})") if part)
    if param.kind == "bool":
        st.toggle(param.label, help=about or None, **bound)
    elif param.kind == "choice":
        options: list[str | None] = [*param.choices]
        if param.none_label:
            options.insert(0, None)
        st.selectbox(
            param.label,
            options,
            format_func=lambda v: _word(param, v, names or {}),
            help=about or None,
            **bound,
        )
    elif param.kind == "columns":
        study = state.current().study
        known = [str(c) for c in cache.table(study).frame.columns] if study else []
        # A column that has left the table stays to be seen, so that it can be taken out.
        gone = [name for name in now or [] if name not in known]
        st.multiselect(
            param.label,
            [*known, *gone],
            placeholder=param.none_label or "Choose columns",
            help=about or None,
            **bound,
        )
    else:
        whole = param.kind == "int"
        # No limits here: the browser would put a number outside back without a word, while the
        # parameter's own check says what is allowed.
        st.number_input(
            param.label,
            value=None,
            step=1 if whole else _step(param),
            format=None if whole else "%g",
            placeholder=param.none_label or None,
            help=f"{about} {param.wanted().capitalize()}.".strip(),
            **bound,
        )


def _word(param: Param, value: str | None, names: Mapping[str, str]) -> str:
    """What a person reads for a choice."""
    if value is None:
        return param.none_label
    return names.get(value, value.replace("_", " "))


def _step(param: Param) -> float:
    """A step of the plus and minus buttons that suits a range."""
    if param.scale == "linear" and param.low is not None and param.high is not None:
        return float(f"{(param.high - param.low) / 20:.1g}")
    default = abs(float(param.default)) if isinstance(param.default, int | float) else 1.0
    return float(f"{(default or 1.0) / 2:.1g}")
