"""Models: estimators over prepared frames (see ``outfold.prepare``).

``build(task, seed, **params)`` returns a scikit-learn estimator that takes a prepared frame as it
is: encoding of categorical columns (one-hot, native codes) is part of the estimator. Classifiers
get integer class codes and have ``predict_proba``, or ``decision_function`` where ``probabilistic``
is false; a code with no training row is allowed to be absent from ``classes_``. Estimators use one
thread where they choose it; the caller limits OpenMP. Row weights go to ``fit`` as
``sample_weight``; a model whose strategy is not ``weightable`` refuses them. A module without
STRATEGY is shared code, named in SHARED.
"""

SHARED: tuple[str, ...] = ("balanced", "balanced_params", "bayes", "encoding", "forest", "platt")
