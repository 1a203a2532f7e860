from fractions import Fraction

import pytest

from goals.targets import (
    TargetError,
    TargetKind,
    baseline_of_count,
    change,
    gap_change,
    halve_distance,
    implied_baseline,
    interim_points,
    target_level,
)


@pytest.mark.parametrize(
    ("baseline", "decimals", "raw", "stored"),
    [("44", 0, "72", "72"), ("46.1", 1, "73.05", "73.1"), ("84.15", 2, "92.075", "92.08")],
)
def test_halving_the_distance_is_stored_rounded_half_up(baseline, decimals, raw, stored):
    level = halve_distance(Fraction(baseline), decimals=decimals)
    assert (level.raw, level.stored) == (Fraction(raw), Fraction(stored))


def test_a_falling_measure_halves_towards_nothing():
    assert halve_distance(Fraction(7), limit=Fraction(0), decimals=0).stored == 4


def test_interim_points_are_even_and_end_at_the_target():
    points = interim_points(Fraction("46.1"), Fraction("73.1"), 5, 1)
    assert points == [
        Fraction("51.5"),
        Fraction("56.9"),
        Fraction("62.3"),
        Fraction("67.7"),
        Fraction("73.1"),
    ]


@pytest.mark.parametrize(
    ("kind", "fields", "raw"),
    [
        (TargetKind.LEVEL, {"parameter": Fraction(90)}, 90),
        (TargetKind.PP_CHANGE, {"baseline": Fraction(46), "parameter": Fraction(8)}, 54),
        (
            TargetKind.PCT_CHANGE,
            {"baseline": Fraction(8), "parameter": Fraction(-10)},
            Fraction("7.2"),
        ),
        (TargetKind.MAINTAIN, {"baseline": Fraction("95.25")}, Fraction("95.25")),
        (
            TargetKind.CLOSE_GAP,
            {"baseline": Fraction(60), "reference": Fraction(75)},
            Fraction("67.5"),
        ),
    ],
)
def test_each_kind_of_target(kind, fields, raw):
    assert target_level(kind, decimals=1, **fields).raw == raw


def test_a_change_needs_a_baseline():
    with pytest.raises(TargetError) as refusal:
        target_level(TargetKind.PCT_CHANGE, decimals=1, parameter=Fraction(-10))
    assert refusal.value.code == "baseline_required"


def test_points_and_percent_are_two_things():
    moved = change(Fraction(46), Fraction(57))
    assert (moved.points, moved.percent) == (11, Fraction(1100, 46))
    assert change(Fraction(0), Fraction(5)).percent is None


def test_the_value_before_a_change_depends_on_its_unit():
    assert implied_baseline(Fraction("80.3"), Fraction("3.9"), "pp") == Fraction("76.4")
    with pytest.raises(TargetError):
        implied_baseline(Fraction("80.3"), Fraction("3.9"), None)
    assert baseline_of_count(Fraction(17000), Fraction(17)) == 100000


@pytest.mark.parametrize(
    ("group", "movement"), [((14, 10), "narrowed"), ((14, 20), "widened"), ((14, 13), "unchanged")]
)
def test_how_a_gap_moved(group, movement):
    reference = (Fraction(4), Fraction(3))
    assert gap_change((Fraction(group[0]), Fraction(group[1])), reference).movement == movement
