"""Resamplers: class sizes, where new rows lie, and what is said about adjustments."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.class_weight import compute_sample_weight

from outfold.errors import NotApplicableError, OutfoldError
from outfold.registry import registry
from outfold.resample.sampling import neighbour_space


def resampler(key: str, **params):
    return registry("resampler")[key].build(task="multiclass", seed=0, **params)


def coded(values, size: int) -> pd.Categorical:
    return pd.Categorical.from_codes(values, categories=list(range(size)))


def numbers(counts=(60, 20, 8), seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Overlapping clouds, one per class."""
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(len(counts)), counts)
    X = pd.DataFrame(rng.normal(size=(len(y), 3)) + y[:, None] * 0.8, columns=list("abc"))
    return X, y


def mixed(counts=(60, 20, 8)) -> tuple[pd.DataFrame, np.ndarray]:
    X, y = numbers(counts)
    rng = np.random.default_rng(1)
    return X.assign(k=coded((y + rng.integers(0, 2, len(y))) % 4, 5), t=(y > 0) * 1.0), y


@pytest.mark.parametrize(
    ("key", "ratio", "sizes"),
    [
        ("random_over", 1.0, [60, 60, 60]),
        ("random_over", 0.5, [60, 30, 30]),
        ("smote", 0.25, [60, 20, 15]),
        ("smotenc", 1.0, [60, 60, 60]),
        ("borderline_smote", 0.5, [60, 30, 30]),
        ("random_under", 1.0, [8, 8, 8]),
        ("random_under", 0.5, [16, 16, 8]),
        ("near_miss", 0.5, [16, 16, 8]),
        ("random_under", 0.1, [60, 20, 8]),
    ],
)
def test_the_ratio_sets_the_size_of_each_class(key, ratio, sizes):
    """Rarer classes rise to a share of the commonest, or commoner ones fall to a multiple."""
    X, y = mixed() if key == "smotenc" else numbers()
    _, target = resampler(key, ratio=ratio).fit_resample(X, y)
    assert np.bincount(target).tolist() == sizes


def test_smote_places_rows_between_rows_of_their_class():
    """Each new row lies on the segment between two rows of its class."""
    X, y = numbers((30, 6))
    sampler = resampler("smote", neighbours=3)
    frame, target = sampler.fit_resample(X, y)
    rare = X.to_numpy()[y == 1]
    for row in frame.to_numpy()[sampler.origins_ < 0]:
        detours = [
            np.linalg.norm(row - a) + np.linalg.norm(row - b) - np.linalg.norm(a - b)
            for i, a in enumerate(rare)
            for b in rare[:i]
        ]
        assert min(detours) < 1e-9
    assert set(target[sampler.origins_ < 0]) == {1}


def test_smote_on_mixed_columns_is_smotenc_and_says_so():
    """Fractions of a category do not exist; the note tells what was done instead."""
    X, y = mixed()
    sampler = resampler("smote")
    frame, _ = sampler.fit_resample(X, y)
    assert sampler.notes_ == [
        "SMOTENC was used instead of SMOTE, because the columns here are numeric and categorical."
    ]
    assert set(frame["k"].cat.codes) <= set(X["k"].cat.codes)
    pd.testing.assert_frame_equal(frame, resampler("smotenc").fit_resample(X, y)[0])


def test_smotenc_without_categories_is_smote_and_without_numbers_smoten():
    """A selector may have left columns of one kind only."""
    X, y = mixed()
    plain = resampler("smotenc")
    frame, _ = plain.fit_resample(X[list("abc")], y)
    assert plain.notes_[0].startswith("SMOTE was used instead of SMOTENC")
    pd.testing.assert_frame_equal(frame, resampler("smote").fit_resample(X[list("abc")], y)[0])
    levels = resampler("smotenc")
    levels.fit_resample(X[["k"]], y)
    assert levels.notes_[0].startswith("SMOTEN was used instead of SMOTENC")


@pytest.mark.parametrize("key", ["borderline_smote", "adasyn", "svm_smote"])
def test_methods_for_numbers_refuse_categories(key):
    """They have no form for categories, and none is made up."""
    X, y = mixed()
    with pytest.raises(NotApplicableError, match="no meaning for categorical columns"):
        resampler(key).fit_resample(X, y)


def test_a_missing_category_stays_one():
    """A gap among the codes is a value of its own to vote for, never another level."""
    X = pd.DataFrame({"x": np.arange(12.0), "k": coded([0] * 8 + [-1] * 4, 2)})
    y = np.array([0] * 8 + [1] * 4)
    frame, target = resampler("smotenc", neighbours=2).fit_resample(X, y)
    assert frame["k"][target == 1].isna().all()
    assert not frame["k"][target == 0].isna().any()


def test_neighbours_are_lowered_where_a_class_is_small():
    """Three rows have two neighbours each; that is said, not hidden."""
    X, y = numbers((40, 20, 3))
    sampler = resampler("smote", neighbours=5)
    _, target = sampler.fit_resample(X, y)
    assert np.bincount(target).tolist() == [40, 40, 40]
    assert sampler.notes_ == [
        "A class has no more than 5 training rows, so fewer neighbours were used there."
    ]


