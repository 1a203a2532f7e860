from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from goals import explaining
from goals.definitions import Definition
from goals.milestones import Milestone, index, slip
from goals.pace import forecast
from goals.policy import DEFAULT_POLICY
from goals.results import Aim, MeasuredOn, Result, target_result
from goals.tests.test_pace import DOWN, SEASONS, UP, june, quarterly, way, yearly
from goals.trajectory import Bounds, Direction, Method, Point, Range, Trajectory
from goals.turns import turns
from goals.variance import Reading, Yardstick
from goals.vintages import Vintage
from goals.wording import Scale

PERCENT = Scale()
WHOLE = Scale(decimals=0)
RANGE = Yardstick(Direction.RANGE, within=Range(Fraction(4), Fraction(6)))


def test_a_pace_check_step_by_step():
    found = forecast(yearly(52, 53, 54), way(), UP)
    assert explaining.paced(found, PERCENT) == [
        "Improving by 1.00 pp a year over the last three final values (30 Jun 2015 to 30 Jun 2017).",
        "From 54.0% at 30 Jun 2017 it takes 2.29 pp a year to be at 70.0% by 30 Jun 2024.",
        "The recent pace is 44% of what it takes: far too slow.",
        "From 100% on it counts as fast enough, from 80% as nearly, from 50% as too slow.",
        "At the recent pace it would miss the target.",
        "No number is projected: that takes five final values.",
    ]


def test_words_alone_while_the_data_cannot_carry_a_number():
    few = forecast(yearly(52, 54, 56), way(), UP)
    assert explaining.outlook(few, PERCENT) == "At the recent pace it would reach the target."
    more = forecast(yearly(52, 54, 55, 58, 60), way(until=2022), UP)
    assert explaining.outlook(more, PERCENT) == (
        "At the recent pace it would miss the target. It leads to 67.5% at 30 Jun 2022. Going by a"
        " straight line through the last five values, four times in five it would lie between 64.2%"
        " and 67.4%."
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((72, 72, 72), "The target is reached, and at the recent pace it would stay so."),
        ((74, 73, 72), "The target is reached, but at the recent pace it would slip away again."),
    ],
)
def test_a_target_to_be_held(values, words):
    found = forecast(yearly(*values), way(), UP)
    assert explaining.outlook(found, PERCENT) == words
    assert explaining.paced(found, PERCENT)[1] == (
        "With 72.0% at 30 Jun 2017 the target, 70.0%, is reached; it is to hold until 30 Jun 2024."
    )


def test_why_nothing_can_be_said_about_the_pace():
    def said(*values, path=None, **more):
        return explaining.outlook(forecast(yearly(*values), path or way(), UP, **more), PERCENT)

    assert said(52) == "Too early to forecast: that takes three comparable final values."
    assert said(52, 53, 54, path=way(until=2017)).startswith("The due date of the target")
    young = forecast(quarterly(SEASONS[:6]), way(since=2019, until=2023), UP, seasonal=True)
    assert explaining.outlook(young, PERCENT) == (
        "Too early to forecast: that takes three changes from one year to the next."
    )
    march = replace(way(since=2019, until=2023), target=Point(date(2023, 7, 31), Fraction(70)))
    found = forecast(quarterly(SEASONS), march, UP, seasonal=True)
    assert explaining.outlook(found, PERCENT).startswith("No value is of the same month")


def test_seasons_and_far_targets_have_no_number():
    season = forecast(quarterly(SEASONS), way(since=2019, until=2023), UP, seasonal=True)
    steps = explaining.paced(season, PERCENT)
    assert steps[0] == (
        "Improving by 1.17 pp a year, the mean of the last three changes from one year to the next"
        " (30 Sep 2020 to 31 Mar 2022)."
    )
    assert steps[-1] == "No number is projected for a seasonal indicator."
    far = forecast(yearly(52, 54, 56, 58, 60), way(until=2026), UP)
    assert "further ahead than the values reach back" in explaining.paced(far, PERCENT)[-1]


def test_values_that_lie_on_a_line_leave_the_rounding():
    found = forecast(yearly(52, 54, 56, 58, 60), way(until=2022), UP)
    assert explaining.paced(found, PERCENT)[-1] == (
        "The span is as wide as the rounding of the values makes it."
    )


