"""No floating point where numbers are stored, worked out or compared: read from the code itself."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[2]
# Coordinates of drawings are pixels, and Plotly takes nothing else; neither is ever compared.
DRAWN = {"goals/charts.py", "goals/drawing.py", "goals/layers.py", "goals/pen.py"}
# The projection fan is a statistical model: its inside is floats, rounded decimals leave it, and
# nothing of it is compared with a target (decision 0028). A measure hands it on to its chart.
MODELLED = {"goals/projection.py", "goals/smoothing.py"}
MAY_USE_THE_MODEL = {*DRAWN, *MODELLED, "goals/fan_words.py", "goals/measures.py"}
APPS = ("accounts", "goals", "stocktakes", "delivery_unit")


def modules():
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/tests/" not in name and "/migrations/" not in name:
                yield name


def floats(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno
        if isinstance(node, ast.Name) and node.id == "float":
            yield node.lineno


def test_the_search_for_floats_finds_them():
    assert list(floats("x = 1\ny = 0.5\nz = float(x)")) == [2, 3]


@pytest.mark.parametrize(
    "name",
    [each for each in modules() if each.startswith("goals/") and each not in DRAWN | MODELLED],
)
def test_numbers_of_goals_are_never_floats(name):
    assert list(floats((ROOT / name).read_text(encoding="utf-8"))) == []


def imported(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield node.module or ""
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_only_what_is_drawn_uses_the_projection():
    model = {"goals.projection", "goals.smoothing"}
    users = {
        name
        for name in modules()
        if model & set(imported((ROOT / name).read_text(encoding="utf-8")))
    }
    assert users <= MAY_USE_THE_MODEL
    assert users


def test_no_model_has_a_field_that_loses_digits():
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    lossy = [
        field for field in fields if isinstance(field, models.FloatField | models.DecimalField)
    ]
    assert lossy == []
