"""Preparations: from a typed table to a frame that selectors, resamplers and models can take.

``build(task, seed, **params)`` returns a scikit-learn transformer. ``fit(X, y=None)`` takes the
feature columns as they were read (see ``outfold.data.schema``), training rows only. ``transform``
returns a DataFrame with the same index that holds just two kinds of column:

* float64 columns without missing values, on comparable scales;
* ``category`` columns whose categories are the integers 0 … L-1 (a missing value and a rare level
  have a code of their own; a level never seen in fitting becomes missing, ``NaN``).

A column derived from another is named by ``outfold.data.schema.part``, so that ``source_of`` finds
the column that the analyst knows. ``notes_`` tells which columns were left out. A module without
STRATEGY is shared code, named in SHARED.
"""

SHARED: tuple[str, ...] = ("gaps_and_levels", "levels", "parts", "transformer")
