"""What the papers name exists, and what exists is named."""

import configparser
import re

from django.conf import settings
from django.core.management import get_commands

ROOT = settings.BASE_DIR
READS = re.compile(r"""(?:variables\.\w+|environ\.get)\(\s*"([A-Z_]+)\"""")
# Django's and the tests' own.
NOT_OURS = {"DJANGO_SETTINGS_MODULE"}


def test_every_variable_is_in_the_readme_or_the_example():
    sources = [path for path in (ROOT / "delivery_unit").rglob("*.py") if "tests" not in path.parts]
    read = {name for path in sources for name in READS.findall(path.read_text())} - NOT_OURS
    told = (ROOT / "README.md").read_text() + (ROOT / ".env.example").read_text()
    assert "LOG_FORMAT" in read
    assert {name for name in read if name not in told} == set()


def test_the_guide_names_only_commands_that_exist():
    guide = (ROOT / "docs" / "administration.md").read_text()
    named = set(re.findall(r"manage\.py ([a-z_]+)", guide))
    assert {"backup", "restore", "migrate"} <= named
    assert named - set(get_commands()) == set()


def test_the_examples_of_units_start_what_the_readme_starts():
    for path in sorted((ROOT / "docs" / "examples").glob("*.service")):
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str
        unit.read(path)
        command = unit["Service"]["ExecStart"]
        assert command.startswith("/opt/delivery-unit/.venv/bin/"), path.name
        assert unit["Service"]["User"] == "delivery-unit", path.name


def test_the_proxy_lets_through_what_the_product_takes():
    text = (ROOT / "docs" / "examples" / "nginx.conf").read_text()
    (megabytes,) = re.findall(r"client_max_body_size (\d+)m;", text)
    assert int(megabytes) * 1024**2 >= settings.IMPORT_MAX_BYTES + 2 * 1024**2


def test_links_of_the_guides_lead_somewhere():
    for path in (ROOT / "SECURITY.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)", path.read_text()):
            if "://" not in target:
                assert (path.parent / target).exists(), f"{path.name}: {target}"
