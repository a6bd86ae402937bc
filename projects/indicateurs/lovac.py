"""LOVAC, the official file of vacant dwellings, a row a commune: the readings of ours, one row each.

Its years are in the names of its columns, and the stock of dwellings is one year behind the vacancy:
« pp_vacant_26 » is of 2026, « ff_pp_total_25 » of 2025. An « s » is a secret, and not zero; a commune
that is not there tells nothing. Each vintage is a series: what it says of the years before is its own.
"""

import csv
import io
import re
from collections import defaultdict

from django.utils import timezone

from communes.models import Commune, Labellisation
from projects.indicateurs.imports import ReleveRessource
from projects.indicateurs.models import Releve
from projects.indicateurs.mots import valeur_en_mots
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.sources import Source

PLUS_GROS = 15 * 1024 * 1024
TROP_GROS = "le fichier dépasse 15 Mo : est-ce bien LOVAC par commune ?"
AUTRE_FICHIER = (
    "ce n'est pas LOVAC par commune : une colonne CODGEO_26 (ou d'un autre millésime) et des colonnes "
    "pp_vacant_26, pp_vacant_plus_2ans_26, ff_pp_total_25 sont attendues, séparées par « ; »."
)
D_APRES = (
    "ce fichier est du millésime {0} (colonne CODGEO_{0}), et sa colonne « {1} » est d'une année d'après : "
    "deux millésimes y sont mêlés. Déposez chaque fichier tel qu'il est publié."
)
PAS_LES_NOTRES = "aucune ligne de ce fichier n'est d'une de vos communes du programme."
MILLESIME = re.compile(r"codgeo_(\d\d)")
# Each column that is read, with its indicator: see `donnees/national/indicateurs.csv`.
COLONNES = {
    "pp_vacant": "logements-vacants",
    "pp_vacant_plus_2ans": "logements-vacants-2-ans",
    "ff_pp_total": "logements-prives",
    "pp_total": "logements-prives",
}
COLONNE = re.compile(rf"({'|'.join(sorted(COLONNES, reverse=True))})_(\d\d)")
SECRET = "s"
ENTETE = ["code_insee", "indicateur", "jour", "precision", "etat", "valeur", "serie"]


class LovacRessource(ReleveRessource):
    """The file as it is published: read as the readings that it makes."""

    titre = "LOVAC, les logements vacants par commune (le fichier officiel, 15 Mo au plus)"
    exemple = {}

    def extrait(self, contenu, nom, user=None, departement=None):
        """Return the readings of the communes of `user`, or of a département, as a table of our own."""
        if len(contenu) > PLUS_GROS:
            raise FichierRefuse(f"{nom} : {TROP_GROS}")
        try:
            rows = readings(contenu, communes_du_programme(user, departement))
        except FichierRefuse as refusal:
            raise FichierRefuse(f"{nom} : {refusal}") from None
        return written(rows)

    def passage(self, table, user=None, provenance=None, *args, **options):
        """Give the readings the day of the document that says them, that of their publication."""
        document = provenance.source if provenance else None
        if document and document.genre != Source.Genre.SERVICE and document.date_document:
            publish(table, document.date_document)
        return super().passage(table, user, provenance, *args, **options)

    def warn(self, lignes):
        """Tell what another vintage said of the same day."""
        read = [ligne.objet for ligne in lignes if ligne.objet is not None and not ligne.refus]
        others = defaultdict(list)
        for other in Releve.objects.filter(
            commune__dans={r.commune_id for r in read},
            indicateur__dans={r.indicateur_id for r in read},
            serie__startswith="LOVAC ",
        ).order_by("serie"):
            others[other.commune_id, other.indicateur_id, other.jour].append(other)
        for ligne in lignes:
            if ligne.objet is not None and not ligne.refus:
                ligne.remarques += contradictions(ligne.objet, others)


def publish(table, jour):
    """Tell of all the readings of a table that they are published on `jour`."""
    table.colonnes = list(dict.fromkeys([*table.colonnes, "publie_le"]))
    for lue in table.lignes:
        lue.cellules["publie_le"] = jour.isoformat()


def contradictions(releve, others):
    """Yield what other vintages said otherwise of the same commune, the same day."""
    for other in others[releve.commune_id, releve.indicateur_id, releve.jour]:
        said = (other.etat, other.valeur)
        if other.serie != releve.serie and said != (releve.etat, releve.valeur):
            words = valeur_en_mots(releve.indicateur.unite, other.valeur, other.etat)
            yield f"{other.serie} disait : {words}. Les deux restent, chacun dans sa série."


def communes_du_programme(user=None, departement=None):
    """Return the codes of the communes of the programme, today or before, of a user or a département."""
    jour = timezone.localdate()
    ours = Commune.objects.filter(pk__in=Labellisation.objects.communes_du_jour(jour))
    if user is not None:
        ours = ours.for_user(user)
    if departement is not None:
        ours = ours.filter(departement=departement)
    return set(ours.values_list("pk", flat=True))


def readings(contenu, codes):
    """Yield the cells of `ENTETE` of each reading of the communes of `codes`; raises `FichierRefuse`."""
    lines = csv.reader(io.StringIO(decoded(contenu)), delimiter=";")
    try:
        header = [name.strip().casefold() for name in next(lines, [])]
        place, millesime = place_of_code(header)
        columns = columns_of(header, millesime)
        kept = [line for line in lines if len(line) > place and line[place].strip() in codes]
    except csv.Error:
        raise FichierRefuse(AUTRE_FICHIER) from None
    if not kept:
        raise FichierRefuse(PAS_LES_NOTRES)
    return [
        [line[place].strip(), indicateur, f"{annee}-01-01", "annee", *told, f"LOVAC 20{millesime}"]
        for line in kept
        for rank, indicateur, annee in columns
        if (told := told_by(line[rank] if rank < len(line) else ""))
    ]


def decoded(contenu):
    """Return the text of the file: it is published in Latin-1, and saved again in UTF-8 by some."""
    try:
        return contenu.decode("utf-8-sig")
    except UnicodeDecodeError:
        return contenu.decode("latin-1")


def place_of_code(header):
    """Return the place of the column of the codes, and the vintage that it says: « 26 »."""
    found = [(rank, m) for rank, name in enumerate(header) if (m := MILLESIME.fullmatch(name))]
    if len(found) != 1:
        raise FichierRefuse(AUTRE_FICHIER)
    rank, codes = found[0]
    return rank, codes[1]


def columns_of(header, millesime):
    """Return the place, the indicator and the year of each column that is read; none is after its vintage."""
    found = {}
    for rank, name in enumerate(header):
        if match := COLONNE.fullmatch(name):
            if match[2] > millesime:
                raise FichierRefuse(D_APRES.format(millesime, name))
            found.setdefault((COLONNES[match[1]], 2000 + int(match[2])), rank)
    if not any(indicateur == "logements-vacants" for indicateur, _ in found):
        raise FichierRefuse(AUTRE_FICHIER)
    return [(rank, indicateur, annee) for (indicateur, annee), rank in found.items()]


def told_by(cell):
    """Return the state and the value of a cell; nothing of an empty one."""
    text = cell.strip()
    if not text:
        return None
    return ("secret", "") if text.casefold() == SECRET else ("connue", text)


def written(rows):
    """Return the rows as a CSV of ours, in bytes."""
    text = io.StringIO()
    csv.writer(text).writerows([ENTETE, *rows])
    return text.getvalue().encode()
