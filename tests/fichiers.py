"""Files sent to the back office, as a browser would, and what it answers."""

import csv
import io
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse


def send(browser, page, sorte, text, name="essai.csv", **fields):
    """Send a file, of text or bytes, to the import page of a list; return the answer.

    Its dates are known by the service, unless `fields` names a source, or says `connaissance=""`.
    """
    content = text if isinstance(text, bytes) else text.encode()
    data = {"sorte": sorte, "raison": "Relecture", "fichier": SimpleUploadedFile(name, content)}
    if "source" not in fields:
        data["connaissance"] = "on"
    return browser.post(reverse(f"admin:{page}_import"), data | fields)


def previewed(browser, *args, **fields):
    """Send a file and return its preview."""
    answer = send(browser, *args, **fields)
    assert answer.status_code == 302, answer.context["form"].errors
    return browser.get(answer.url)


def confirm(browser, page, **fields):
    """Confirm a preview, as it was shown."""
    mark = re.search(r'name="empreinte" value="(\w+)"', page.content.decode()).group(1)
    return browser.post(page.request["PATH_INFO"], {"empreinte": mark} | fields)


def imported(browser, *args, **fields):
    return confirm(browser, previewed(browser, *args, **fields))


def outcome(page):
    """Return the sort of each row of a preview, by its number."""
    return {ligne.numero: str(ligne.sort) for ligne in page.context["apercu"].lignes}


def motives(page):
    """Return why rows are refused, each by its number."""
    lignes = page.context["apercu"].lignes
    return {li.numero: " ; ".join(map(str, li.refus)) for li in lignes if li.refus}


def changes(page, numero=2):
    """Return what a row changes, but who says it when it is the service: {column: (before, after)}."""
    (ligne,) = [li for li in page.context["apercu"].lignes if li.numero == numero]
    told = {c.colonne: (c.avant, c.apres) for c in ligne.changements}
    return {
        column: pair
        for column, pair in told.items()
        if not pair[1].startswith("Connaissance du service")
    }


def exported(browser, page, nom, forme="csv", query=""):
    """Return the rows of an export, by column."""
    url = reverse(f"admin:{page}_export", args=[nom, forme])
    text = b"".join(browser.get(url + query).streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def written(rows):
    """Write rows, by column, as a CSV."""
    output = io.StringIO()
    writer = csv.DictWriter(output, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return output.getvalue()


def told_columns(browser, page, *args, answers=None, **fields):
    """Send a file whose columns are asked, answer, and return its preview.

    `answers` gives, by header, what is answered in place of what the page proposes.
    """
    asked = browser.get(send(browser, page, *args, **fields).url)
    return answered(browser, asked, answers)


def answered(browser, asked, answers=None, units=None, **questions):
    """Answer what the columns of a file are, their units and what else is asked; return the preview."""
    form = asked.context["form"]
    data = {
        champ.html_name: (answers or {}).get(colonne.entete, champ.value() or "")
        for colonne, champ in form.lignes
    }
    for colonne, _, unite, _ in form.lectures:
        if unite:
            data[unite.html_name] = (units or {}).get(colonne.entete, unite.value())
    for champ in asked.context["questions"] or ():
        if champ.value():
            data[champ.html_name] = champ.value()
    data |= questions
    answer = browser.post(asked.request["PATH_INFO"], data)
    return browser.get(answer.url) if answer.status_code == 302 else answer