@pytest.mark.parametrize("key", ["smote", "smotenc", "smote_enn", "adasyn"])
def test_one_row_alone_has_nothing_to_lie_between(key):
    """The reason is a sentence with a way out."""
    X, y = numbers((30, 10, 1))
    with pytest.raises(OutfoldError, match=r"single training row.*random oversampling"):
        resampler(key).fit_resample(X, y)


def test_rows_are_left_out_only_among_the_commoner_classes():
    """Tomek links and edited neighbours spare the rarest class unless told otherwise."""
    X, y = numbers((80, 30, 12))
    for key in ("tomek", "enn", "all_knn", "neighbourhood_cleaning", "one_sided"):
        _, target = resampler(key).fit_resample(X, y)
        assert (target == 2).sum() == 12, key
        assert len(target) < len(y), key
    _, target = resampler("enn", neighbours=1, every_class=True).fit_resample(X, y)
    assert 0 < (target == 2).sum() < 12


def test_a_class_that_cleaning_would_wipe_out_is_kept():
    """Editing may contradict every row of a class; a model still has to know of it."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=60)})
    y = np.array([0] * 50 + [1] * 5 + [2] * 5)
    sampler = resampler("enn", neighbours=10, every_class=True)
    _, target = sampler.fit_resample(X, y)
    assert set(target) == {0, 1, 2}
    assert any("would have lost every row" in note for note in sampler.notes_)


def test_distance_counts_a_changed_category_like_one_standard_deviation():
    """So that neither kind of column drowns the other."""
    X = pd.DataFrame({"x": [0.0, 0.0, 1.0], "k": coded([0, 1, 0], 2)})
    points = neighbour_space(X)
    assert np.linalg.norm(points[0] - points[1]) == pytest.approx(1)
    assert np.linalg.norm(points[0] - points[2]) == pytest.approx(1)


def test_combined_resampling_remembers_where_rows_came_from():
    """Rows that survive the cleaning are original or new, and told apart."""
    X, y = mixed()
    sampler = resampler("smote_tomek")
    frame, target = sampler.fit_resample(X, y)
    kept = sampler.origins_ >= 0
    assert 0 < kept.sum() < len(frame)
    np.testing.assert_array_equal(target[kept], y[sampler.origins_[kept]])
    assert np.bincount(target).min() > 8


def test_full_class_weights_are_the_balanced_ones():
    """They agree with scikit-learn's; strength 0 is no weighting; the mean is always 1."""
    y = np.repeat([0, 1, 2], [70, 25, 5])
    full = resampler("class_weight").sample_weight(y)
    np.testing.assert_allclose(full, compute_sample_weight("balanced", y))
    np.testing.assert_array_equal(resampler("class_weight", strength=0.0).sample_weight(y), 1)
    half = resampler("class_weight", strength=0.5).sample_weight(y)
    assert half.mean() == pytest.approx(1)
    assert half[-1] / half[0] == pytest.approx(np.sqrt(70 / 5))


def test_nothing_is_done_to_classes_that_are_balanced():
    """Equal classes stay as they are, row for row."""
    X, y = numbers((20, 20))
    for key in ("smote", "random_over", "random_under", "near_miss", "adasyn"):
        frame, target = resampler(key).fit_resample(X, y)
        pd.testing.assert_frame_equal(frame, X)
        np.testing.assert_array_equal(target, y)


def test_a_resampler_of_one_class_says_so():
    """There is nothing to balance."""
    X, _ = numbers((10,))
    with pytest.raises(OutfoldError, match="of one class"):
        resampler("random_over").fit_resample(X, np.zeros(10, dtype=int))
    with pytest.raises(OutfoldError, match="of one class"):
        resampler("class_weight").sample_weight(np.zeros(10, dtype=int))


def test_far_apart_classes_have_no_border_to_add_to():
    """Borderline SMOTE and ADASYN then make nothing, and say so."""
    X, y = numbers((40, 10))
    X = X + 100 * y[:, None]
    for key in ("borderline_smote", "adasyn"):
        sampler = resampler(key)
        _, target = sampler.fit_resample(X, y)
        assert np.bincount(target).tolist() == [40, 10]
        assert any("made no rows for a class" in note for note in sampler.notes_)


