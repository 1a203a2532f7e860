"""From rows of text to values that may be entered, or to a sentence that says why not."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goals import rounding
from goals.data_age import MONTHS, Frequency
from goals.fields import MAX_DIGITS, Exact, as_fraction, parse_exact
from goals.importing.rows import RawRow, shortened
from goals.models import ALL_SUBGROUP, Indicator, Observation

# Lengths in days that a period of each frequency may have.
LENGTHS = {Frequency.DAILY: (1, 1), Frequency.WEEKLY: (7, 7)}
# Characters that the database has room for.
LIMITS = {"org_unit_code": 40, "source": 200, "note": 500, "reason": 300}
MAX_NUMBER = 4 * MAX_DIGITS  # room for an exact fraction p/q, as the product exports it
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# What people write for a number, and what to write instead; the first that fits.
_NO_NUMBERS = (
    (
        re.compile(r"\b(up|down|by|increase|decrease|rose|fell)\b|^[+]", re.IGNORECASE),
        gettext_lazy(
            "This is a change, not a level, and unclear whether percent or points. Enter the"
            " rate itself, for example 22.4."
        ),
    ),
    (re.compile("%"), gettext_lazy("Leave the percent sign out: 22.4, not 22.4%.")),
    (
        re.compile(r"^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$"),
        gettext_lazy("Leave the thousands separator out: 1911, not 1,911."),
    ),
    (
        re.compile("^-?[0-9]+,[0-9]+$"),
        gettext_lazy("Use a decimal point: 22.4, not 22,4."),
    ),
    (
        re.compile(r"^-?[0-9.]+[eE][+-]?[0-9]+$"),
        gettext_lazy("Write all digits out; the form with an exponent is not taken."),
    ),
)


@dataclass(frozen=True)
class Problem:
    """A row that cannot be entered, or (a warning) one that deserves a second look."""

    line: int
    field: str
    text: str
    message: str
    place: str = ""
    is_warning: bool = False


class RowError(ValueError):
    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(message)
        self.field = field_name
        self.message = message


@dataclass(frozen=True)
class Row:
    """A checked value with the codes of the series that it belongs to."""

    line: int
    indicator: Indicator
    org_unit_code: str
    org_unit_name: str
    subgroup_code: str
    subgroup_name: str
    period_start: date
    period_end: date
    value: Exact | None
    numerator: Exact | None
    denominator: Exact | None
    status: str
    missing_reason: str
    published_on: date | None
    source: str
    note: str
    definition: int | None
    reason: str
    known_from: datetime | None

    @property
    def key(self) -> tuple[str, str, str, date]:
        return (self.indicator.code, self.org_unit_code, self.subgroup_code, self.period_end)


@dataclass
class Checker:
    """What is known before the file: indicators, units and subgroups by code; the day."""

    indicators: Mapping[str, Indicator]
    org_units: Mapping[str, str]  # code -> name
    subgroups: Mapping[str, str]
    today: date
    now: datetime
    creates_units: bool = False
    creates_subgroups: bool = False
    may_enter: Callable[[Indicator], bool] = lambda _indicator: True
    seen: dict[tuple[str, str, str, date], int] = field(default_factory=dict)

    def check(self, rows: Iterator[RawRow]) -> Iterator[Row | Problem]:
        for raw in rows:
            try:
                row = self.row(raw)
                self._check_once(row)
            except RowError as error:
                text = shortened(str(getattr(raw, error.field, "")))
                place = shortened(self.place_of(raw))
                yield Problem(raw.line, error.field, text, error.message, place)
            else:
                yield row

    def place_of(self, raw: RawRow) -> str:
        """The unit by the name that it has here, else by what the file calls it."""
        code = raw.org_unit_code
        return self.org_units.get(code) or raw.org_unit_name or code

    def row(self, raw: RawRow) -> Row:
        """The value of one row. Raises RowError."""
        if raw.problem:
            raise RowError(raw.problem_field, raw.problem)
        indicator = self._indicator(raw)
        start, end = _day(raw, "period_start"), _day(raw, "period_end")
        if start is None or end is None:
            raise RowError("period_end", _("Give the first and the last day of the period."))
        check_period(indicator, start, end, self.today)
        value = _number(raw, "value")
        row = Row(
            line=raw.line,
            indicator=indicator,
            org_unit_code=self._org_unit(raw),
            org_unit_name=self.place_of(raw),
            subgroup_code=self._subgroup(raw),
            subgroup_name=raw.subgroup_name,
            period_start=start,
            period_end=end,
            value=value,
            numerator=_number(raw, "numerator"),
            denominator=_number(raw, "denominator"),
            status=_status(raw),
            missing_reason=_missing(raw, value),
            published_on=_day(raw, "published_on"),
            source=_text(raw, "source"),
            note=_text(raw, "note"),
            definition=_definition(raw, indicator),
            reason=_text(raw, "reason"),
            known_from=_moment(raw, self.now),
        )
        check_numbers(row)
        return row

    def _indicator(self, raw: RawRow) -> Indicator:
        if not raw.indicator_code:
            raise RowError("indicator_code", _("Say which indicator the value belongs to."))
        indicator = self.indicators.get(raw.indicator_code)
        if indicator is None:
            raise RowError(
                "indicator_code",
                _(
                    "There is no indicator %(code)s. Correct the code, or ask an administrator to"
                    " set the indicator up first."
                )
                % {"code": shortened(raw.indicator_code)},
            )
        if not self.may_enter(indicator):
            raise RowError(
                "indicator_code",
                _("You are not a steward of %(code)s, so its numbers are for others to enter.")
                % {"code": raw.indicator_code},
            )
        return indicator

    def _org_unit(self, raw: RawRow) -> str:
        code = raw.org_unit_code
        if not code:
            raise RowError("org_unit_code", _("Say which organisation unit the value is about."))
        if code not in self.org_units and not self.creates_units:
            raise RowError(
                "org_unit_code",
                _(
                    "There is no organisation unit %(code)s. Correct the code, or have unknown units"
                    " made under a parent unit."
                )
                % {"code": shortened(code)},
            )
        if code not in self.org_units:
            check_new_unit(code)
        return code

    def _subgroup(self, raw: RawRow) -> str:
        code = raw.subgroup_code or ALL_SUBGROUP
        if code not in self.subgroups and code != ALL_SUBGROUP and not self.creates_subgroups:
            raise RowError(
                "subgroup_code",
                _("There is no subgroup %(code)s. Leave the cell empty for everybody.")
                % {"code": shortened(code)},
            )
        return code

    def _check_once(self, row: Row) -> None:
        first = self.seen.setdefault(row.key, row.line)
        if first != row.line:
            raise RowError(
                "period_end",
                _(
                    "Line %(line)s already gives this value: the same indicator, unit, subgroup and"
                    " period."
                )
                % {"line": first},
            )


def check_new_unit(code: str) -> None:
    """Raises RowError for a code that no new unit gets."""
    limit = LIMITS["org_unit_code"]
    if not _CODE.fullmatch(code) or len(code) > limit:
        raise RowError(
            "org_unit_code",
            _("A new code has letters, digits, dots, dashes and underscores, at most %(limit)s.")
            % {"limit": limit},
        )


# --- single cells ---------------------------------------------------------------------------------


def _day(raw: RawRow, name: str) -> date | None:
    text = getattr(raw, name)
    if not text:
        return None
    try:
        return iso_day(text)
    except ValueError:
        raise RowError(
            name, _("Write the date as year-month-day, for example 2026-06-30.")
        ) from None


@lru_cache(maxsize=1024)
def iso_day(text: str) -> date:
    """Raises ValueError. Other forms of the standard, as 20260630, are too easily mistaken."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _moment(raw: RawRow, now: datetime) -> datetime | None:
    if not raw.known_from:
        return None
    try:
        moment = moment_of(raw.known_from)
    except ValueError:
        raise RowError(
            "known_from", _("Write the moment like 2026-06-30T09:00:00+00:00.")
        ) from None
    if moment > now:
        raise RowError("known_from", _("Nobody can have known it yet: the moment lies ahead."))
    return moment


