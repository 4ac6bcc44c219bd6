"""Resamplers: what is done about rare classes, on training rows only.

``build(task, seed, **params)`` returns an object with ``fit_resample(X, y)`` over prepared frames
(see ``outfold.prepare``), as imbalanced-learn's samplers have, that keeps columns and dtypes, or,
for a strategy that weighs rows instead of changing them, one with ``sample_weight(y)``. After the
call ``notes_`` is a list of sentences about anything that had to be adjusted, and, where rows were
changed, ``origins_`` holds the position of the row that each returned row is, -1 for a new one.
A module without STRATEGY is shared code, named in SHARED.
"""

SHARED: tuple[str, ...] = ("cleaning", "clusters", "combined", "sampling", "synthetic", "weights")
