"""A study as a script or a notebook that runs without Outfold and gives the same numbers."""
