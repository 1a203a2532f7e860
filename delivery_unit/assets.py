"""Finds the browser libraries inside their Python packages, so that none is copied in here."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage, Storage

PREFIX = "vendor/"

# name under static/vendor/ -> (package, path inside it). The style sheet names its map, and hashed
# storage wants every file that is named.
ASSETS = {
    "bootstrap.min.css": ("django_include_bootstrap", "static/css/bootstrap.min.css"),
    "bootstrap.min.css.map": ("django_include_bootstrap", "static/css/bootstrap.min.css.map"),
    "plotly.min.js": ("plotly", "package_data/plotly.min.js"),
    # The fonts of packs, on screen and in the PDF.
    "SourceSansPro-Regular.otf": ("font_source_sans_pro", "files/SourceSansPro-Regular.otf"),
    "SourceSansPro-Bold.otf": ("font_source_sans_pro", "files/SourceSansPro-Bold.otf"),
    "SourceSerifPro-Regular.otf": ("font_source_serif_pro", "files/SourceSerifPro-Regular.otf"),
}


class PackageAssetsFinder(BaseFinder):
    """Publishes ASSETS as vendor/<name>."""

    def check(self, **_kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **_options: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        name = path.removeprefix(PREFIX)
        if not path.startswith(PREFIX) or name not in ASSETS:
            return []
        found = str(location(name))
        return [found] if find_all else found

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        storage = PackageStorage()
        for name in ASSETS:
            if not matches_patterns(name, ignore_patterns):
                yield PREFIX + name, storage


class PackageStorage(FileSystemStorage):
    """Opens `vendor/<name>` where it really lies."""

    prefix = ""

    def path(self, name: str) -> str:
        return str(location(name.removeprefix(PREFIX)))


def location(name: str) -> Path:
    """Where an asset lies; the package is found, not imported."""
    package, path = ASSETS[name]
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(package)
    return Path(spec.origin).parent / path
