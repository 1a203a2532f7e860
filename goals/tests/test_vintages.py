from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goals.models import Observation, Trajectory
from goals.tests.factories import make_observation, make_series, make_trajectory
from goals.vintages import (
    Basis,
    Difference,
    Version,
    Vintage,
    as_known,
    difference,
    end_of,
    start_of,
    version_in_force,
)

JUNE, JULY = date(2025, 6, 30), date(2025, 7, 31)
AUCKLAND = ZoneInfo("Pacific/Auckland")


def at(day, hour=12):
    return datetime(2025, 9, day, hour, tzinfo=UTC)


def row(value, day=1, revision=0, period=JUNE, status="final", **fields):
    number = None if value is None else Fraction(str(value))
    fields = {"text": str(value), **fields}
    return Vintage(period, number, status, revision, known_from=at(day), **fields)


def numbers(rows):
    return [each.value for each in rows]


def test_the_moment_of_knowing_counts_itself():
    rows = [row(10, 1), row(11, 3, revision=1)]
    assert numbers(as_known(rows, at(3) - timedelta(microseconds=1))) == [10]
    assert numbers(as_known(rows, at(3))) == [11]
    assert as_known(rows, at(1) - timedelta(microseconds=1)) == ()


def test_the_highest_revision_wins_and_not_the_latest_arrival():
    rows = [row(12, 2, revision=2), row(11, 5, revision=1)]
    assert numbers(as_known(rows, at(9))) == [12]


def test_a_withdrawn_value_is_absent_and_may_come_back():
    rows = [row(10, 1), row(None, 2, revision=1, status="withdrawn"), row(11, 3, revision=2)]
    assert [numbers(as_known(rows, at(day))) for day in (1, 2, 3)] == [[10], [], [11]]


def test_a_missing_value_is_known_to_be_missing():
    assert numbers(as_known([row(None, 1)], at(2))) == [None]


def test_rows_come_by_key_and_period():
    rows = [row(1, key="b"), row(2, key="a", period=JULY), row(3, key="a")]
    assert numbers(as_known(rows, at(2))) == [3, 2, 1]


def test_valid_at_leaves_out_later_periods():
    rows = [row(1), row(2, period=JULY)]
    assert numbers(as_known(rows, at(9), valid_at=JUNE)) == [1]


def test_by_publication_what_was_never_published_is_invisible():
    rows = [
        row(10, published_on=date(2025, 9, 4)),
        row(11, revision=1, published_on=date(2025, 9, 6)),
        row(12, revision=2),
    ]
    for day, seen in ((3, []), (4, [10]), (5, [10]), (6, [11])):
        read = as_known(rows, end_of(date(2025, 9, day)), basis=Basis.PUBLISHED)
        assert numbers(read) == seen


def test_a_day_is_that_of_the_systems_zone():
    """In Auckland the 4th begins at noon of the 3rd in UTC."""
    rows = [row(10, published_on=date(2025, 9, 4))]
    assert as_known(rows, at(3, 12), basis=Basis.PUBLISHED, zone=AUCKLAND)
    assert not as_known(rows, at(3, 12), basis=Basis.PUBLISHED)
    assert start_of(date(2025, 9, 4), AUCKLAND) == at(3, 12)
    assert end_of(date(2025, 9, 3), AUCKLAND) < at(3, 12)


def test_a_day_whose_last_hour_comes_twice_ends_with_the_second():
    """In Beirut midnight of the 26th was eleven o'clock again; the day ended at 22:00 in UTC."""
    end = datetime(2024, 10, 26, 22, tzinfo=UTC)
    assert end_of(date(2024, 10, 26), ZoneInfo("Asia/Beirut")) == end - timedelta(microseconds=1)


@pytest.mark.django_db
def test_the_database_reads_the_same_as_known():
    series = make_series()
    for period, revision, day, value, status in (
        (JUNE, 0, 1, 10, "provisional"), (JUNE, 1, 3, 11, "final"), (JUNE, 2, 5, None, "withdrawn"),
        (JULY, 0, 2, 20, "final"), (JULY, 1, 6, 21, "revised"),
    ):  # fmt: skip
        make_observation(
            series, period, value, revision=revision, status=status, known_from=at(day), reason="x"
        )
    rows = [
        Vintage(each.period_end, each.value, each.status, each.revision, each.known_from)
        for each in Observation.objects.all()
    ]
    for day in range(1, 8):
        kept = Observation.objects.as_known_at(at(day)).exclude(status="withdrawn")
        read = as_known(rows, at(day))
        assert [each.value for each in kept] == numbers(read)
    assert numbers(as_known(rows, at(4))) == [11, 20]


