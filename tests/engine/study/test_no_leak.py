"""The promise: no validation row takes part in any fitted step.

Every fit is watched while the steps of a plan run: what each preparation, selector, resampler and
model was given is compared with the rows of the split. Rows are recognised by the column
``amount``, which holds a different number in each and which the minimal preparation passes on.
"""

from __future__ import annotations

import numpy as np
import pytest

from outfold.registry import registry
from outfold.study import selecting, steps
from outfold.study.study import Choice, Study
from outfold.study.table import study_table
from outfold.study.workspace import Workspace
from tests.engine.study.conftest import study_of


class Watch:
    """Remembers the ``amount`` of every row that a fit of some estimator was given."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, np.ndarray]] = []

    def around(self, kind: str, estimator):
        """The same estimator with its fitting methods watched, inner fits of it included."""
        watch = self
        for name in ("fit", "fit_transform", "fit_resample"):
            if hasattr(type(estimator), name):
                inner = getattr(estimator, name)

                def watched(X, *args, _inner=inner, **options):
                    watch.seen.append((kind, np.asarray(X["amount"], dtype=float)))
                    return _inner(X, *args, **options)

                object.__setattr__(estimator, name, watched)
        return estimator


@pytest.fixture
def watch(monkeypatch) -> Watch:
    """Every strategy of every registry builds watched estimators."""
    watching = Watch()
    # A watched estimator cannot be pickled, which only the size on disk needs.
    monkeypatch.setattr(steps, "serving_costs", lambda *_: {})
    for kind in ("preparation", "selector", "resampler", "model"):
        for strategy in registry(kind):
            build = strategy.build

            def watched(_build=build, _kind=kind, **options):
                return watching.around(_kind, _build(**options))

            changed = type(strategy)(
                **{f: getattr(strategy, f) for f in strategy.__dataclass_fields__}
                | {"build": watched}
            )
            monkeypatch.setitem(registry(kind)._strategies(), strategy.key, changed)
    return watching


def through_all_steps(workspace: Workspace, study: Study, watch: Watch) -> None:
    """Run every candidate's steps in this process, and check each fit against its split."""
    loaded = steps.with_splits(study_table(workspace, study), study)
    amount = loaded.table.frame["amount"].to_numpy()
    complete = {
        kind: lambda c, kind=kind: (c.key, registry(kind)[c.key].complete(dict(c.params)))
        for kind in ("preparation", "resampler", "model")
    }
    for number, split in enumerate(loaded.splits):
        held_out, known = set(amount[split.test]), set(amount[split.train])
        for candidate in study.candidates():
            watch.seen.clear()
            prepared = steps.prepare(
                loaded, study, number, *complete["preparation"](study.preparation)
            )
            selected = selecting.selected_by(prepared, study, candidate.selector)
            assert len([kind for kind, _ in watch.seen if kind == "selector"]) == len(
                candidate.selector.links
            )
            resampled = steps.resample(
                prepared, selected, study, *complete["resampler"](candidate.resampler)
            )
            fitted = steps.fit(
                loaded, prepared, selected, resampled, study, number,
                *complete["model"](candidate.model),
            )  # fmt: skip
            assert set(amount[fitted.arrays["rows"]]) == held_out
            kinds = {kind for kind, _ in watch.seen}
            assert {"preparation", "selector", "model"} <= kinds
            for kind, rows in watch.seen:
                assert not set(rows) & held_out, f"{candidate.name}: {kind} saw a validation row"
                if kind != "model" or candidate.resampler.key in ("none", "class_weight"):
                    assert set(rows) <= known, f"{candidate.name}: {kind} saw a strange row"


def test_no_fit_sees_a_validation_row(workspace, watch):
    """Prepare, select, resample and fit are given training rows alone, in every split."""
    study = study_of(
        workspace,
        preparation=Choice("minimal"),
        selectors=(
            Choice("none"),
            Choice.of("variance"),
            Choice.chain([Choice.of("variance", threshold=t) for t in (0.5, 0.6, 0.9)]),
        ),
        resamplers=tuple(map(Choice, ("none", "random_over", "random_under", "smotenc"))),
        models=(Choice("decision_tree"),),
    )
    through_all_steps(workspace, study, watch)


# Rows are recognised by a number, and SMOTEN takes tables without one; it is given its rows by the
# same step as all others.
@pytest.mark.parametrize(
    "key", [s.key for s in registry("resampler") if s.key not in ("none", "smoten")]
)
def test_no_resampler_is_given_a_validation_row(workspace, watch, key):
    """Each registered resampler gets training rows alone, and no held-out row comes out of it."""
    strategy = registry("resampler")[key]
    study = study_of(workspace, preparation=Choice("minimal"))
    table = study_table(workspace, study)
    if strategy.available(table.facts):
        study = study.replace(
            roles=dict.fromkeys(("kind",), "ignore"),
        )
    study = study.replace(resamplers=(Choice(key),), models=(Choice("decision_tree"),))
    assert strategy.available(study_table(workspace, study).facts) is None
    through_all_steps(workspace, study, watch)


def test_the_preparation_learns_from_training_rows_alone(workspace):
    """Changing every validation row changes nothing that was learnt."""
    study = study_of(workspace)
    loaded = steps.with_splits(study_table(workspace, study), study)
    params = registry("preparation")["standard"].defaults()
    first = steps.prepare(loaded, study, 0, "standard", params)
    frame = loaded.table.frame
    frame.loc[loaded.splits[0].test, ["signal", "noise", "amount"]] = 1e9
    second = steps.prepare(loaded, study, 0, "standard", params)
    assert first.train.equals(second.train)
    assert not first.test.equals(second.test)
