"""What agents download of the posts: the public columns, who holds them, and the internal ones."""

from django.db.models import Prefetch

from projects.exports import POSTES, poste_rows
from projects.models import Occupation
from pvd.socle.admin_exports import Export, dits, field, source
from pvd.socle.tableaux import Colonne


def internal_rows(postes, jour):
    """Yield each of `postes` as the public file knows it, with who holds it on `jour` and its sources."""
    holders = Prefetch("occupations", Occupation.objects.as_of(jour), to_attr="occupations_du_jour")
    yield from poste_rows(postes.with_etat(jour).prefetch_related(holders, dits()), jour)


def holders(attribute):
    """Return how to read an attribute of those who hold a post, separated by « | »."""

    def read(poste):
        told = [getattr(held, attribute) for held in poste.occupations_du_jour]
        return "|".join(value for value in told if value)

    return read


def of_employer(attribute, name):
    """Return how to read what names the employer of that kind, if it is of that kind."""
    return lambda poste: getattr(getattr(poste, attribute), name, None)


POSTES_INTERNES = Export(
    "Exporter cette liste",
    (
        field("pk"),
        *(c for c in POSTES.propres if c.nom != "date_fermeture"),
        field("intitule"),
        Colonne("employeur_commune", of_employer("employeur_commune", "pk"), "Interne."),
        Colonne(
            "employeur_siren_epci", of_employer("employeur_intercommunalite", "pk"), "Interne."
        ),
        Colonne("employeur_organisme", of_employer("employeur_organisme", "nom"), "Interne."),
        field("precision_ouverture"),
        source("source_ouverture", "date_ouverture"),
        field("date_fermeture"),
        field("precision_fermeture"),
        source("source_fermeture", "date_fermeture"),
        Colonne("titulaire", holders("titulaire"), "Interne."),
        Colonne("titulaire_courriel", holders("courriel"), "Interne."),
        Colonne("titulaire_telephone", holders("telephone"), "Interne."),
        field("note_interne"),
    ),
    internal_rows,
)
