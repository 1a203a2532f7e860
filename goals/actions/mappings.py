"""Saving mappings, and bringing in those that come with the product."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import OrgUnit, User
from goals.importing.specs import MappingError, spec_of
from goals.models import DefinitionVersion, ImportMapping, Indicator

SHIPPED = Path(__file__).resolve().parent.parent / "mappings"
LONG_AGO = date(1900, 1, 1)


def shipped_names() -> list[str]:
    return sorted(path.stem for path in SHIPPED.glob("*.json"))


def shipped_path(name: str) -> Path | None:
    return SHIPPED / f"{name}.json" if name in shipped_names() else None


def read_mapping(path: Path) -> dict[str, Any]:
    """The mapping in a file, checked. Raises MappingError and OSError."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise MappingError(f"{path.name} is not JSON: {error}") from error
    spec_of(data)
    return dict(data)


@transaction.atomic
def save_mapping(*, name: str, data: dict[str, Any], by: User | None) -> ImportMapping:
    """Saves a mapping, and makes the indicators and units that it brings if they are not here."""
    spec_of(data)
    mapping, _made = ImportMapping.objects.update_or_create(
        name=name, defaults={"title": data.get("title") or name, "spec": data, "updated_by": by}
    )
    for unit in data.get("org_units", []):
        OrgUnit.objects.get_or_create(code=unit["code"], defaults={**unit, "valid_from": LONG_AGO})
    for each in data.get("indicators", []):
        indicator, made = Indicator.objects.get_or_create(code=each["code"], defaults=each)
        if made:
            DefinitionVersion.objects.create(
                indicator=indicator, number=1, text=each.get("description") or each["name"]
            )
    return mapping
