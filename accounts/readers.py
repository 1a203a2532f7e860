"""From the bytes of a file to numbered rows of text; anything else is refused in words."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

MAX_ROWS = 300_000
MAX_COLUMNS = 300
MAX_CELL = 20_000

# How files of other kinds begin, and what to say about them.
_MAGIC = (
    (b"PK\x03\x04", "a spreadsheet or archive"),
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\x89PNG", "a picture"),
)


class FileRefused(Exception):
    """The file cannot be read as a table; the message says why and what to do."""


@dataclass(frozen=True)
class Line:
    """One row, with the number of the line in the file on which it begins."""

    number: int
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


def read_lines(
    content: bytes, *, encoding: str = "utf-8-sig", delimiter: str = ",", max_bytes: int
) -> list[Line]:
    """Every row of the file. Raises FileRefused."""
    if not content.strip():
        raise FileRefused(_("The file is empty."))
    if len(content) > max_bytes:
        raise FileRefused(
            _("The file is larger than %(limit)s MB. Split it, for example by year.")
            % {"limit": max_bytes // 1_000_000}
        )
    lines = list(_rows(_decode(content, encoding), delimiter))
    if all(line.is_blank for line in lines):
        raise FileRefused(_("The file has no rows with anything in them."))
    return lines


def _decode(content: bytes, encoding: str) -> str:
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            raise FileRefused(
                _("This is %(kind)s, not a CSV file. Save the table as CSV (UTF-8) and try again.")
                % {"kind": _(kind)}
            )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused(_("The file is in UTF-16. Save it as CSV (UTF-8) and try again."))
    if b"\x00" in content:
        raise FileRefused(_("The file holds zero bytes, so it is not a text file."))
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise FileRefused(
            _(
                "Line %(line)s holds characters that are not %(encoding)s. Save the table as CSV"
                " (UTF-8) and try again."
            )
            % {"line": line, "encoding": encoding.removesuffix("-sig").upper()}
        ) from None
    if text.lstrip()[:15].lower().startswith(("<!doctype", "<html", "<?xml")):
        raise FileRefused(_("This is a web page, not a CSV file. Download the data themselves."))
    return text


def _rows(text: str, delimiter: str) -> Iterator[Line]:
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for count, cells in enumerate(reader, 1):
            if count > MAX_ROWS:
                raise FileRefused(
                    _("The file has more than %(limit)s rows. Split it, for example by year.")
                    % {"limit": f"{MAX_ROWS:,}"}
                )
            if len(cells) > MAX_COLUMNS:
                raise FileRefused(
                    _("Line %(line)s has more than %(limit)s columns.")
                    % {"line": start, "limit": MAX_COLUMNS}
                )
            yield Line(start, tuple(cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused(
            _(
                "From line %(line)s on the file is not a proper CSV table (%(error)s). Look for a"
                " quotation mark that is not closed."
            )
            % {"line": start, "error": error}
        ) from None
