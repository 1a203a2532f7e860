"""What a person may write into an environment variable, and what is refused."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from delivery_unit import variables

NAME = "A_VARIABLE"


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda: variables.yes_or_no(NAME), "ture"),
        (lambda: variables.whole_number(NAME, 1), "20MB"),
        (lambda: variables.whole_number(NAME, 1), "0"),
        (lambda: variables.whole_number(NAME, 1), "-1"),
        (lambda: variables.whole_number(NAME, 1), "²"),
        (lambda: variables.whole_number(NAME, 1, most=65535), "65536"),
        (lambda: variables.log_level(NAME, "INFO"), "loud"),
        (lambda: variables.site(NAME, ""), "unit.example.org"),
        (lambda: variables.site(NAME, ""), "https:///path"),
        (lambda: variables.site(NAME, ""), "https://unit.example.org:port"),
        (lambda: variables.broker(NAME), "queue.example.org:6379"),
        (lambda: variables.broker(NAME), "amqp://localhost"),
        (lambda: variables.database(NAME, ""), "hunter2"),
        (lambda: variables.database(NAME, ""), "mysql://me:hunter2@localhost/unit"),
        (lambda: variables.database(NAME, ""), "postgres://me:hunter2@localhost"),
        (lambda: variables.database(NAME, ""), "postgres://me:hunter2@localhost:port/unit"),
        (lambda: variables.mail(NAME, ""), "me:hunter2@mail.example.org"),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_never_repeated(read, value, monkeypatch):
    monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match="A_VARIABLE cannot be used") as refusal:
        read()
    assert value not in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("value", ["", " "])
def test_an_empty_variable_is_one_not_set(value, monkeypatch):
    monkeypatch.setenv(NAME, value)
    assert variables.yes_or_no(NAME) is False
    assert variables.whole_number(NAME, 600) == 600
    assert variables.log_level(NAME, "INFO") == "INFO"
    assert variables.site(NAME, "http://localhost:8000") == "http://localhost:8000"
    assert variables.broker(NAME) == ""
    assert variables.words(NAME) == []
    assert variables.database(NAME, "sqlite:////srv/unit.sqlite3")["NAME"] == "/srv/unit.sqlite3"


def test_right_values_are_read(monkeypatch):
    def read(function, value, *arguments, **options):
        monkeypatch.setenv(NAME, value)
        return function(NAME, *arguments, **options)

    assert read(variables.yes_or_no, "Yes") is True
    assert read(variables.yes_or_no, "off") is False
    assert read(variables.whole_number, "65535", 1, most=65535) == 65535
    assert read(variables.log_level, "debug", "INFO") == "DEBUG"
    assert read(variables.site, "https://unit.example.org/", "") == "https://unit.example.org"
    assert read(variables.words, "a.example.org, b.example.org,") == [
        "a.example.org",
        "b.example.org",
    ]
    assert read(variables.broker, "rediss://:pass@queue.example.org/1").startswith("rediss://")
    database = read(variables.database, "postgres://me:p%40ss@db.example.org:5433/unit", "")
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["PASSWORD"], database["PORT"]) == ("p@ss", 5433)
