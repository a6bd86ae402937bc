"""No line of a public page begins with a mark of punctuation."""

import pytest

from socle.web.typographie import insecable_in_page

THIN, WIDE = "\u202f", "\xa0"


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<title>A : b</title>", f"<title>A{WIDE}: b</title>"),
        ("<p>Où ? Là ! Ici ; non</p>", f"<p>Où{THIN}? Là{THIN}! Ici{THIN}; non</p>"),
        ("<p>« le mot »</p>", f"<p>«{WIDE}le mot{WIDE}»</p>"),
        (
            "<p>« <b>le mot</b> »<br>fin :</p>",
            f"<p>«{WIDE}<b>le mot</b>{WIDE}»<br>fin{WIDE}:</p>",
        ),
        ("<svg><text>A : b</text></svg>", f"<svg><text>A{WIDE}: b</text></svg>"),
        ('<a href="/?q=a ;b" title="a : b">c</a>', '<a href="/?q=a ;b" title="a : b">c</a>'),
        ("<script>a ? b : c</script> : d", f"<script>a ? b : c</script>{WIDE}: d"),
        ("<style>a :hover {}</style>", "<style>a :hover {}</style>"),
        ("<textarea>Faux ?</textarea>", "<textarea>Faux ?</textarea>"),
        ("<pre>a : b</pre><code>c : d</code>", "<pre>a : b</pre><code>c : d</code>"),
        (f"<p>A{WIDE}: b</p>", f"<p>A{WIDE}: b</p>"),
        ("words alone : yes", f"words alone{WIDE}: yes"),
        ("12:30 http://a.fr", "12:30 http://a.fr"),
    ],
)
def test_only_the_spaces_of_the_words_become_unbreakable(page, shown):
    assert insecable_in_page(page) == shown
    assert insecable_in_page(shown) == shown


def test_what_is_refused_is_written_as_well(client, db):
    page = client.get("/communes/?au=2023-02-30")
    assert page.status_code == 400
    assert " :" not in page.content.decode().partition("<main")[2].partition("</main>")[0]
    assert int(page.get("Content-Length", len(page.content))) == len(page.content)


def test_agents_get_their_pages_as_they_are(client, db):
    assert client.get("/admin/login/").status_code == 200
