"""The constants of the calculations: policy, not arithmetic (FORMULAS 0.1).

Each is a default that a caller may override, so that a threshold is never a number in the code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any, Self


@dataclass(frozen=True)
class Policy:
    tol_frac: Fraction = Fraction("0.05")
    cut_ag: Fraction = Fraction("-0.15")
    cut_ar: Fraction = Fraction("-0.30")
    noise_z: Fraction = Fraction("1.96")
    noise_tol_cap_frac: Fraction = Fraction("0.15")
    hold_mult_ag: Fraction = Fraction(2)
    hold_mult_ar: Fraction = Fraction(4)
    days_per_year: Fraction = Fraction("365.25")
    k_slope: int = 3
    min_n_forecast: int = 3
    movement_frac: Fraction = Fraction("0.1")
    rho_g: Fraction = Fraction(1)
    rho_ag: Fraction = Fraction("0.8")
    rho_ar: Fraction = Fraction("0.5")
    interval_min_n: int = 5
    interval_max_n: int = 8
    t90: tuple[tuple[int, Fraction], ...] = (  # by degrees of freedom
        (3, Fraction("1.638")),
        (4, Fraction("1.533")),
        (5, Fraction("1.476")),
        (6, Fraction("1.440")),
    )
    plateau_frac: Fraction = Fraction("0.25")
    due_soon_days: int = 7
    strict_data_mode: bool = False
    slip_material_days: int = 14
    slip_material_frac: Fraction = Fraction("0.10")
    slip_critical_days: int = 7
    serial_moves: int = 3
    stale_due_within: int = 60
    stale_no_update: int = 30
    mpi_window: int = 180
    mpi_half_credit_days: int = 14
    mpi_min_n: int = 3
    mpi_g: Fraction = Fraction("0.9")
    mpi_ag: Fraction = Fraction("0.75")
    mpi_ar: Fraction = Fraction("0.5")
    min_cell: int = 10
    complementary: bool = True

    def overridden(self, values: Mapping[str, Any] | None) -> Self:
        """With other values for some constants; names in capitals as FORMULAS writes them.

        Names of constants that these calculations do not use are passed over.
        """
        known = {each.name: type(getattr(self, each.name)) for each in fields(self)}
        changes = {
            name.lower(): _read(known[name.lower()], value)
            for name, value in (values or {}).items()
            if name.lower() in known
        }
        return replace(self, **changes)

    def t90_for(self, freedom: int) -> Fraction | None:
        """The factor for so many degrees of freedom; None if there are too few for any.

        Beyond the table its last factor serves: it is a little too wide, never too narrow.
        """
        return next((t for df, t in sorted(self.t90, reverse=True) if df <= freedom), None)


def _read(kind: type, value: Any) -> Any:
    if kind is tuple:
        return tuple(sorted((int(df), Fraction(factor)) for df, factor in value.items()))
    return kind(value)


DEFAULT_POLICY = Policy()
