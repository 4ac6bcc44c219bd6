"""A table and its schema after the fixes of a study."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from outfold.data.fix import Fix
from outfold.data.fixes import apply_fixes, types_after
from outfold.data.infer import describe
from outfold.data.schema import Schema


def mend(frame: pd.DataFrame, schema: Schema, fixes: Sequence[Fix]) -> tuple[pd.DataFrame, Schema]:
    """The fixed table with a schema that describes it; both as given where there is no fix.

    Columns keep their types, other than those that a fix has read as numbers or dates.

    Raises:
        OutfoldError: See ``outfold.data.fixes.apply_fixes``.
    """
    if not fixes:
        return frame, schema
    fixed = apply_fixes(frame, fixes)
    types = {c.name: c.type for c in schema.columns} | types_after(fixes)
    return fixed, describe(fixed, {name: kind for name, kind in types.items() if name in fixed})
