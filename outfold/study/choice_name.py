"""What people call a strategy with its parameters."""

from __future__ import annotations

from outfold.registry import Kind, registry, worded
from outfold.study.study import Choice


def choice_name(kind: Kind, choice: Choice) -> str:
    """A strategy's label with the parameters that differ: ``SMOTE (neighbours 3)``.

    Those that follow one another are ``Variance then CFS``.
    """
    if choice.then is not None:
        return " then ".join(choice_name(kind, link) for link in choice.links)
    known = registry(kind)
    if choice.key not in known:
        return choice.label()
    strategy = known[choice.key]
    if choice.key == "pinned":
        n = len(columns) if isinstance(columns := dict(choice.params).get("columns"), tuple) else 0
        return f"{strategy.label} ({n:,} column{'s' * (n != 1)})"
    labels = {p.key: p.label.lower() for p in strategy.params}
    inside = ", ".join(f"{labels.get(key, key)} {worded(value)}" for key, value in choice.params)
    return f"{strategy.label} ({inside})" if inside else strategy.label
