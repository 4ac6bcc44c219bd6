"""Selectors: which of the columns that the analyst knows carry the signal.

``build(task, seed, **params)`` returns a ``selector.Selector``: a scikit-learn transformer over
prepared frames (see ``outfold.prepare``) whose ``fit`` calls the strategy's own scoring function
and whose ``selection_`` is a ``selection.Selection``. Prepared columns of one source column come
and go together. A module without STRATEGY is shared code, named in SHARED.
"""

SHARED: tuple[str, ...] = (
    "selection",
    "selector",
    "ranking",
    "columns",
    "encode",
    "keep",
    "association",
    "entropy",
    "discretise",
    "evidence",
    "pillai",
    "subset_search",
    "neighbour_information",
    "neighbour_weights",
    "linear_model",
    "penalised_path",
    "forest",
    "sequence_search",
    "inner_score",
    "elimination",
    "sampling",
    "shrinkage",
    "softmax_path",
)
