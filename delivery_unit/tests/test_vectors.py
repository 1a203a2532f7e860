"""The replay itself, on vectors written here; the shared ones run where they are."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from delivery_unit.vectors import KINDS, replay

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


def test_check_vectors_refuses_what_is_no_json(tmp_path):
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("check_vectors", tmp_path)


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
    assert result.passed.total() >= 199
