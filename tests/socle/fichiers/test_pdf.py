"""A PDF that comes in: what opens is taken, and what is made to harm its reader harms nobody."""

import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socle.fichiers import pdf
from socle.fichiers.a_part import read_apart
from tests.pdf import PAGE, packed, pages_of, pdf_of, tree

LONGEST = 10
PLAIN = pdf_of()


def refusal(content):
    started = time.monotonic()
    answer = read_apart("socle.fichiers.pdf", content)["refus"]
    assert time.monotonic() - started < LONGEST
    return answer


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        pdf_of(40),
        packed(),
        tree(pages_of(3), PAGE),
        PLAIN.replace(b"0000000", b"9999999"),
        PLAIN.replace(b"/Root", b"/Prev %d /Root" % PLAIN.rindex(b"xref\n0")),
        pdf_of(user_password="", owner_password="à nous", algorithm="RC4-128"),
        pdf_of(user_password="", owner_password="à nous", algorithm="AES-256"),
    ],
    ids=["plain", "long", "packed", "old", "repaired", "table-twice", "closed-rc4", "closed-aes"],
)
def test_what_anyone_opens_is_taken(content):
    assert refusal(content) == ""


@pytest.mark.parametrize("algorithm", ["RC4-40", "AES-128", "AES-256"])
def test_what_asks_for_a_password_is_told_by_it(algorithm):
    assert refusal(pdf_of(user_password="secret", algorithm=algorithm)) == pdf.LOCKED


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", pdf.NO_PDF),
        (b"<html>%PDF-1.7 %%EOF", pdf.NO_PDF),
        (b" " + PLAIN, pdf.NO_PDF),
        (PLAIN[:-8], pdf.CUT),
        (PLAIN + b"\0" * 3000, pdf.CUT),
        (b"%PDF-1.7\n<html><script>alert(1)</script></html>\n%%EOF\n", pdf.BROKEN),
        (b"%PDF-1.7\nstartxref\n9\n%%EOF\n", pdf.BROKEN),
        (PLAIN[:60] + b"\0" * 200 + PLAIN[260:], pdf.BROKEN),
        (pdf_of(0), pdf.EMPTY),
        (tree(b"<</Type/Pages/Kids[]/Count 999999999>>"), pdf.EMPTY),
        (tree(pages_of(9)), pdf.EMPTY),
    ],
)
def test_what_has_no_page_to_show_is_refused(content, told):
    assert refusal(content) == told


# Made when it is their turn: some are heavy.
HARMFUL = {
    "loop": lambda: tree(pages_of(2)),
    "ring": lambda: tree(pages_of(3), pages_of(2)),
    "laughs": lambda: tree(*(pages_of(n, n) for n in range(3, 93)), PAGE),
    "deep": lambda: tree(*(pages_of(n) for n in range(3, 20_000)), PAGE),
    "wide": lambda: tree(pages_of(*[3] * 1_000_000), PAGE),
    "nested": lambda: tree(b"[" * 500_000),
    "bomb": lambda: packed(swollen=200_000_000),
    "dicts": lambda: b"%PDF-1.7\ntrailer " + b"<<" * 1_000_000 + b"\nstartxref\n9\n%%EOF\n",
    "objects": lambda: b"%PDF-1.7\n" + b"1 0 obj " * 1_000_000 + b"\nstartxref\n9\n%%EOF\n",
}


@pytest.mark.parametrize("sort", HARMFUL)
def test_what_is_made_to_harm_is_refused(sort):
    assert refusal(HARMFUL[sort]()) in (pdf.BROKEN, pdf.EMPTY)


@given(st.sampled_from([PLAIN, packed()]), st.data())
def test_a_wrong_byte_is_repaired_or_refused(content, data):
    place = data.draw(st.integers(0, len(content) - 1))
    wrong = bytes([data.draw(st.integers(0, 255))])
    broken = content[:place] + wrong + content[place + 1 :]
    told = pdf.answer(io.BytesIO(broken))["refus"]
    assert told in ("", pdf.NO_PDF, pdf.CUT, pdf.BROKEN, pdf.LOCKED, pdf.EMPTY)