def test_what_is_left_out_is_said():
    definitions = [Definition(1), Definition(2, date(2016, 1, 1), is_comparable=False)]
    found = forecast(yearly(90, 52, 54, 56), way(), UP, definitions=definitions)
    assert explaining.paced(found, PERCENT)[-1] == (
        "One earlier value is left out: it stands on a definition that cannot be compared."
    )


@pytest.mark.parametrize(
    ("yardstick", "goal", "words"),
    [
        (
            UP,
            "70",
            (
                "No clear movement: 0.10 pp a year over the last three final values (30 Jun 2015"
                " to 30 Jun 2017), and up to 0.20 pp a year, 10% of the planned rate, counts as none."
            ),
        ),
        (
            UP,
            "50",
            (
                "Improving by 0.10 pp a year over the last three final values (30 Jun 2015 to"
                " 30 Jun 2017)."
            ),
        ),
        (
            Yardstick(Direction.UP, tolerance=Fraction("0.3")),
            "50",
            (
                "No clear movement: 0.10 pp a"
                " year over the last three final values (30 Jun 2015 to 30 Jun 2017), and up to 0.30 pp a"
                " year counts as none."
            ),
        ),
        (
            DOWN,
            "50",
            (
                "Worsening by 0.10 pp a year over the last three final values (30 Jun 2015 to"
                " 30 Jun 2017)."
            ),
        ),
    ],
)
def test_a_movement_and_what_counts_as_none(yardstick, goal, words):
    found = forecast(yearly(52, "52.1", "52.2"), way(goal=goal), yardstick)
    assert explaining.moved(found, PERCENT) == words


def test_a_pace_just_under_a_cut_off_is_not_rounded_over_it():
    """0.7996 of what it takes is 80% in whole percent, and yet too slow."""
    step = Fraction("1.5992")
    found = forecast(yearly(60 - 2 * step, 60 - step, 60, first=2018), way(until=2025), UP)
    assert explaining.paced(found, PERCENT)[2] == (
        "The recent pace is 79.96% of what it takes: too slow."
    )


def test_a_pace_that_leads_away():
    found = forecast(yearly(54, 53, 52), way(), UP)
    assert explaining.paced(found, PERCENT)[2] == (
        "The recent pace leads away from the target: far too slow."
    )


def test_of_a_range_the_distance_is_said():
    scale = Scale(direction="range")
    found = forecast(yearly(12, 11, 10), way("12", "5"), RANGE)
    assert explaining.required(found, scale) == (
        "From a value 4.0 pp outside the range at 30 Jun 2017 it takes 0.57 pp a year to be at a"
        " value inside the range by 30 Jun 2024."
    )


def test_a_line_that_leads_through_the_edge_of_a_range_ends_inside():
    found = forecast(yearly(12, 11, 9, 8, 7), way("12", "5", until=2021), RANGE)
    assert (found.projection, found.interval.low < 0) == (1 - 2, True)  # one a year, for two years
    assert explaining.outlook(found, Scale(direction="range")).startswith(
        "At the recent pace it would reach the target. It leads to a value inside the range at"
    )


def test_a_clipped_projection_is_the_one_shown():
    rows = yearly(52, 60, 71, 80, 91)
    found = forecast(rows, way(goal="95", until=2021), UP, bounds=Bounds(0, 100))
    assert "It leads to 100.0% at 30 Jun 2021." in explaining.outlook(found, PERCENT)


# --- plateau and reversal -------------------------------------------------------------------------


def test_a_plateau_and_an_alarm_at_once():
    assert explaining.turning(turns(yearly(55, "54.5", 54), way(), UP), PERCENT) == [
        (
            "Plateau: the last three values lie within 1.0 pp, where the trajectory expected a gain of"
            " 4.0 pp; up to 1.0 pp counts as standing still."
        ),
        (
            "Turned back: two steps in a row were worse (55.0% at 30 Jun 2015, 54.5% at 30 Jun 2016,"
            " 54.0% at 30 Jun 2017)."
        ),
    ]
    assert explaining.turning(turns(yearly(54, 54, 54), way(), UP), PERCENT) == [
        (
            "Plateau: the last three values are the same, where the trajectory expected a gain of"
            " 4.0 pp."
        )
    ]


