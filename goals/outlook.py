"""Where a series leads, as far as lists and standings tell it: pace and turning points in one value."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Self

from goals.pace import Confidence, Forecast, Mode, Movement, NoForecast
from goals.turns import Reversal, Turns
from goals.variance import Band

# As a standing keeps it.
COLUMNS = (
    "pace", "pace_reason", "confidence", "mode", "tendency", "slope", "required", "rho",
    "projection", "shortfall", "projection_low", "projection_high", "is_plateau", "reversal",
)  # fmt: skip

BANDS = (Band.R, Band.AR, Band.AG, Band.G)


@dataclass(frozen=True)
class Outlook:
    """The pace check (F5 to F7) and F8. Numbers are judged ones; a positive shortfall is a miss.

    `projection` is inside what there can be; `low` and `high` stand where there is an interval.
    """

    pace: Band | None = None
    reason: NoForecast | None = None
    confidence: Confidence = Confidence.NONE
    mode: Mode | None = None
    tendency: Movement | None = None
    slope: Fraction | None = None
    required: Fraction | None = None
    rho: Fraction | None = None
    projection: Fraction | None = None
    shortfall: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    is_plateau: bool = False
    reversal: Reversal = Reversal.NONE

    @property
    def is_told(self) -> bool:
        """Whether the data carry a projected number (FORMULAS 3, the rule of screens)."""
        return self.confidence is Confidence.NORMAL

    @property
    def rank(self) -> tuple[int, Fraction] | None:
        """From far too slow to fast enough, and within a band by the share of the pace needed."""
        if self.pace is None:
            return None
        return BANDS.index(self.pace), self.rho if self.rho is not None else Fraction(1)

    @classmethod
    def of(cls, pace: Forecast | None, turns: Turns | None) -> Self:
        """Without an approved path there is no pace, and the turning points stand alone."""
        turning = cls(
            is_plateau=bool(turns and turns.plateau),
            reversal=turns.reversal if turns else Reversal.NONE,
        )
        if pace is None:
            return turning
        return replace(
            turning,
            pace=pace.band,
            reason=pace.reason,
            confidence=pace.confidence,
            mode=pace.mode,
            tendency=pace.direction,
            slope=pace.slope_per_year,
            required=pace.required_per_year,
            rho=pace.rho,
            projection=pace.projection_shown,
            shortfall=pace.shortfall,
            low=pace.interval.low if pace.interval else None,
            high=pace.interval.high if pace.interval else None,
        )

    def columns(self) -> dict[str, Any]:
        words = (self.pace, self.reason, self.confidence, self.mode, self.tendency)
        numbers = (
            self.slope, self.required, self.rho, self.projection, self.shortfall, self.low,
            self.high,
        )  # fmt: skip
        values = (*(word or "" for word in words), *numbers, self.is_plateau, self.reversal)
        return dict(zip(COLUMNS, values, strict=True))

    @classmethod
    def from_columns(cls, values: Sequence[Any]) -> Self:
        """What `columns` has given, in that order; numbers may come as any exact kind."""
        pace, reason, confidence, mode, tendency, *numbers, is_plateau, reversal = values
        slope, required, rho, projection, shortfall, low, high = (
            None if number is None else Fraction(number) for number in numbers
        )
        return cls(
            pace=Band(pace) if pace else None,
            reason=NoForecast(reason) if reason else None,
            confidence=Confidence(confidence or Confidence.NONE),
            mode=Mode(mode) if mode else None,
            tendency=Movement(tendency) if tendency else None,
            slope=slope,
            required=required,
            rho=rho,
            projection=projection,
            shortfall=shortfall,
            low=low,
            high=high,
            is_plateau=is_plateau,
            reversal=Reversal(reversal or Reversal.NONE),
        )
