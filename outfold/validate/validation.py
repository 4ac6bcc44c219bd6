"""How rows are held out, as a study says it."""

from __future__ import annotations

from dataclasses import dataclass

from outfold.errors import ParameterError, StudyError
from outfold.validate.catalogue import scheme_named, schemes
from outfold.validate.fields import FIELDS
from outfold.validate.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Validation:
    """How rows are held out.

    Attributes:
        scheme: Key of a scheme in ``outfold/validate``.
        folds: Number of folds or of time-ordered blocks, 2 to 50.
        repeats: How often folds are drawn anew.
        test_share: Share of the rows held out by a hold-out scheme, 0 to 1.
        gap: Rows left out between training and validation in time-ordered schemes.
        gap_time: Time left out there: days for dates, else the time column's own unit.
        window: Rows of the sliding training window; None for as many as lie before the first block.
        resamples: Bootstrap draws.

    A field that the scheme does not use changes nothing.
    """

    scheme: str = "stratified"
    folds: int = 5
    repeats: int = 1
    test_share: float = 0.25
    gap: int = 0
    gap_time: float = 0.0
    window: int | None = None
    resamples: int = 50

    def __post_init__(self) -> None:
        if self.scheme not in schemes():
            raise StudyError(
                f"There is no validation scheme {self.scheme!r}.", "Known: " + ", ".join(schemes())
            )
        for field in FIELDS:
            value = getattr(self, field.key)
            try:
                field.check(value)
            except ParameterError as error:
                raise StudyError(
                    f"The validation asks for {field.key} = {value!r}.", error.hint
                ) from None

    @property
    def declared(self) -> Scheme:
        """What the scheme declares."""
        return scheme_named(self.scheme)

    @property
    def inside(self) -> tuple[str, int, float, int | None]:
        """What folds drawn inside the training rows of a split take over from it."""
        return self.scheme, self.gap, self.gap_time, self.window

    @property
    def is_holdout(self) -> bool:
        """Whether rows are held out just once."""
        return self.declared.single

    @property
    def n_splits(self) -> int:
        """How many times each candidate is fitted; 0 where that depends on the table."""
        n = self.declared.count(self)
        return 0 if n is None else n + self.declared.apparent
