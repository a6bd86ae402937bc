"""A notebook of another site reads the data in a real browser, and nothing else of ours."""

import http.server
import threading

import pytest

from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
LIRE = """async ([address, options]) => {
  try {
    const answer = await fetch(address, options);
    return [answer.status, await answer.text(), answer.headers.get("X-Perimetre")];
  } catch (error) {
    return null;
  }
}"""


class PageVide(http.server.BaseHTTPRequestHandler):
    """A page of somebody else, without any policy of ours."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Carnet</title>")

    def log_message(self, *args):
        return


@pytest.fixture
def ailleurs():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), PageVide)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_page_of_another_site_reads_the_data_alone(navigateur, live_server, ailleurs):
    factories.millesime(2021)
    factories.departement("30", tenue="aucune", nom="Gard")
    factories.labellisation(factories.commune("34142", nom="Lodève"))
    context = navigateur.new_context()
    try:
        page = context.new_page()
        page.goto(ailleurs)

        def lu(chemin, **options):
            return page.evaluate(LIRE, [live_server.url + chemin, options])

        status, text, perimetre = lu("/donnees/communes.csv?colonnes=code_insee")
        assert (status, text.split()) == (200, ["code_insee", "34142"])
        assert "tenue.aucune=30" in perimetre
        # Asked before, by `OPTIONS`, since it is no plain request.
        asked = {"headers": {"If-None-Match": '"x"', "Range": "bytes=0-9"}}
        assert lu("/donnees/ort.json", **asked)[0] == 200
        status, text, _ = lu("/donnees/communes.json?departement=99")
        assert status == 400
        assert "departement=99" in text
        for closed in ("/", "/communes/", "/admin/login/"):
            assert lu(closed) is None, closed
        assert lu("/donnees/communes.csv", method="POST", body="x")[0] == 405
    finally:
        context.close()
