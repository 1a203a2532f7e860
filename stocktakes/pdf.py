"""A pack as PDF/UA. The same text gives the same bytes on any machine with the same packages.

WeasyPrint is imported where it is used: it needs the pango library, which a machine may lack.
"""

import ctypes
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders

from stocktakes.sheets import document

BASE = "https://pack.invalid/css/"  # no such host can exist: only the names in OURS are answered
OURS = frozenset(
    f"https://pack.invalid/vendor/{name}.otf"
    for name in ("SourceSansPro-Regular", "SourceSansPro-Bold", "SourceSerifPro-Regular")
)
LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0")
_IMPORTING = threading.Lock()


class PdfUnavailable(Exception):
    """The machine lacks the library that draws PDF files."""


class ForeignFile(ValueError):
    """A pack named a file that does not belong to its design."""


def pdf(text: str) -> bytes:
    """Raises PdfUnavailable where pango is missing. Takes a second or two."""
    html_class, font_configuration = _engine()
    fonts = font_configuration()
    page = html_class(
        string=document(text, style=own_file("/css/pack.css").read_text()),
        base_url=BASE,
        url_fetcher=_own_files(),
    )
    drawn: bytes = page.write_pdf(font_config=fonts, pdf_variant="pdf/ua-1")
    return drawn


def is_available() -> bool:
    try:
        _engine()
    except PdfUnavailable:
        return False
    return True


def _engine() -> tuple[Any, Any]:
    """One thread at a time: two that import what is missing would get two different errors."""
    try:
        with _IMPORTING:
            for library in LIBRARIES if sys.platform == "linux" else ():
                ctypes.CDLL(library)  # asked first, since WeasyPrint prints a page about it
            return _imported_engine()
    except OSError as problem:
        raise PdfUnavailable(str(problem)) from problem


def _imported_engine() -> tuple[Any, Any]:
    from weasyprint import HTML  # noqa: PLC0415 - slow, and may be missing a library
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    return HTML, FontConfiguration


def own_file(path: str) -> Path:
    """One of our own static files, wherever it is packaged."""
    found = finders.find(path.lstrip("/"))
    if not isinstance(found, str):
        raise FileNotFoundError(path)
    return Path(found)


def _own_files() -> Any:
    """Fetches only the fonts of the design: no network, and no other file of the machine."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415 - see _engine

    class OwnFiles(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002 - its signature
            if url not in OURS:
                raise ForeignFile(url)
            content = own_file(urlsplit(url).path).read_bytes()
            return URLFetcherResponse(url, content, {"Content-Type": "font/otf"})

    return OwnFiles(fail_on_errors=True)
