"""True PDFs, and those that are made to harm a reader."""

import io
import zlib

from pypdf import PdfWriter

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"


def pdf_of(pages=1, **protection):
    """Return a PDF of blank pages; `protection` is what `PdfWriter.encrypt` asks for."""
    writer, written = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if protection:
        writer.encrypt(**protection)
    writer.write(written)
    return written.getvalue()


def tree(*objects):
    """Return a PDF whose catalogue is followed by `objects`, numbered from 2: the tree of its pages."""
    content, places = b"%PDF-1.7\n", b"0000000000 65535 f \n"
    for number, body in enumerate((CATALOG, *objects), 1):
        places += b"%010d 00000 n \n" % len(content)
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    last = len(objects) + 2
    return b"%sxref\n0 %d\n%strailer <</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        content,
        last,
        places,
        last,
        len(content),
    )


def pages_of(*kids):
    return b"<</Type/Pages/Count %d/Kids[%s]>>" % (
        len(kids),
        b" ".join(b"%d 0 R" % k for k in kids),
    )


def packed(swollen=0):
    """Return a PDF of one page whose objects are compressed, followed by `swollen` spaces."""
    objects = [b"<</Type/Catalog/Pages 3 0 R>>", pages_of(4), b"<</Type/Page/MediaBox[0 0 9 9]>>"]
    index = b"2 0 3 %d 4 %d " % (len(objects[0]), len(objects[0] + objects[1]))
    swelling = zlib.compress(index + b"".join(objects) + b" " * swollen, 9)
    kind = b"/Type/ObjStm/N 3/First %d/Filter/FlateDecode" % len(index)
    content = b"%PDF-1.7\n1 0 obj\n" + stream(kind, swelling) + b"\nendobj\n"
    places = [(0, 0, 255), (1, 9, 0), (2, 1, 0), (2, 1, 1), (2, 1, 2), (1, len(content), 0)]
    table = b"".join(bytes([how, *where.to_bytes(4, "big"), n]) for how, where, n in places)
    kind = b"/Type/XRef/Size 6/W[1 4 1]/Root 2 0 R"
    end = b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(content)
    return content + b"5 0 obj\n" + stream(kind, table) + end


def stream(kind, data):
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (kind, len(data), data)