def test_of_a_range_the_distances_stand_still():
    found = turns(yearly("8.2", "1.8", "8.2"), way("14", "5"), RANGE)
    (sentence,) = explaining.turning(found, Scale(direction="range"))
    assert sentence.startswith("Plateau: the last three distances from the range are the same")


def test_a_watch_says_whether_the_value_may_still_change():
    final = turns(yearly(56, 58, 57), way(), UP)
    assert explaining.turning(final, PERCENT) == [
        (
            "Watch: the newest value is worse than the one before (58.0% at 30 Jun 2016, 57.0% at"
            " 30 Jun 2017)."
        )
    ]
    newer = Reading(june(2018), Fraction(57), "provisional")
    provisional = turns([*yearly(54, 56, 58), newer], way(), UP)
    assert explaining.turning(provisional, PERCENT) == [
        (
            "Watch: a provisional value is worse than the newest final one (58.0% at 30 Jun 2017, 57.0%"
            " at 30 Jun 2018). It may change."
        )
    ]
    assert explaining.turning(turns(yearly(54, 56, 58), way(), UP), PERCENT) == []


@pytest.mark.parametrize(
    ("values", "path", "words"),
    [
        (
            (54, "54.5", "55.01"),
            way(),
            (
                "the last three values lie within 1.01 pp, and only up to"
                " 1.00 pp counts as standing still"
            ),
        ),
        ((54, 54), way(), "A plateau is seen over three comparable final values."),
        ((70, 70, 70), way(), "The target is reached, so standing still is no plateau."),
        ((40, 40, 40), way(goal="30"), "The trajectory expected no gain over these values."),
        ((40, 40, 40), None, "Without a trajectory nobody can say what a plateau is."),
        (
            (40, 40, 40),
            Trajectory(Method.HOLD, target=Point(june(2014), 50)),
            "The trajectory asks for no movement, so standing still is no plateau.",
        ),
        ((54, 54, 54), way(), ""),
    ],
)
def test_why_it_is_no_plateau(values, path, words):
    said = explaining.no_plateau(turns(yearly(*values), path, UP), PERCENT)
    assert words in said
    assert bool(words) == bool(said)


# --- target results -------------------------------------------------------------------------------

DUE = date(2015, 6, 30)
AIM = Aim(Fraction(67), DUE, MeasuredOn.PERIOD_END, decimals=0)


def published(text, on=date(2015, 10, 1), **fields):
    return Vintage(DUE, Fraction(text), published_on=on, text=text, **fields)


def found_for(*rows, aim=AIM, on=date(2015, 11, 1)):
    return target_result(rows, aim, on)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("68.25", "Met: 68.25% at 30 Jun 2015 against 67%, 1.25 pp better."),
        ("67.0", "Met: 67.0% at 30 Jun 2015, exactly the target."),
        (
            "66.8",
            (
                "Met at the published precision only: 66.8% at 30 Jun 2015 against 67% is 0.2 pp"
                " short, which rounding takes away."
            ),
        ),
        ("-3.25", "Missed: −3.25% at 30 Jun 2015 against 67%, 70.25 pp short."),
    ],
)
def test_a_result_in_the_digits_as_published(value, words):
    assert explaining.result_line(found_for(published(value)), WHOLE) == words


def test_results_that_are_not_there_yet():
    def said(found):
        return explaining.result(found.result), explaining.result_line(found, WHOLE)

    assert said(found_for(on=date(2015, 1, 1))) == ("not due yet", "Not due before 30 Jun 2015.")
    assert said(found_for()) == (
        "waiting for the final value",
        "Due at 30 Jun 2015; the final value of that period is not published yet.",
    )
    by_publication = replace(AIM, measured_on=MeasuredOn.PUBLICATION)
    assert said(found_for(aim=by_publication)) == (
        "cannot be measured",
        "Cannot be measured: no final value was published by 30 Jun 2015.",
    )
    assert all(explaining.result(each) for each in Result)


