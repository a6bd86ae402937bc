"""How what a page tells is written as JSON: dates with their precision, who says so, each source once."""

from django.urls import reverse

from pvd.portail.partage.liens import LICENCE


def entete(profil, jour, annee_cog, page):
    """Return what each twin begins with; a `profil` never changes: what is new adds to it, or is another."""
    return {
        "profil": profil,
        "date_situation": jour,
        "annee_cog": annee_cog,
        "page": page,
        "licence": LICENCE,
    }


class SourcesCitees:
    """The documents met while the facts are written, told once at the end of the file."""

    def __init__(self):
        self.found = {}

    def cite(self, dits):
        """Return what the sources say, each by the key of its document, with the public note."""
        return [{"source": self.cle(dit.source), "note": dit.note or None} for dit in dits]

    def cle(self, source):
        """Return the key of a document, which is then told with the others."""
        self.found.setdefault(source.cle, source)
        return source.cle

    def told(self):
        return [
            {
                "cle": source.cle,
                "genre": source.genre,
                "titre": source.titre,
                "editeur": source.editeur or None,
                "date_document": source.date_document,
                "url": source.url or None,
            }
            for source in self.found.values()
        ]


def date_dite(jour, precision):
    """Return a date as it is known; the precision of a date that is not known is none."""
    return {"jour": jour, "precision": (str(precision) or None) if jour else None}


def lignes(table, rows, jour, annee_cog):
    """Return rows of a public table, as its JSON gives them: by the names of its columns."""
    return [
        dict(zip(table.entete, cells, strict=True)) for cells in table.lignes(rows, jour, annee_cog)
    ]


def date_cle(date, sources):
    return {
        "nom": date.nom,
        **date_dite(date.jour, date.precision),
        "texte": date.texte or None,
        "depasse": date.depasse,
        "regle": date.regle or None,
        "dits": sources.cite(date.dits),
    }


def fait(fact, sources):
    return {
        **date_dite(fact.jour, fact.precision),
        "texte": fact.texte,
        "code_insee": fact.commune.pk if fact.commune else None,
        "ort_identifiant": fact.convention.identifiant if fact.convention else None,
        "regle": fact.regle or None,
        "dits": sources.cite(fact.dits),
    }


def suite(coming):
    return {
        "titre": coming.titre,
        "texte": coming.texte,
        **date_dite(coming.jour, coming.precision),
        "passee": coming.passee,
        "a_verifier": coming.a_verifier,
    }


def acte(done, jour, sources):
    """Return an act of an ORT: what it did, who names it, who signs it."""
    return {
        "nature": "avenant" if done.is_avenant else "convention",
        "identifiant": done.record.identifiant,
        "nom": done.nom,
        **date_dite(done.date, done.precision),
        "texte": done.texte,
        "entrees": [couverture.commune_id for couverture in done.entrees],
        "sorties": [couverture.commune_id for couverture in done.sorties],
        "dits": sources.cite(done.dits),
        "parties": [partie(found, jour) for found in done.parties],
        "dits_des_parties": sources.cite(done.dits_des_parties),
    }


def partie(found, jour):
    qui = found.qui
    return {
        "nom": qui.nom_au(jour) if hasattr(qui, "nom_au") else qui.nom,
        "code_insee": found.commune_id,
        "siren_epci": found.intercommunalite_id,
        "role": found.role,
        "date_deliberation": found.date_deliberation,
        "date_signature": found.date_signature,
    }


def ort_nommee(convention):
    """Return an ORT in a list: who it is, its signature, and where its own twin is."""
    return {
        "ort_identifiant": convention.identifiant,
        "intitule": convention.intitule,
        "date_signature": convention.date_signature,
        "precision_signature": convention.precision_signature,
        "donnees": reverse("ort_json", args=[convention.identifiant]),
    }