def moment_of(text: str) -> datetime:
    """A moment; without an offset it is in the time zone of this installation. ValueError."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else timezone.make_aware(moment)
        return moment.astimezone(UTC)
    except OverflowError as error:  # the first and the last day that there is
        raise ValueError(text) from error


def _text(raw: RawRow, name: str) -> str:
    text = str(getattr(raw, name))
    limit = LIMITS[name]
    if len(text) > limit:
        raise RowError(name, _("Shorten this to %(limit)s characters at most.") % {"limit": limit})
    return text


def _number(raw: RawRow, name: str) -> Exact | None:
    text = getattr(raw, name)
    if not text:
        return None
    try:
        if len(text) <= MAX_NUMBER:
            return parse_exact(text)
    except ValueError:
        pass
    raise RowError(name, _why_no_number(text))


def _why_no_number(text: str) -> str:
    if len(text) > MAX_DIGITS:
        limit = {"limit": MAX_DIGITS}
        return _("This is longer than any number here: at most %(limit)s digits.") % limit
    for pattern, words in _NO_NUMBERS:
        if pattern.search(text):
            return str(words)
    return _("This is not a number. Write it in digits, with a decimal point.")


def _status(raw: RawRow) -> str:
    status = raw.status or Observation.Status.FINAL
    if status not in Observation.Status.values:
        raise RowError(
            "status",
            _("The status is one of: %(names)s.") % {"names": ", ".join(Observation.Status.values)},
        )
    return status


def _missing(raw: RawRow, value: Exact | None) -> str:
    """Why there is no value. A row that withdraws one needs none."""
    if raw.status == Observation.Status.WITHDRAWN:
        if value is not None:
            raise RowError("value", _("A withdrawn value is left empty."))
        return ""
    if value is not None:
        if raw.missing_reason:
            raise RowError("missing_reason", _("There is a value, so it is not missing."))
        return ""
    if raw.missing_reason not in Observation.Missing.values:
        raise RowError(
            "value",
            _(
                "There is no value. Enter it, or say why there is none in the column missing_reason:"
                " %(names)s."
            )
            % {"names": ", ".join(Observation.Missing.values)},
        )
    return raw.missing_reason


def _definition(raw: RawRow, indicator: Indicator) -> int | None:
    if not raw.definition:
        return None
    numbers = {each.number for each in indicator.definition_list()}
    if raw.definition not in {str(number) for number in numbers}:
        raise RowError("definition", _("The indicator has no definition with this number."))
    return int(raw.definition)


# --- the row as a whole ---------------------------------------------------------------------------


def check_period(indicator: Indicator, start: date, end: date, today: date) -> None:
    """Raises RowError unless the period is over and as long as the indicator's periods are."""
    if end < start:
        raise RowError("period_end", _("The period ends before it starts."))
    if end > today:
        raise RowError(
            "period_end", _("The period is not over yet; a value about it is a forecast.")
        )
    frequency = Frequency(indicator.frequency)
    if frequency is Frequency.COHORT:
        return
    days = (end - start).days + 1
    low, high = LENGTHS.get(frequency) or _month_lengths(MONTHS[frequency])
    if not low <= days <= high:
        raise RowError(
            "period_end",
            _("The period is %(days)s days long; %(indicator)s is %(frequency)s.")
            % {
                "days": days,
                "indicator": indicator.code,
                "frequency": indicator.get_frequency_display(),
            },
        )


