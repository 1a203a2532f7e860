"""The replay itself, on vectors written here; the shared ones run where they are."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from delivery_unit.vectors import KINDS, replay, run

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "vectors"

RIGHT = {
    "id": "half",
    "kind": "rounding",
    "input": {"op": "round", "value": "2.5", "decimals": 0},
    "expect": {"text": "3"},
}
WRONG = {**RIGHT, "id": "wrong", "expect": {"text": "2"}}
LATER = {"id": "later", "kind": "league", "input": {}, "expect": {}}


@pytest.fixture
def vectors(tmp_path):
    def write(*rows):
        path = tmp_path / "rounding.json"
        path.write_text(json.dumps(rows))
        return path

    return write


def test_replay_counts_what_passed_failed_and_is_not_here_yet(vectors):
    result = replay(vectors(RIGHT, WRONG, LATER))
    assert (result.passed.total(), result.failed.total(), result.unknown.total()) == (1, 1, 1)
    assert result.failures == ["rounding wrong: text: 3, expected 2"]


def test_check_vectors_ends_with_the_counts_and_fails_on_any_failure(vectors, capsys):
    with pytest.raises(SystemExit) as stop:
        call_command("check_vectors", vectors(RIGHT, WRONG))
    assert stop.value.code == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 1 failed"


def test_check_vectors_says_which_path_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="no file or folder"):
        call_command("check_vectors", tmp_path / "nowhere")


def test_check_vectors_says_that_a_folder_is_empty(tmp_path):
    with pytest.raises(CommandError, match="no test vectors"):
        call_command("check_vectors", tmp_path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "rounding.json cannot be read as JSON"),
        ("[" * 100_000, "rounding.json cannot be read as JSON"),
        ('{"a": 1}', "rounding.json holds no list of test vectors"),
        ("[7]", "rounding.json number 1 is no test vector: kind, input, expect missing"),
        (
            '[{"kind": "rounding", "expect": {}}]',
            "rounding.json number 1 is no test vector: input missing",
        ),
        (
            '[{"kind": "rounding", "input": [], "expect": {}}]',
            "rounding rounding.json number 1: the input cannot be read",
        ),
    ],
)
def test_what_is_no_test_vector_counts_as_failed_and_the_rest_is_replayed(tmp_path, text, why):
    (tmp_path / "rounding.json").write_text(text)
    (tmp_path / "sound.json").write_text(json.dumps([RIGHT]))
    result = replay(tmp_path)
    assert (result.passed.total(), result.failed.total()) == (1, 1)
    assert result.failures[0].startswith(why)


def test_a_file_may_hold_a_single_vector(tmp_path):
    path = tmp_path / "one.json"
    path.write_text(json.dumps(RIGHT))
    assert replay(path).passed.total() == 1


def test_numbers_of_a_vector_never_become_floats(vectors):
    value = "0.12345678901234567"
    path = vectors({**RIGHT, "input": {"value": "@", "decimals": 17}, "expect": {"text": value}})
    path.write_text(path.read_text().replace('"@"', value))
    assert replay(path).failures == []


LINE = {
    "method": "linear",
    "baseline": {"date": "2024-06-30", "value": "50"},
    "target": {"date": "2026-06-30", "value": "60"},
}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"trajectory": {**LINE, "baseline": {"date": "2024-06-30"}}}, "invalid_trajectory"),
        ({"trajectory": {**LINE, "target": {"value": "60"}}}, "invalid_trajectory"),
        ({"trajectory": {**LINE, "time_axis": "weeks"}}, "invalid_axis"),
        (
            {
                "trajectory": {**LINE, "method": "seasonal", "season_length": 4},
                "direction": "range",
                "range": {"low": "4", "high": "6"},
            },
            "invalid_trajectory",
        ),
    ],
)
def test_a_path_that_cannot_be_is_refused_by_its_code(data, code):
    assert run("expected_value", {"dates": ["2025-06-30"], **data}) == {"error": code}


WAY = {
    "direction": "up",
    "time_axis": "months",
    "decimals": 1,
    "baseline": {"date": "2020-06-30", "value": "50"},
    "target": {"date": "2026-06-30", "value": "60"},
}
ROWS = [
    {"period_end": f"{year}-06-30", "value": str(value), "status": "final"}
    for year, value in ((2021, 51), (2022, 52), (2023, 53))
]
AIM = {"target": "60", "decimals": 0, "due_period_end": "2023-06-30", "as_of": "2024-01-01"}


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("slope_forecast", {**WAY, "observations": [*ROWS, ROWS[0]]}, "duplicate_period"),
        ("slope_forecast", {**WAY, "observations": ROWS, "time_axis": "weeks"}, "invalid_axis"),
        ("slope_forecast", {**WAY, "observations": ROWS, "direction": "on"}, "invalid_direction"),
        (
            "slope_forecast",
            {**WAY, "observations": ROWS, "target": WAY["baseline"]},
            "invalid_trajectory",
        ),
        (
            "plateau_reversal",
            {"trajectory": {**WAY, "method": "linear"}, "observations": [*ROWS, ROWS[2]]},
            "duplicate_period",
        ),
        (
            "plateau_reversal",
            {"trajectory": {"method": "custom", "points": []}, "observations": ROWS},
            "invalid_trajectory",
        ),
        ("target_result", {**AIM, "observations": []}, "measured_on_rule_required"),
        (
            "target_result",
            {**AIM, "observations": [], "measured_on_rule": "someday"},
            "measured_on_rule_required",
        ),
        (
            "working_days",
            {"op": "add", "date": "2025-01-01", "n": 1, "weekend": [1, 2, 3, 4, 5, 6, 7]},
            "no_working_days",
        ),
    ],
)
def test_what_cannot_be_worked_out_is_refused_by_its_code(kind, data, code):
    assert run(kind, data) == {"error": code}


def test_a_pace_without_a_baseline_has_no_planned_rate_to_compare_with():
    found = run("slope_forecast", {**WAY, "baseline": None, "observations": ROWS})
    assert (found["direction"], found["rho"]) == ("improving", Fraction(3, 7))


def test_a_definition_that_does_not_say_it_is_comparable_is_a_break():
    data = {
        "definitions": [{"no": 1}, {"no": 2, "valid_from": "2022-01-01"}],
        "from": {"period_end": "2021-06-30", "value": "5"},
        "to": {"period_end": "2022-06-30", "value": "6"},
    }
    assert run("definition_break", data)["blocked_by"] == (2,)
    own = {**data, "from": {**data["from"], "definition": 2}}
    assert run("definition_break", own)["change"] == 1


def test_a_bare_day_is_known_from_its_start_and_read_at_its_end(vectors):
    row = {"period_end": "2025-01-31", "value": "7.0", "revision_no": 0}
    later = {**row, "value": "7.5", "revision_no": 1, "received_at": "2025-03-02T23:59:59+00:00"}
    vector = {
        "kind": "as_known_at",
        "input": {
            "observations": [later, {**row, "received_at": "2025-03-02"}],
            "as_known_at": "2025-03-02",
        },
        "expect": {"rows": [{"period_end": "2025-01-31", "value": "7.5", "revision_no": 1}]},
    }
    midnight = {**vector["input"], "as_known_at": "2025-03-02T00:00:00Z"}
    first = {**vector, "input": midnight, "expect": {"rows": [{"value": "7.0"}]}}
    assert replay(vectors(vector, first)).failures == []


def test_no_version_is_in_force_before_the_first_was_approved():
    data = {
        "op": "version_in_force",
        "versions": [{"version": 1, "approved_on": None, "value": "5"}],
        "as_of": "2025-01-01",
    }
    assert run("as_known_at", data) == {"version": None, "value": None}


def test_no_value_comes_before_a_path_that_cannot_be():
    data = {"trajectory": {"method": "custom", "points": []}, "observation": None}
    assert run("variance_band", data)["reason"] == "no_observation"


def test_a_goal_without_a_status_is_active():
    data = {"op": "headline", "goals": [{"lod": 4, "status": None}, {"lod": 2}]}
    assert run("aggregation_of_rates", data)["n"] == 2


def test_a_refused_input_is_an_answer(vectors):
    vector = {
        "id": "nothing", "kind": "rounding",
        "input": {"op": "ratio", "numerator": "1", "denominator": "0", "decimals": 0},
        "expect": {"error": "division_by_zero"},
    }  # fmt: skip
    assert replay(vectors(vector)).passed.total() == 1


def test_the_shared_vectors_pass_where_they_are():
    if not SHARED.is_dir():
        return
    result = replay(SHARED)
    assert result.failures == []
    assert set(result.passed) == set(KINDS)
    assert result.passed.total() >= 331
