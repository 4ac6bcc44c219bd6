"""Outfold's engine: from a table to models compared on what was measured out of fold."""

__version__ = "0.1.0"
