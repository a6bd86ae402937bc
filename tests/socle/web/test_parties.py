"""A part of a file that is kept: what a download that stopped asks for to go on."""

import io

import pytest
from django.http import FileResponse
from django.test import RequestFactory

from socle.web.parties import CHUNK, part_asked

WHOLE = bytes(range(256)) * (CHUNK // 128)
SIZE = len(WHOLE)


def asked(range_asked=None, method="get", content=WHOLE, **headers):
    headers |= {"Range": range_asked} if range_asked else {}
    request = getattr(RequestFactory(), method)("/acte.pdf", headers=headers)
    read = io.BytesIO(content)
    answer = part_asked(request, FileResponse(read), read)
    return answer, answer.getvalue()


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, SIZE - 1),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
        (f"bytes=10-{SIZE * 5}", 10, SIZE - 1),
        ("bytes=-1", SIZE - 1, SIZE - 1),
        (f"bytes=-{SIZE * 5}", 0, SIZE - 1),
        (f"bytes=1-{CHUNK + 1}", 1, CHUNK + 1),
    ],
)
def test_the_part_asked_for_is_sent(header, first, last):
    answer, sent = asked(header)
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert sent == WHOLE[first : last + 1]
    assert answer["Content-Length"] == str(len(sent))


@pytest.mark.parametrize(
    "header", [None, "bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,4-5", "lines=0-1", "bytes=a-b"]
)
def test_what_is_not_a_part_is_answered_by_the_whole(header):
    answer, sent = asked(header)
    assert (answer.status_code, sent, answer["Accept-Ranges"]) == (200, WHOLE, "bytes")
    assert answer["Content-Length"] == str(SIZE)


def test_a_part_of_what_may_have_changed_is_the_whole():
    answer, sent = asked("bytes=0-9", **{"If-Range": '"version"'})
    assert (answer.status_code, sent) == (200, WHOLE)
    assert asked("bytes=0-9", method="head")[0].status_code == 200


@pytest.mark.parametrize(
    ("header", "content"),
    [(f"bytes={SIZE}-", WHOLE), (f"bytes={SIZE}-{SIZE + 9}", WHOLE), ("bytes=-0", WHOLE), ("bytes=0-", b"")],
)  # fmt: skip
def test_a_part_that_is_not_there_is_refused_with_the_size(header, content):
    answer, sent = asked(header, content=content)
    assert (answer.status_code, sent, answer["Content-Length"]) == (416, b"", "0")
    assert answer["Content-Range"] == f"bytes */{len(content)}"
