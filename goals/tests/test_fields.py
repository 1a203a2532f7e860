from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import FieldError, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from goals.fields import AsNumber, ExactNumberField, exact_text, parse_exact
from goals.models import Observation
from goals.tests.factories import make_observation, make_series


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("72.0", Decimal("72.0")),
        ("0.12345678901234567", Decimal("0.12345678901234567")),
        ("-3", Decimal(-3)),
        ("10/3", Fraction(10, 3)),
    ],
)
def test_digits_are_kept_as_published(text, value):
    parsed = parse_exact(text)
    assert (parsed, str(parsed)) == (value, str(value))
    assert exact_text(parsed) == text


@pytest.mark.parametrize(
    "text", ["", "1e9", "1e999999", "abc", "1,911", "22.4%", "1/0", "٣", "9" * 61]
)
def test_what_is_no_plain_number_is_refused(text):
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the text is the whole message
        parse_exact(text)
    assert str(refused.value) == text


@given(st.fractions())
def test_a_fraction_comes_back_as_it_was(value):
    assert Fraction(parse_exact(exact_text(value))) == value


def test_a_float_is_refused():
    with pytest.raises(ValidationError):
        ExactNumberField().to_python(0.1)


@pytest.mark.django_db
def test_values_survive_the_database_to_the_last_digit():
    series = make_series()
    texts = ["72.0", "0.12345678901234567", "100", "9.5", "-2"]
    for year, text in enumerate(texts, 2000):
        make_observation(series, date(year, 12, 31), text)
    held = [exact_text(row.value) for row in series.observations.order_by("period_end")]
    assert held == texts


NEAR = [
    "-123456789012345678901234567890",
    "-10/3",
    "-0.0",
    "0.00000000000000000000000000000000000000001",
    "0.12345678901234567",
    "0.12345678901234568",
    "3.33333333333333333333",
    "10/3",
    "9.5",
    "72.0",
    "123456789012345678901234567890",
    "123456789012345678901234567891",
]


@pytest.mark.django_db
def test_neighbours_far_behind_the_point_keep_their_order_on_every_database():
    series = make_series()
    for year, text in enumerate(sorted(NEAR), 2000):
        row = make_observation(series, date(year, 12, 31), 0)
        Observation.objects.filter(pk=row.pk).update(value=text)
    held = [exact_text(row.value) for row in series.observations.order_by(AsNumber("value"))]
    assert held == NEAR
    for place, text in enumerate(NEAR):
        rows = series.observations
        assert [exact_text(row.value) for row in rows.filter(value=text)] == [text]
        assert rows.filter(value__lt=text).count() == place
        assert rows.filter(value__gte=text).count() == len(NEAR) - place
    assert series.observations.filter(value=0).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lookup", "value"),
    [("in", [72]), ("range", (0, 4)), ("contains", "7"), ("startswith", "7"), ("regex", "7")],
)
def test_a_lookup_that_would_compare_text_is_refused(lookup, value):
    with pytest.raises(FieldError, match="Unsupported lookup"):
        Observation.objects.filter(**{f"value__{lookup}": value}).count()


@pytest.mark.django_db
def test_numbers_sort_and_compare_as_numbers():
    series = make_series()
    for year, text in enumerate(["72.0", "9.5", "100", "-2"], 2000):
        make_observation(series, date(year, 12, 31), text)
    rows = Observation.objects.order_by(AsNumber("value"))
    assert [row.value for row in rows] == [-2, Decimal("9.5"), 72, 100]
    assert Observation.objects.get(value=72).value == 72
    assert Observation.objects.filter(value__gt=Decimal(9)).count() == 3
    assert Observation.objects.filter(value__lte=Fraction(19, 2)).count() == 2
