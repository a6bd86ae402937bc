"""A part of a file that is kept (`Range`): a download that stopped goes on from there."""

import re

# One part at a time: what asks for several, or is not understood, is given the whole (RFC 9110, § 14.2).
ASKED = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
CHUNK = 64 * 1024


def part_asked(request, answer, content):
    """Return `answer`, that of all of `content`, an open file, made that of the part that is asked for.

    It has no mark of its version: a part that is asked for only if it has not changed is the whole.
    """
    size = int(answer["Content-Length"])
    answer["Accept-Ranges"] = "bytes"
    found = ASKED.fullmatch(request.headers.get("Range", ""))
    if request.method != "GET" or found is None or "If-Range" in request.headers:
        return answer
    part = bounds_of(*found.groups(), size)
    if part is None:
        return answer
    first, last = part
    if not first <= last < size:
        answer.status_code = 416
        answer["Content-Range"] = f"bytes */{size}"
        first, last = 0, -1
    else:
        answer.status_code = 206
        answer["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer.streaming_content = read_part(content, first, last)
    answer["Content-Length"] = str(last - first + 1)
    return answer


def bounds_of(first, last, size):
    """Return the first and the last octet asked for; None for what asks for nothing that is understood."""
    if not first:
        return (max(size - int(last), 0), size - 1 if int(last) else -1) if last else None
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last or size), size - 1)


def read_part(content, first, last):
    """Yield the octets of a file from `first` to `last`, both included."""
    content.seek(first)
    left = last - first + 1
    while left > 0 and (chunk := content.read(min(CHUNK, left))):
        left -= len(chunk)
        yield chunk