def test_two_reads_differ_in_what_came_went_or_changed_its_number():
    before = [row(72), row(1, key="gone"), row(5, key="same"), row(None, key="hidden")]
    after = [row("72.0"), row(2, key="new"), row(6, key="same"), row(3, key="hidden")]
    found = difference(before, after)
    assert [each.key for each in found.added] == ["new"]
    assert [each.key for each in found.withdrawn] == ["gone"]
    assert [(each.old.value, each.new.value) for each in found.revised] == [(None, 3), (5, 6)]


def test_the_version_in_force_is_the_newest_approved():
    first, second = Version(1, date(2025, 1, 1)), Version(2, date(2025, 3, 1))
    same_day, draft = Version(3, date(2025, 3, 1)), Version(4)
    versions = [same_day, draft, first, second]
    assert version_in_force(versions, date(2025, 2, 28)) == first
    assert version_in_force(versions, date(2025, 3, 1)) == same_day
    assert version_in_force(versions, date(2024, 12, 31)) is None
    assert version_in_force([draft], date(2026, 1, 1)) is None


@pytest.mark.django_db
def test_the_database_finds_the_same_version_in_force():
    series, days = make_series(), {1: 1, 2: 9, 3: 9, 4: 5, 5: None}
    for version, day in days.items():
        make_trajectory(
            series, baseline=(JUNE, 50), target=(date(2028, 6, 30), 60), version=version,
            approved_on=day and date(2025, 3, day), state="approved" if day else "draft",
        )  # fmt: skip
    rows = [Version(row.version, row.approved_on) for row in Trajectory.objects.all()]
    for on, number in ((date(2025, 2, 28), None), (date(2025, 3, 8), 4), (date(2025, 3, 9), 3)):
        found = Trajectory.objects.in_force(on).first()
        assert (found and found.version) == number
        assert version_in_force(rows, on) == (found and Version(number, found.approved_on))


# --- whatever was known ---------------------------------------------------------------------------


@st.composite
def histories(draw):
    """Revisions in their order, known from rising moments, as the product keeps them."""
    rows = []
    for key in "ab":
        for period in (JUNE, JULY):
            days = sorted(draw(st.sets(st.integers(1, 20), max_size=4)))
            for revision, day in enumerate(days):
                status = draw(st.sampled_from(["provisional", "final", "revised", "withdrawn"]))
                value = None if status == "withdrawn" else draw(st.integers(0, 9))
                rows.append(row(value, day, revision, period, status, key=key))
    return rows


@given(histories(), st.integers(1, 25), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(rows, day, chance):
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert as_known(rows, at(day)) == as_known(shuffled, at(day))


@given(histories(), st.integers(1, 20))
def test_what_comes_later_never_changes_what_was_known(rows, day):
    """A read of the whole history is what the system held at that moment."""
    held = [each for each in rows if each.known_from <= at(day)]
    later = row(99, day + 1, revision=100, key="a")
    assert as_known([*rows, later], at(day)) == as_known(held, at(day))


@given(histories(), st.integers(1, 20), st.integers(1, 20))
def test_a_difference_leads_from_one_read_to_the_other_and_back(rows, one, other):
    before, after = as_known(rows, at(one)), as_known(rows, at(other))
    there, back = difference(before, after), difference(after, before)
    assert (there.added, there.withdrawn) == (back.withdrawn, back.added)
    assert [(each.old, each.new) for each in there.revised] == [
        (each.new, each.old) for each in back.revised
    ]
    assert len(before) + len(there.added) - len(there.withdrawn) == len(after)
    assert difference(before, before) == Difference()


@given(st.permutations([row(1, 3, 1), row(2, 3, 1), row(2, 2, 1, published_on=JULY)]))
def test_even_two_rows_of_one_revision_are_told_apart_alike(rows):
    assert numbers(as_known(rows, at(9))) == [2]
