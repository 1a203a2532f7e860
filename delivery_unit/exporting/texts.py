"""Values as the text of a cell, and back; the same text on every machine."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import models

from goals.fields import exact_text

YES, NO = "true", "false"


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


# The first kind that fits; a truth value is also a whole number, and a moment also a day.
_SAID: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (bool, lambda value: YES if value else NO),
    (datetime, _moment),
    (date, date.isoformat),
    (Decimal | Fraction, exact_text),
    (dict | list, _json),
    (object, str),
)


def to_text(value: Any) -> str:
    if value is None:
        return ""
    return next(said(value) for kind, said in _SAID if isinstance(value, kind))


def to_value(text: str, field: models.Field) -> Any:
    """Raises ValueError and ValidationError for what the field cannot hold."""
    if text == "" and field.null:
        return None
    if isinstance(field, models.BooleanField):
        return _yes_or_no(text)
    if isinstance(field, models.JSONField):
        return json.loads(text)
    return field.to_python(text)


def _yes_or_no(text: str) -> bool:
    if text not in (YES, NO):
        raise ValueError(f"“{text}” is neither {YES} nor {NO}.")
    return text == YES


def csv_text(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue()


def csv_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with the line on which each ends, under the names of the first row."""
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    for row in reader:
        yield reader.line_num, row