def _month_lengths(months: int) -> tuple[int, int]:
    """So many months, with a little room for school years and weeks that do not fit months."""
    room = 0 if months == 1 else 3 * months
    return 28 * months - room, 31 * months + room


def check_numbers(row: Row) -> None:
    """Raises RowError for values out of range, and counts that do not fit them or each other."""
    indicator = row.indicator
    if row.value is not None:
        _check_bounds(row.value, indicator)
    for name in ("numerator", "denominator"):
        number = getattr(row, name)
        if number is not None and number < 0:
            raise RowError(name, _("A count is never below zero."))
    if row.numerator is None or row.denominator is None:
        return
    if indicator.unit == Indicator.Unit.PERCENT and row.numerator > row.denominator:
        raise RowError(
            "numerator",
            _(
                "The numerator (%(numerator)s) is larger than the denominator (%(denominator)s)."
                " Swap or correct the two counts."
            )
            % {"numerator": row.numerator, "denominator": row.denominator},
        )
    _check_agreement(row)


def _check_bounds(value: Exact, indicator: Indicator) -> None:
    percent = indicator.unit == Indicator.Unit.PERCENT
    low = indicator.minimum if indicator.minimum is not None else (Decimal(0) if percent else None)
    high = indicator.maximum
    if high is None and percent:
        high = Decimal(100)
    number = as_fraction(value)
    if low is not None and number < as_fraction(low):
        raise RowError(
            "value", _("The value is below the lowest possible one, %(low)s.") % {"low": low}
        )
    if high is not None and number > as_fraction(high):
        raise RowError(
            "value", _("The value is above the highest possible one, %(high)s.") % {"high": high}
        )


def _check_agreement(row: Row) -> None:
    """The value has to be its counts' rate, to half a unit of the last digit published."""
    if row.value is None or row.numerator is None or not row.denominator:
        return
    rate = as_fraction(row.indicator.scale) * as_fraction(row.numerator)
    rate /= as_fraction(row.denominator)
    digits = -int(row.value.as_tuple().exponent) if isinstance(row.value, Decimal) else None
    room = Fraction(0) if digits is None else Fraction(1, 2 * 10 ** max(digits, 0))
    if abs(as_fraction(row.value) - rate) > room:
        raise RowError(
            "value",
            _(
                "The value is not what the two counts give: %(numerator)s of %(denominator)s is"
                " %(rate)s."
            )
            % {
                "numerator": row.numerator,
                "denominator": row.denominator,
                "rate": rounding.text(rate, row.indicator.decimals + 1),
            },
        )