FORMS = ("numbers", "levels", "mixed")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "counts", [(40, 1), (40, 2), (40, 3), (40, 5), (40, 12, 1), (30, 12, 2), (1, 1), (1, 1, 30)]
)
def test_tiny_classes_never_crash_a_resampler(form, counts):
    """Every registered one gives rows of each class, or a reason in words."""
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(len(counts)) * 2, counts)
    levels = pd.DataFrame({
        k: coded(np.where(rng.random(len(y)) < 0.1, -1, rng.integers(0, 3, len(y))), 4)
        for k in "kl"
    })  # fmt: skip
    values = pd.DataFrame(rng.normal(size=(len(y), 3)) + y[:, None] * 0.3, columns=list("abc"))
    X = {"numbers": values, "levels": levels}.get(form)
    X = pd.concat([values, levels], axis=1) if X is None else X
    for strategy in registry("resampler"):
        few = {"trees": 10} if strategy.key == "instance_hardness" else {}
        sampler = strategy.build(task="multiclass", seed=0, **few)
        if hasattr(sampler, "sample_weight"):
            assert np.isfinite(sampler.sample_weight(y)).all()
            continue
        try:
            frame, target = sampler.fit_resample(X, y)
        except OutfoldError:
            continue
        assert set(target) == set(y), strategy.key
        assert list(frame.columns) == list(X.columns)
        for column in levels if form != "numbers" else ():
            assert frame[column].cat.codes.max() < 3, strategy.key


def test_every_sampler_of_imbalanced_learn_has_a_file():
    """All that it has for tables: 8 that add rows, 11 that leave rows out, 2 that do both."""
    import imblearn.combine
    import imblearn.over_sampling
    import imblearn.under_sampling

    modules = (imblearn.over_sampling, imblearn.under_sampling, imblearn.combine)
    theirs = [name for m in modules for name in m.__all__]
    ours = [s for s in registry("resampler") if s.key not in ("none", "class_weight")]
    assert len(ours) == len(theirs) == 21


@pytest.mark.parametrize(
    ("key", "sizes"), [("cluster_centroids", [16, 16, 8]), ("kmeans_smote", [60, 30, 30])]
)
def test_clusters_give_the_sizes_asked_for(key, sizes):
    """Half as many rare rows as common ones."""
    X, y = numbers()
    _, target = resampler(key, ratio=0.5).fit_resample(X, y)
    assert np.bincount(target).tolist() == sizes


def test_cluster_centres_are_rows_unless_they_may_be_new():
    """Hard voting keeps rows; soft makes centres of numbers, and never of categories."""
    X, y = numbers()
    hard = resampler("cluster_centroids")
    hard.fit_resample(X, y)
    assert (hard.origins_ >= 0).all()
    soft = resampler("cluster_centroids", voting="soft")
    frame, target = soft.fit_resample(X, y)
    assert (soft.origins_ < 0).sum() == 16
    np.testing.assert_allclose(
        frame[soft.origins_ < 0][target[soft.origins_ < 0] == 0].mean(), X[y == 0].mean(), atol=0.6
    )
    X, y = mixed()
    words = resampler("cluster_centroids", voting="soft")
    words.fit_resample(X, y)
    assert (words.origins_ >= 0).all()
    assert "categories have no centre" in words.notes_[0]


def test_repeated_editing_goes_on_where_one_round_stops():
    """It leaves out what one round leaves out, and more."""
    X, y = numbers((120, 60))
    once, often = resampler("enn"), resampler("repeated_enn")
    once.fit_resample(X, y)
    often.fit_resample(X, y)
    assert set(often.origins_) < set(once.origins_)


def test_condensing_keeps_what_nearest_neighbours_need():
    """One neighbour among the rows kept names the class of nearly every row left out."""
    from sklearn.neighbors import KNeighborsClassifier

    X, y = numbers((80, 40))
    sampler = resampler("condensed")
    frame, target = sampler.fit_resample(X, y)
    assert len(frame) < len(X)
    left = np.setdiff1d(np.arange(len(X)), sampler.origins_)
    known = KNeighborsClassifier(1).fit(frame, target)
    assert (known.predict(X.iloc[left]) == y[left]).mean() > 0.9


def test_the_hardest_common_rows_are_left_out():
    """A common row deep among the rare ones goes first."""
    X, y = numbers((60, 20))
    X = X + 2 * y[:, None]
    X.iloc[0] = X[y == 1].mean()
    sampler = resampler("instance_hardness", ratio=0.5, trees=50)
    sampler.fit_resample(X, y)
    assert 0 not in sampler.origins_


def test_many_rows_are_searched_in_parts_and_that_is_said(monkeypatch):
    """Parts keep the class shares, and every row takes part."""
    from outfold.resample import cleaning

    monkeypatch.setattr(cleaning, "PART_ROWS", 40)
    X, y = numbers((90, 30))
    sampler = resampler("enn")
    _, target = sampler.fit_resample(X, y)
    assert any("in 3 random parts of the 120 training rows" in n for n in sampler.notes_)
    assert (target == 1).sum() == 30
    assert 20 < (target == 0).sum() < 90


def test_a_class_too_large_for_smoten_is_sampled_and_that_is_said(monkeypatch):
    """New rows lie between rows drawn; all old rows stay."""
    from outfold.resample import synthetic

    monkeypatch.setitem(synthetic.MOST_ROWS, "smoten", 10)
    X, y = mixed()
    sampler = resampler("smoten")
    frame, target = sampler.fit_resample(X[["k"]], y)
    assert np.bincount(target).tolist() == [60, 60, 60]
    assert any("between 10 of them drawn at random" in n for n in sampler.notes_)
    pd.testing.assert_frame_equal(frame.iloc[: len(X)], X[["k"]])