def test_the_rule_that_decides_is_said():
    assert explaining.result_rule(found_for()) == (
        "The final value of the period that ended 30 Jun 2015 decides, as known at 1 Nov 2015."
    )
    by_publication = replace(AIM, measured_on=MeasuredOn.PUBLICATION)
    assert explaining.result_rule(found_for(aim=by_publication)) == (
        "The newest final value published by 30 Jun 2015 decides; later revisions do not count."
    )


def test_of_a_range_the_distance_is_short():
    aim = replace(
        AIM, level=Fraction(5), direction=Direction.RANGE, within=Range(Fraction(4), Fraction(6))
    )
    found = found_for(published("6.75"), aim=aim)
    assert explaining.result_line(found, Scale(decimals=0, direction="range")) == (
        "Missed: 6.75% at 30 Jun 2015 against the range, 0.75 pp short."
    )
    inside = found_for(published("5.5"), aim=aim)
    assert explaining.result_line(inside, Scale(decimals=0, direction="range")) == (
        "Met: 5.5% at 30 Jun 2015, inside the range."
    )


def test_a_result_that_is_issued_again_says_what_it_was():
    rows = published("66"), published("67", date(2015, 12, 1), status="revised", revision=1)
    before, after = found_for(*rows), found_for(*rows, on=date(2016, 1, 1))
    assert explaining.result_corrected(after, before, WHOLE) == (
        "Corrected: at 1 Nov 2015 the result was: Missed: 66% at 30 Jun 2015 against 67%, 1 pp short."
    )
    assert explaining.result_corrected(after, after, WHOLE) == ""


# --- milestones -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {},
            [
                "Slipped by 9 days against the baseline date: not done by 9 Jul 2015.",
                "A slip counts as material beyond 14 days.",
            ],
        ),
        (
            {"completed_on": date(2015, 7, 1)},
            [
                "Slipped by 1 day against the baseline date: completed 1 Jul 2015.",
                "A slip counts as material beyond 14 days.",
            ],
        ),
        (
            {"current_due": date(2015, 7, 15)},
            [
                "Slipped by 15 days against the baseline date: now due 15 Jul 2015.",
                "Material: more than 14 days.",
            ],
        ),
        (
            {"forecast_due": date(2015, 8, 29), "plan_start": date(2014, 1, 1)},
            [
                "Slipped by 60 days against the baseline date: forecast for 29 Aug 2015.",
                "Material: more than 54.5 days, the share of the planned time that may be lost.",
            ],
        ),
        (
            {"is_critical": True},
            [
                "Slipped by 9 days against the baseline date: not done by 9 Jul 2015.",
                "Material: critical, and more than 7 days.",
            ],
        ),
        (
            {"completed_on": DUE},
            [
                "No slip: nothing is lost against the baseline date.",
                "A slip counts as material beyond 14 days.",
            ],
        ),
        (
            {"completed_on": DUE + timedelta(days=2), "is_critical": True},
            [
                "Slipped by 2 days against the baseline date: completed 2 Jul 2015.",
                "A slip counts as material beyond 7 days.",
            ],
        ),
        ({"is_cancelled": True}, ["Cancelled.", ""]),
    ],
)
def test_a_slip_and_why_it_is_material(fields, words):
    found = slip(Milestone(DUE, **fields), DUE + timedelta(days=9))
    assert [explaining.slipped(found), explaining.material(found)] == words


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (
            (0, 0),
            "Too few milestones were due from 1 Jan 2015 to 29 Jun 2015 to say anything: two.",
        ),
        ((0, 0, 99), "Of three milestones due from 1 Jan 2015 to 29 Jun 2015, two on time: 67%."),
        (
            (0, 0, 3),
            (
                "Of three milestones due from 1 Jan 2015 to 29 Jun 2015, two on time and one a"
                " little late, which counts half: 83%."
            ),
        ),
    ],
)
def test_the_index_with_its_counts(late, words):
    due = DUE - timedelta(days=99)
    rows = [Milestone(due, completed_on=due + timedelta(days=days)) for days in late]
    assert explaining.on_time(index(rows, DUE, policy=DEFAULT_POLICY)) == words
