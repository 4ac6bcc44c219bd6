"""What the balanced ensembles ask alike."""

from __future__ import annotations

from outfold.registry import Param

MEMBERS = Param(
    "n_estimators",
    "Trees",
    "int",
    100,
    low=5,
    high=1000,
    scale="log",
    help="More are steadier and cost time and memory in proportion.",
    search=(),
    search_source="Probst & Boulesteix 2018: hardly worse with more, so not tuned",
)
LEARNING_RATE = Param(
    "learning_rate",
    "Learning rate",
    "float",
    1.0,
    low=0.01,
    high=2.0,
    scale="log",
    help="How much each tree corrects the ones before it.",
    search=(0.1, 1.5),
    search_source="Feurer et al. 2015, auto-sklearn (AdaBoost)",
)
RATIO = Param(
    "ratio",
    "Rare rows per common row",
    "float",
    1.0,
    low=0.05,
    high=1.0,
    help="Rows of the rarest class over those of each commoner one in every member.",
    search=(0.2, 1.0),
    search_source="from five common rows a rare one to balance",
)
"""What ``outfold.models.balanced.LessCommon`` draws by."""
