"""The steps that rank and select columns, alone or in a chain, and what is written down of them.

A selector that keeps a cut of a ranking has two steps: ``rank``, which every cut of the ranking has
in common, and ``select``, which cuts it. Others have the second alone.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outfold.registry import registry
from outfold.select.ranking import Ranking
from outfold.select.selection import Selection, followed
from outfold.study.measure import Log, Meter
from outfold.study.steps import Params, Prepared, Selected, keep, size_of
from outfold.study.study import Choice, Study


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """The columns as a selector ranks them on one split, before any is left out.

    Attributes:
        ranking: What was found.
        log: What it cost.
    """

    ranking: Ranking
    log: Log


def rank(
    prepared: Prepared,
    study: Study,
    strategy: str,
    params: Params,
    selected: Selected | None = None,
) -> Ranked:
    """Rank columns on a split's training rows, in a chain those that are left.

    Args:
        prepared: The split.
        study: The study.
        strategy: Key of the selector.
        params: What its ranking depends on, see ``registry.Ranks.before``.
        selected: What the links before it keep.
    """
    began = time.perf_counter()
    train = prepared.train if selected is None else keep(prepared.train, selected.selection)
    selector = registry("selector")[strategy].build(task=study.task, seed=study.seed)
    with Meter() as meter:
        ranking = selector.rank_columns(train, prepared.target, params)
    log = Log(
        meter.seconds, meter.cpu_seconds, step_seconds=time.perf_counter() - began,
        size=size_of(train),
    )  # fmt: skip
    return Ranked(ranking, log)


def select(
    prepared: Prepared,
    study: Study,
    strategy: str,
    params: Params,
    selected: Selected | None = None,
    ranked: Ranked | None = None,
) -> Selected:
    """Choose columns on a split's training rows, in a chain among those that are left.

    Args:
        prepared: The split.
        study: The study.
        strategy: Key of the selector.
        params: Its complete parameters.
        selected: What the links before it keep.
        ranked: The ranking to cut; a selector that cuts none does not look at it.
    """
    began = time.perf_counter()
    train = prepared.train if selected is None else keep(prepared.train, selected.selection)
    chosen = registry("selector")[strategy]
    selector = chosen.build(task=study.task, seed=study.seed, **params)
    shared = ranked if chosen.ranks else None
    with Meter() as meter:
        if shared is None:
            selector.fit(train, prepared.target)
        selection: Selection = (
            selector.cut_ranking(shared.ranking) if shared else selector.selection_
        )
    log = Log(
        meter.seconds, meter.cpu_seconds, notes=selection.notes,
        step_seconds=time.perf_counter() - began, size=size_of(train),
        ranking=shared.log if shared else None,
    )  # fmt: skip
    if selected is None:
        return Selected(selection, log)
    return Selected(followed(selected.selection, selection), log, (selected.log, *selected.earlier))


def selected_by(prepared: Prepared, study: Study, choice: Choice) -> Selected:
    """What a choice of selector, all links of a chain, keeps on a split's training rows."""
    found: Selected | None = None
    for link in choice.links:
        params = registry("selector")[link.key].complete(dict(link.params))
        found = select(prepared, study, link.key, params, found)
    assert found is not None
    return found


def unneeded() -> None:
    """Stands for a ranking of which every cut is known."""


def recall_ranking(body: Mapping[str, Any]) -> Ranked:
    """A ranking that an earlier run kept."""
    return Ranked(Ranking.from_plain(body["ranking"]), Log.from_plain(body["log"]))


def ranking_body(ranked: Ranked) -> dict[str, Any]:
    """A ranking as JSON can hold it."""
    return {"log": ranked.log.to_plain(), "ranking": ranked.ranking.to_plain()}


def recall(body: Mapping[str, Any]) -> Selected:
    """A selection that an earlier run kept."""
    return Selected(
        _selection_from(body["selection"]),
        Log.from_plain(body["log"]),
        tuple(Log.from_plain(log) for log in body.get("earlier", ())),
    )


def _selection_from(raw: Mapping[str, Any]) -> Selection:
    kept = dict(raw)
    kept["scores"] = {k: float("nan") if v is None else v for k, v in kept["scores"].items()}
    for name in ("selected", "notes"):
        kept[name] = tuple(kept[name])
    kept["links"] = tuple(_selection_from(link) for link in kept.get("links", ()))
    return Selection(**kept)


def selection_body(selected: Selected) -> dict[str, Any]:
    """A selection as JSON can hold it."""
    body: dict[str, Any] = {
        "log": selected.log.to_plain(),
        "selection": _plain_selection(selected.selection),
    }
    if selected.earlier:
        body["earlier"] = [log.to_plain() for log in selected.earlier]
    return body


def _plain_selection(s: Selection) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "selected": list(s.selected),
        "scores": {k: None if v != v else float(v) for k, v in s.scores.items()},
        "score_name": s.score_name,
        "merit": None if s.merit is None else float(s.merit),
        "merit_name": s.merit_name,
        "dropped_because": dict(s.dropped_because),
        "notes": list(s.notes),
    }
    if s.links:
        plain["links"] = [_plain_selection(link) for link in s.links]
    return plain
