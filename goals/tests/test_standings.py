from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from accounts.roles import Role
from accounts.tests.factories import make_person
from goals.actions.observations import BackdatingRefused, NewValue, record_observations
from goals.actions.standings import refresh_standings
from goals.models import Standing
from goals.tests.factories import make_goal, make_observation, make_series, make_trajectory

pytestmark = pytest.mark.django_db

JUNE_24, JUNE_25 = date(2024, 6, 30), date(2025, 6, 30)
NOW = datetime(2025, 9, 1, 12, tzinfo=UTC)


@pytest.fixture
def series():
    """50 at the end of June 2024, on the way to 60 at the end of June 2026."""
    series = make_series()
    make_goal(series=series)
    make_observation(series, JUNE_24, "50.0")
    make_trajectory(series, baseline=(JUNE_24, 50), target=(date(2026, 6, 30), 60))
    return series


def value(text, on=JUNE_25, **fields):
    return NewValue(period_start=date(on.year, 1, 1), period_end=on, value=text, **fields)


def test_recording_a_value_writes_the_standing(series):
    record_observations(series=series, values=[value(Fraction(54))], by=None, known_from=NOW)
    standing = Standing.objects.current().get()
    assert (standing.expected, standing.variance, standing.band) == (55, -1, "AG")
    assert standing.observation.period_end == JUNE_25


def test_refreshing_twice_adds_nothing(series):
    assert refresh_standings(series_ids=[series.pk], at=NOW) == 1
    assert refresh_standings(series_ids=[series.pk], at=NOW) == 0


def test_a_revision_adds_a_standing_and_keeps_the_earlier_one(series):
    record_observations(series=series, values=[value(Fraction(54))], by=None, known_from=NOW)
    later = datetime(2025, 10, 1, tzinfo=UTC)
    record_observations(series=series, values=[value(Fraction(55))], by=None, known_from=later)
    assert [row.band for row in Standing.objects.order_by("known_from")] == ["AG", "G"]
    assert Standing.objects.as_known_at(NOW).get().variance == -1
    assert [row.revision for row in series.observations.filter(period_end=JUNE_25)] == [0, 1]


def test_a_withdrawn_value_leaves_the_one_before_it(series):
    record_observations(series=series, values=[value(Fraction(54))], by=None, known_from=NOW)
    later = datetime(2025, 10, 1, tzinfo=UTC)
    record_observations(
        series=series, values=[value(None, status="withdrawn")], by=None, known_from=later
    )
    assert Standing.objects.current().get().reason == "at_or_before_baseline"


def test_backdating_is_for_administrators(series):
    record_observations(series=series, values=[value(Fraction(54))], by=None, known_from=NOW)
    earlier = datetime(2025, 8, 1, tzinfo=UTC)
    with pytest.raises(BackdatingRefused):
        record_observations(
            series=series,
            values=[value(Fraction(53))],
            by=make_person(Role.ANALYST),
            known_from=earlier,
        )


def test_backdating_works_out_again_what_was_known_since(series):
    record_observations(series=series, values=[value(Fraction(54))], by=None, known_from=NOW)
    record_observations(
        series=series,
        values=[value(Fraction(60))],
        by=make_person(Role.ADMINISTRATOR),
        known_from=datetime(2025, 8, 1, tzinfo=UTC),
    )
    assert Standing.objects.as_known_at(NOW).get().variance == 5
    assert Standing.objects.current().get().variance == 5


def test_series_without_a_goal_or_a_path_have_no_standing():
    series = make_series()
    make_observation(series, JUNE_25, 5)
    assert refresh_standings(series_ids=[series.pk], at=NOW) == 0
