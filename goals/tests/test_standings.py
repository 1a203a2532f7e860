from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from fractions import Fraction
from threading import Barrier

import pytest
from django.db import connection
from django.urls import reverse

from accounts.roles import Role
from accounts.tests.factories import make_person
from goals.actions.observations import BackdatingRefused, NewValue, record_observations
from goals.actions.standings import refresh_standings
from goals.models import Standing
from goals.tests.factories import make_goal, make_observation, make_series, make_trajectory

pytestmark = pytest.mark.django_db

JUNE_24, JUNE_25 = date(2024, 6, 30), date(2025, 6, 30)
NOW = datetime(2025, 9, 1, 12, tzinfo=UTC)


def whole():
    """The readings of all values; those of final values alone are rows of their own."""
    return Standing.objects.filter(is_of_finals=False)


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
    assert [row.band for row in whole().order_by("known_from")] == ["AG", "G"]
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


def test_a_value_that_contradicts_its_indicator_stops_no_other_standing(series):
    odd = make_series(noise="binomial", unit="rate")
    make_goal(series=odd)
    make_trajectory(odd, baseline=(JUNE_24, 50), target=(date(2026, 6, 30), 60))
    make_observation(odd, JUNE_25, 120, denominator=20)
    assert refresh_standings(series_ids=[odd.pk, series.pk], at=NOW) == 2
    standing = whole().get(series=odd)
    assert (standing.band, standing.reason) == ("", "not_calculable")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"direction": "down"}, {"variance": 1}),
        ({"noise": "binomial"}, {"band": "G", "tolerance": Fraction(3, 2)}),
        ({"direction": "range", "range_low": 53, "range_high": 70}, {"variance": Fraction(3, 2)}),
        ({"publication_lag_days": 5}, None),
        ({"name": "Another name"}, None),
    ],
)
def test_a_setting_that_counts_adds_a_standing_and_no_other_does(series, change, said):
    record_observations(
        series=series,
        values=[value(Fraction(54), numerator=Fraction(54), denominator=Fraction(100))],
        by=None,
        known_from=NOW,
    )
    series.trajectories.update(tolerance=Fraction(1, 10))
    refresh_standings(series_ids=[series.pk], at=NOW)
    type(series.indicator).objects.filter(pk=series.indicator_id).update(**change)
    later = datetime(2025, 10, 1, tzinfo=UTC)
    assert refresh_standings(series_ids=[series.pk], at=later) == (1 if said else 0)
    newest = Standing.objects.current().get()
    assert {name: getattr(newest, name) for name in said or {}} == (said or {})


def test_a_break_of_definition_adds_a_standing(series):
    record_observations(series=series, values=[value(Fraction(54))], by=None, known_from=NOW)
    series.indicator.definitions.create(number=1)
    series.indicator.definitions.create(number=2, valid_from=date(2025, 1, 1), is_comparable=False)
    later = datetime(2025, 10, 1, tzinfo=UTC)
    assert refresh_standings(series_ids=[series.pk], at=later) == 1
    assert Standing.objects.current().get().reason == "not_comparable"
    assert Standing.objects.as_known_at(NOW).get().variance == -1


def test_of_two_values_known_at_one_instant_the_later_revision_counts(series):
    for number in (54, 58):
        record_observations(
            series=series, values=[value(Fraction(number))], by=None, known_from=NOW
        )
    assert Standing.objects.as_known_at(NOW).get().variance == 3
    assert whole().count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_one_standing():
    series = make_series()
    make_goal(series=series)
    make_observation(series, JUNE_25, 54)
    gate = Barrier(2)

    def refresh():
        gate.wait()
        try:
            return refresh_standings(series_ids=[series.pk], at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        added = [done.result() for done in [pool.submit(refresh), pool.submit(refresh)]]
    assert sorted(added) == [0, 1]
    assert whole().count() == 1


def test_saving_an_indicator_in_the_admin_brings_standings_up_to_date(client, series):
    record_observations(series=series, values=[value(Fraction(54))], by=None, known_from=NOW)
    client.force_login(make_person(Role.ADMINISTRATOR))
    url = reverse("admin:goals_indicator_change", args=[series.indicator_id])
    fields = client.get(url).context["adminform"].form.initial
    typed = {name: text for name, text in fields.items() if text is not None}
    for prefix in ("definitions", "stewards"):
        typed |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    typed.pop("is_seasonal")
    answer = client.post(url, {**typed, "direction": "down", "scale": "100"})
    assert answer.status_code == 302
    assert [row.variance for row in whole().order_by("known_from")] == [-1, 1]
