"""The PDF: the same bytes everywhere, tagged, with its own fonts and nothing else."""

import hashlib
import os
import re
import subprocess
import sys
import zlib
from dataclasses import replace

import pytest

from stocktakes import pdf as module
from stocktakes.pdf import ForeignFile, PdfUnavailable, is_available, pdf
from stocktakes.preparation import PAGE, first_page_height
from stocktakes.sheets import document
from stocktakes.snapshot import Answer, to_text
from stocktakes.tests.test_snapshot import KNOWN, make_content, make_goal

pytestmark = pytest.mark.usefixtures("pdf_engine")

DRAW = """
import hashlib, sys
import django
django.setup()
from stocktakes.pdf import pdf
sys.stdout.write(hashlib.sha256(pdf(sys.stdin.read())).hexdigest())
"""


def draw_elsewhere(text, **environment):
    done = subprocess.run(
        [sys.executable, "-c", DRAW],
        input=text.encode(), capture_output=True, check=True, env={**os.environ, **environment},
    )  # fmt: skip
    return done.stdout.decode()


def test_two_processes_draw_the_same_bytes():
    text = to_text(make_content(make_goal("L1"), make_goal("L2")))
    here = hashlib.sha256(pdf(text)).hexdigest()
    one = draw_elsewhere(text, PYTHONHASHSEED="1", TZ="Asia/Tokyo")
    other = draw_elsewhere(text, PYTHONHASHSEED="2", TZ="America/Denver", LANG="de_DE.UTF-8")
    assert (one, other) == (here, here)


def inflated(drawn):
    """Everything in the file in the clear."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", drawn, re.DOTALL)
    clear = []
    for stream in streams:
        try:
            clear.append(zlib.decompress(stream))
        except zlib.error:
            clear.append(stream)
    return b"\n".join([drawn, *clear])


def test_the_pdf_is_tagged_dated_and_brings_its_fonts():
    drawn = inflated(pdf(to_text(make_content())))
    assert b"/MarkInfo" in drawn
    assert b"/CreationDate(D:20260702080000" in drawn.replace(b"/CreationDate (", b"/CreationDate(")
    assert b"pdfuaid:part" in drawn
    fonts = {b"Source-Sans-Pro", b"Source-Sans-Pro-Bold", b"Source-Serif-Pro"}
    assert {name for name in fonts if name in drawn} == fonts


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "https://example.org/x.png",
        "https://pack.invalid/vendor/../../etc/passwd",
        "https://pack.invalid/css/pack.css",
    ],
)
def test_nothing_but_our_fonts_is_fetched(url):
    with pytest.raises(ForeignFile):
        module._own_files().fetch(url)


def test_a_foreign_file_stops_the_drawing(monkeypatch):
    from weasyprint.urls import FatalURLFetchingError  # noqa: PLC0415 - see pdf_engine

    foreign = '<img src="file:///etc/passwd" alt="">'
    monkeypatch.setattr(module, "document", lambda *_text, **_style: foreign)
    with pytest.raises(FatalURLFetchingError):
        pdf(to_text(make_content()))


def test_without_pango_it_says_so(monkeypatch):
    def missing(name, *rest):
        if name.startswith("weasyprint"):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest)

    real = __import__
    monkeypatch.setattr("builtins.__import__", missing)
    assert not is_available()
    with pytest.raises(PdfUnavailable):
        pdf(to_text(make_content()))


LOREM = (
    "Reading has improved every year since the reform began, but the pace must almost double to"
    " reach the target; the method works where it is used, and pupils in schools with a coach"
    " gained twice as much as the rest of the state did in the same time. "
) * 2


@pytest.mark.parametrize("title", ["Every child reads", "Every child reads by the end of grade 3"])
@pytest.mark.parametrize(
    ("signs", "expected"), [(40, "fits"), (80, "fits"), (160, "too long"), (390, "too long")]
)
def test_the_estimate_promises_no_first_page_that_does_not_fit(title, signs, expected):
    text = LOREM[:signs]
    goal = replace(
        make_goal(
            summary=text,
            questions=(text[:198],) * 3,
            answers=tuple(
                Answer(number, "How are we planning to do it?", text, "Yolanda Freeman", KNOWN)
                for number in range(1, 6)
            ),
        ),
        title=title,
    )
    style = module.own_file("/css/pack.css").read_text()
    from weasyprint import HTML  # noqa: PLC0415 - see pdf_engine

    page = HTML(
        string=document(to_text(make_content(goal)), style=style),
        base_url=module.BASE,
        url_fetcher=module._own_files(),
    )
    has_three_pages = len(page.render().pages) == 3  # the first page, progress and notes
    assert ("fits" if has_three_pages else "too long") == expected
    assert ("fits" if first_page_height(goal) <= PAGE else "too long") == expected


def test_a_missing_library_is_found_out_before_the_engine_is_loaded(monkeypatch):
    def never(*_arguments):
        raise AssertionError("the engine was loaded")

    monkeypatch.setattr(module, "LIBRARIES", ("libthere-is-none.so.0",))
    monkeypatch.setattr(module, "_imported_engine", never)
    assert not is_available()
