import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from outfold.errors import NotApplicableError
from outfold.judge.corrected_t import corrected_t
from outfold.judge.score_by_size import score_by_size
from outfold.judge.selector_value import selector_worth
from outfold.registry import registry
from outfold.study.first_fold import penalty_path, strengths
from outfold.study.results import RunResult
from outfold.study.selecting import select
from outfold.study.selections import selections
from outfold.study.steps import keep, prepare, unfitted, with_splits
from outfold.study.steps import resample as resample_step
from outfold.study.study import NONE, Choice, Study
from outfold.study.table import study_table
from outfold.study.trial import sized, sizes, sizes_study, trial_study
from outfold.study.workspace import Workspace
from tests.engine.study.conftest import carry_out, study_of

RANKING = Choice("anova_f")


@pytest.fixture(scope="module")
def made(client, tmp_path_factory) -> tuple[Workspace, Study, RunResult, RunResult]:
    """A study, the trial of its selectors, and a ranking at nested sizes."""
    workspace = Workspace(tmp_path_factory.mktemp("trials") / "home")
    study = study_of(workspace, metric="roc_auc")
    facts = study_table(workspace, study).facts
    by_hand = Choice.of("pinned", columns=("noise", "amount"))
    tried = trial_study(study, facts, "selector", [Choice("correlation"), by_hand])
    nested = sizes_study(study, facts, [Choice("cfs"), RANKING])
    return workspace, study, *(carry_out(workspace, s, client) for s in (tried, nested))


def test_sizes_double_up_to_the_number_of_columns():
    """Keeping all of them is a candidate of its own."""
    assert sizes(6) == (1, 2, 4)
    assert sizes(8) == (1, 2, 4)
    assert sizes(9) == (1, 2, 4, 8)
    assert dict(sized(Choice.of("chi2", bins=4), 3).params) == {"alpha": 1.0, "bins": 4, "k": 3}
    assert dict(sized(Choice("mrmr"), 3).params) == {"k": 3}


def test_methods_without_a_ranking_have_no_sizes(made):
    """CFS keeps the set it finds."""
    workspace, study = made[:2]
    with pytest.raises(NotApplicableError, match="ranks columns"):
        sizes_study(study, study_table(workspace, study).facts, [Choice("cfs")])


@pytest.mark.cluster
def test_every_point_of_the_curve_is_a_fit_of_its_own(made):
    """Each size by hand: rank in the training rows, cut, fit, score the rows held out."""
    workspace, study, _, nested = made
    found = score_by_size(nested, selections(workspace, nested.run))
    (curve,) = found.curves
    assert [p.n_kept for p in curve.points] == [1, 2, 4, 6]
    table = study_table(workspace, study)
    loaded = with_splits(table, study)
    preparation = registry("preparation")[study.preparation.key]
    model = nested.study.models[0]
    folds = [
        prepare(loaded, study, split, preparation.key, preparation.defaults())
        for split in range(len(loaded.splits))
    ]
    for point in curve.points[:3]:
        strategy = registry("selector")["anova_f"]
        params = strategy.complete({"k": point.asked, "alpha": 1.0})
        scores = []
        for prepared, cut in zip(folds, loaded.splits, strict=True):
            kept = select(prepared, study, "anova_f", params)
            rows = resample_step(prepared, kept, study, "none", {})
            fitted, _ = unfitted(rows, study, model.key, registry("model")[model.key].defaults())
            fitted.fit(rows.frame, rows.target)
            chance = fitted.predict_proba(keep(prepared.test, kept.selection))
            scores.append(roc_auc_score(table.target[cut.test] == table.positive,
                                        chance[:, table.positive]))  # fmt: skip
        judged = corrected_t(scores, nested.test_train_ratio)
        assert point.score == pytest.approx(np.mean(scores), abs=1e-9)
        assert point.std_error == pytest.approx(judged.std_error, abs=1e-9)


@pytest.mark.cluster
def test_the_last_point_is_keeping_every_column(made):
    """And the smallest good size reaches the best less one standard error, no smaller one does."""
    workspace, _, _, nested = made
    found = score_by_size(nested, selections(workspace, nested.run))
    (curve,) = found.curves
    assert curve.points[-1].score == found.everything
    assert found.n_columns == 6
    best = curve.points[curve.best]
    enough = best.score - best.std_error
    assert curve.points[curve.smallest].score >= enough
    assert all(p.score < enough for p in curve.points[: curve.smallest])
    assert len(found.frame()) == 4


@pytest.mark.cluster
def test_selectors_are_judged_against_every_column_on_the_same_splits(made):
    """The corrected t of the differences, by hand; two columns of noise lose."""
    workspace, _, tried, _ = made
    found = selector_worth(tried, selections(workspace, tried.run))
    every, correlated, noise = found.rows
    assert every.selector == NONE
    assert np.isnan(every.difference)
    scores = {c.candidate.selector.key: c.scores["roc_auc"] for c in tried.candidates
              if not c.candidate.is_baseline}  # fmt: skip
    gaps = np.subtract(scores["pinned"], scores["none"])
    judged = corrected_t(gaps, tried.test_train_ratio)
    assert noise.difference == pytest.approx(judged.mean)
    assert noise.difference_low == pytest.approx(judged.low)
    assert noise.n_kept == 2
    assert noise.n_columns == 6
    assert noise.difference < 0
    assert correlated.seconds > 0
    assert len(found.frame()) == 3


def test_the_path_of_the_first_fold_ends_at_the_coefficients_of_the_fit(made):
    """Sizes of two classes are logistic coefficients: scikit-learn agrees at the last penalty."""
    from sklearn.linear_model import LogisticRegression

    from outfold.select.encode import encode
    from outfold.study.first_fold import first_fold

    workspace, study = made[:2]
    table = study_table(workspace, study)
    found = penalty_path(table, study)
    assert found.split == "split 1 of 3"
    assert found.rows == found.of == len(with_splits(table, study).splits[0].train)
    fold = first_fold(table, study)[1]
    encoded = encode(fold.train)
    # The softmax penalises both classes' coefficients, which are each other's negatives.
    strength = found.path.penalties[-1] * len(fold.target)
    model = LogisticRegression(C=1 / strength, l1_ratio=1.0, solver="saga", tol=1e-6,
                               max_iter=20_000)  # fmt: skip
    model.fit(encoded.matrix, fold.target)
    sizes_of = np.sqrt(encoded.total(model.coef_[0] ** 2))
    np.testing.assert_allclose(found.path.weights[-1], sizes_of, atol=0.02)


def test_likeness_of_two_columns_is_their_correlation_in_the_first_fold(made):
    """Numbers: |r| of the prepared training rows; an unknown column is left out."""
    from outfold.study.first_fold import first_fold

    workspace, study = made[:2]
    table = study_table(workspace, study)
    fold = first_fold(table, study)[1].train
    found = strengths(table, study, [("signal", "amount"), ("gone", "amount")])
    r = abs(np.corrcoef(fold["signal"], fold["amount"])[0, 1])
    assert found == {("signal", "amount"): pytest.approx(r)}
