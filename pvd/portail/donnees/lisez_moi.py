"""What a file says of itself: the last sheet of its workbook, and a text for those that have no sheet."""

import textwrap

from django.conf import settings
from django.urls import reverse

from pvd.portail.donnees.perimetre import PerimetreDuFichier
from pvd.portail.donnees.recettes import recettes
from pvd.portail.donnees.valeurs import valeurs_dites
from pvd.portail.partage.liens import LICENCE, SITE
from socle.dates import in_french
from socle.web.demonstration import marked

TYPES = {
    "string": "texte",
    "date": "date",
    "integer": "entier",
    "number": "nombre",
    "boolean": "vrai ou faux",
}
# What is copied whole: a line of the text that is cut would no longer be what it says.
COPIES = ("Adresse", "pandas (Python)", "DuckDB", "R (non essayé)")
RYTHME = "À chaque acte, document ou liste que le service enregistre ; pas de jour fixe."
VIDE = "Une case vide veut dire « non renseigné » : ce n'est ni zéro, ni non."
SOURCE = (
    "Actes signés, listes nationales, services de l'État ; chaque page du site dit les siennes."
)


def lisez_moi(table, colonnes, perimetre: PerimetreDuFichier, adresse, document, today):
    """Return the rows of the notice of a file, asked for at `adresse`; a row of one cell is a title.

    `document` is the day of the latest document that the data rest on, or None.
    """
    return [
        [marked(f"{SITE} : {table.titre}")],
        ["Une ligne", table.ligne],
        ["Jour" if perimetre.d_un_jour else "Jours", perimetre.temps],
        ["Adresse", adresse("csv")],
        [],
        ["Périmètre"],
        *([label, words] for label, words in perimetre.filtres or [("Filtres", "Aucun.")]),
        *(["Ce qui est tenu", said] for said in perimetre.reserves or ["Tout, en entier."]),
        ["Case vide", VIDE],
        [],
        ["Colonnes"],
        ["Colonne", "Ce qu'elle dit", "Type", "Valeurs"],
        *([c.nom, c.description, TYPES[c.type], valeurs_dites(c)] for c in colonnes),
        [],
        ["Lire le CSV sans perdre le zéro des codes"],
        *(
            [r.programme if r.essayee else f"{r.programme} (non essayé)", r.texte]
            for r in recettes(colonnes, adresse("csv"))
        ),
        [],
        ["Source, licence, citation"],
        ["Source", SOURCE],
        *([["Dernier document", f"Du {in_french(document)}."]] if document else []),
        ["Mise à jour", RYTHME],
        ["Licence", f"Licence Ouverte 2.0 ({LICENCE})"],
        ["Citer", citation(table, perimetre, adresse("csv"), today)],
        ["Écrire à", settings.PVD_EDITEUR_CONTACT or "Ce site ne dit pas quel service le tient."],
    ]


def citation(table, perimetre, adresse, today):
    """Write how the file is cited: who publishes, what, of which day, where and when it was read."""
    who = f"{settings.PVD_EDITEUR}, " if settings.PVD_EDITEUR else ""
    return (
        f"{who}« {SITE} : {table.titre} », {perimetre}, {adresse}, consulté le {in_french(today)}, "
        "Licence Ouverte 2.0."
    )


def as_text(rows):
    """Write a notice as a text, for the files that have no sheet."""
    return "\n".join(map(line_of, rows)) + "\n"


def line_of(row):
    if not row:
        return ""
    first, *others = row
    if not others:
        return f"{first}\n{'-' * len(first)}"
    told = " | ".join(text for text in others if text)
    # A line to be copied is not cut.
    if first in COPIES:
        return f"{first} :\n    {told}"
    return textwrap.fill(
        f"{first} : {told}",
        100,
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def adresses_de(request, table, jour):
    """Return how to write the full address of the same request in a format, or of the notice.

    Its day, if the table is of one, is written even if it is today's: tomorrow it leads to the same file.
    """
    query = request.GET.copy()
    for unread in ("tableur", "page"):
        query.pop(unread, None)
    if table.d_un_jour:
        query["au"] = jour.isoformat()

    def adresse(what, **en_plus):
        name = "lisez_moi" if what == "lisez_moi" else "telecharger"
        args = [table.nom] if what == "lisez_moi" else [table.nom, what]
        asked = query.copy()
        asked.update(en_plus)
        return request.build_absolute_uri(f"{reverse(name, args=args)}?{asked.urlencode(safe=',')}")

    return adresse
