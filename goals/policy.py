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
    due_soon_days: int = 7
    strict_data_mode: bool = False
    min_cell: int = 10
    complementary: bool = True

    def overridden(self, values: Mapping[str, Any] | None) -> Self:
        """With other values for some constants; names in capitals as FORMULAS writes them.

        Names of constants that these calculations do not use are passed over.
        """
        known = {each.name: type(getattr(self, each.name)) for each in fields(self)}
        changes = {
            name.lower(): known[name.lower()](value)
            for name, value in (values or {}).items()
            if name.lower() in known
        }
        return replace(self, **changes)


DEFAULT_POLICY = Policy()
