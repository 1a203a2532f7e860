"""A database field for exact numbers.

SQLite keeps Django's decimals as floating point and loses digits, and a fixed number of places
forgets that 72.0 was published and not 72. So a number is kept as text: a plain decimal with the
digits as published, or p/q for a result that no decimal can hold. Both databases behave alike.
See docs/decisions/0008-exact-numbers.md.
"""

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Func, lookups
from django.utils.translation import gettext_lazy as _

Exact = Decimal | Fraction

MAX_DIGITS = 60
LOOKUPS = frozenset({"exact", "isnull", "lt", "lte", "gt", "gte"})
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_FRACTION = re.compile(r"[+-]?[0-9]+/[0-9]+")


def parse_exact(text: str) -> Exact:
    """A Decimal that keeps the digits written, or a Fraction for p/q; ValueError for the rest.

    Exponents are refused: 1e999999 is nine characters and a gigabyte.
    """
    text = text.strip()
    if _DECIMAL.fullmatch(text) and len(text) <= MAX_DIGITS:
        return Decimal(text)
    if _FRACTION.fullmatch(text):
        numerator, denominator = text.split("/")
        if int(denominator):
            return Fraction(int(numerator), int(denominator))
    raise ValueError(text)


def as_fraction(value: Exact | int) -> Fraction:
    return value if isinstance(value, Fraction) else _fraction(value)


@lru_cache(maxsize=4096)
def _fraction(value: Decimal | int) -> Fraction:
    return Fraction(value)


def exact_text(value: Exact | int) -> str:
    """The text that is stored: 72.0 stays 72.0, 1/3 stays 1/3, and a third of 9 becomes 3."""
    if isinstance(value, Fraction):
        if value.denominator == 1:
            return str(value.numerator)
        return _finite_text(value) or f"{value.numerator}/{value.denominator}"
    return format(Decimal(value), "f")


def _finite_text(value: Fraction) -> str | None:
    """The decimal of a fraction whose denominator has no factors but 2 and 5, if short enough."""
    rest, places = value.denominator, 0
    for factor in (2, 5):
        count = 0
        while rest % factor == 0:
            rest //= factor
            count += 1
        places = max(places, count)
    if rest != 1 or places > MAX_DIGITS // 2:
        return None
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


class ExactNumberField(models.Field):
    """An exact number, kept as text; Decimal or Fraction in Python, never float."""

    description = _("An exact number")
    empty_strings_allowed = False

    def get_lookup(self, lookup_name: str) -> Any:
        """Only what compares numbers: Django's other lookups would compare the text, wrongly."""
        return super().get_lookup(lookup_name) if lookup_name in LOOKUPS else None

    def db_type(self, connection: Any) -> str:  # noqa: ARG002 - Django's signature
        return "text"

    def from_db_value(self, value: str | None, *_args: Any) -> Exact | None:
        return None if value is None else parse_exact(value)

    def to_python(self, value: Any) -> Exact | None:
        if value is None or value == "":
            return None
        if isinstance(value, Decimal | Fraction):
            return value
        if isinstance(value, int | str):
            try:
                return parse_exact(str(value))
            except ValueError:
                pass
        raise ValidationError(
            _("“%(value)s” is not a number. Write it in digits, with a decimal point."),
            code="invalid",
            params={"value": value},
        )

    def get_prep_value(self, value: Any) -> str | None:
        number = self.to_python(super().get_prep_value(value))
        return None if number is None else exact_text(number)

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj)) or ""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": ExactNumberFormField, **kwargs})


class ExactNumberFormField(forms.CharField):
    def prepare_value(self, value: Any) -> Any:
        return exact_text(value) if isinstance(value, Decimal | Fraction) else value

    def to_python(self, value: Any) -> Any:
        return ExactNumberField().to_python(super().to_python(value))


COLLATION = "exact_number"


def compare_texts(one: str, other: str) -> int:
    """-1, 0 or 1: which of two stored texts is the smaller number."""
    left, right = Fraction(parse_exact(one)), Fraction(parse_exact(other))
    return (left > right) - (left < right)


def teach_sqlite(connection: Any, **_signal: Any) -> None:
    """SQLite would compare text or floats; with this it compares the numbers themselves."""
    if connection.vendor == "sqlite":
        connection.connection.create_collation(COLLATION, compare_texts)


class AsNumber(Func):
    """The number in an exact column, for ORDER BY and for comparing: exact on both databases."""

    arity = 1
    output_field = models.TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **_extra: Any) -> Any:  # noqa: ARG002
        sql, params = compiler.compile(self.source_expressions[0])
        return f"{sql} COLLATE {COLLATION}", tuple(params)

    def as_postgresql(self, compiler: Any, connection: Any, **_extra: Any) -> Any:  # noqa: ARG002
        """A quotient gets 130 places, more than any two numbers of 60 digits need to differ."""
        sql, params = compiler.compile(self.source_expressions[0])
        text = (
            "(round(split_part({0}, '/', 1)::numeric, 130)"
            " / coalesce(nullif(split_part({0}, '/', 2), ''), '1')::numeric)"
        )
        return text.format(sql), tuple(params) * text.count("{0}")


class _NumericLookup(lookups.Lookup):
    operator: str

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG002 - Django's signature
        left, left_params = compiler.compile(AsNumber(self.lhs))
        right, right_params = compiler.compile(AsNumber(models.Value(self.rhs)))
        return f"{left} {self.operator} {right}", (*left_params, *right_params)

    def get_prep_lookup(self) -> Any:
        return ExactNumberField().get_prep_value(self.rhs)


@ExactNumberField.register_lookup
class NumberEquals(_NumericLookup):
    lookup_name = "exact"
    operator = "="


@ExactNumberField.register_lookup
class NumberLess(_NumericLookup):
    lookup_name = "lt"
    operator = "<"


@ExactNumberField.register_lookup
class NumberAtMost(_NumericLookup):
    lookup_name = "lte"
    operator = "<="


@ExactNumberField.register_lookup
class NumberGreater(_NumericLookup):
    lookup_name = "gt"
    operator = ">"


@ExactNumberField.register_lookup
class NumberAtLeast(_NumericLookup):
    lookup_name = "gte"
    operator = ">="
