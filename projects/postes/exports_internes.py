"""What agents download of the posts: the public columns, who holds them, and the internal ones."""

from django.db.models import Prefetch

from projects.postes.du_jour import situer_offres
from projects.postes.exports import POSTES, poste_rows
from projects.postes.imports import (
    CofinancementRessource,
    DesserteRessource,
    OccupationRessource,
    RecrutementRessource,
)
from projects.postes.models import CofinancementPoste, Desserte, Occupation, Recrutement
from socle.dates import ONE_DAY
from socle.fichiers.colonnes import Colonne, Export, colonne_champ, colonne_source, dits


def internal_rows(postes, jour):
    """Yield each of `postes` as the public file knows it, with who holds it on `jour` and its sources."""
    holders = Prefetch("occupations", Occupation.objects.as_of(jour), to_attr="occupations_du_jour")
    yield from poste_rows(postes.prefetch_related(holders, dits()), jour)


def holders(attribute):
    """Return how to read an attribute of those who hold a post, separated by « | »."""

    def read(poste):
        values = [getattr(held, attribute) for held in poste.occupations_du_jour]
        return "|".join(str(value) for value in values if value)

    return read


def last_day(attribute, record=lambda row: row):
    """Return how to read, as a last day, the day after it that a record holds."""

    def read(row):
        fin = getattr(record(row), attribute)
        return fin and fin - ONE_DAY

    return read


def last_contracts(poste):
    """Return the last days of the contracts of those who hold a post, separated by « | »."""
    jours = [last_day("fin_contrat_prevue")(held) for held in poste.occupations_du_jour]
    return "|".join(jour.isoformat() for jour in jours if jour)


def of_employer(attribute, name):
    """Return how to read what names the employer of that kind, if it is of that kind."""
    return lambda poste: getattr(getattr(poste, attribute), name, None)


# What the back office tells as it is recorded, whatever the day.
CORRIGEES = ("date_fermeture", "precision_ouverture", "precision_fermeture")
POSTES_INTERNES = Export(
    "Exporter cette liste",
    (
        *(c for c in POSTES.propres if c.nom not in CORRIGEES),
        colonne_champ("intitule"),
        Colonne("employeur_commune", of_employer("employeur_commune", "pk"), "Interne."),
        Colonne(
            "employeur_siren_epci", of_employer("employeur_intercommunalite", "pk"), "Interne."
        ),
        Colonne("employeur_organisme", of_employer("employeur_organisme", "nom"), "Interne."),
        colonne_champ("precision_ouverture"),
        colonne_source("source_ouverture", "date_ouverture"),
        colonne_champ("date_fermeture"),
        colonne_champ("precision_fermeture"),
        colonne_source("source_fermeture", "date_fermeture"),
        Colonne("titulaire", holders("titulaire"), "Interne."),
        Colonne("titulaire_courriel", holders("courriel"), "Interne."),
        Colonne("titulaire_telephone", holders("telephone"), "Interne."),
        Colonne("titulaire_type_contrat", holders("type_contrat"), "Interne."),
        Colonne("titulaire_quotite", holders("quotite"), "Interne."),
        Colonne("titulaire_fin_contrat", last_contracts, "Interne."),
        colonne_champ("service"),
        colonne_champ("note_interne"),
    ),
    internal_rows,
    coordonnees=("titulaire_courriel", "titulaire_telephone"),
)


def rows_of(model, *order):
    """Return how to read the rows of `model` that hang on posts, whatever their dates."""

    def read(postes, jour):
        rows = model.objects.filter(poste__in=postes.order_by().values("pk"))
        rows = rows.select_related("poste").prefetch_related(dits())
        return rows.order_by("poste__identifiant", *order, "pk")

    return read


POSTE = Colonne("poste_identifiant", lambda row: row.poste.identifiant, "Poste.")


def desserte_rows(postes, jour):
    """Return the communes that `postes` serve, served or will serve."""
    return rows_of(Desserte, "commune", "debut")(postes, jour).select_related("poste", "commune")


DESSERTES = Export(
    "Leurs communes",
    (
        DesserteRessource.cle.interne(),
        POSTE,
        colonne_champ("code_insee", "commune_id"),
        Colonne("nom_commune", lambda d: d.commune.nom, "Nom de la commune."),
        colonne_champ("date_debut", "debut"),
        colonne_champ("date_fin", "fin"),
    ),
    desserte_rows,
)

TITULAIRES = Export(
    "Leurs titulaires",
    (
        OccupationRessource.cle.interne(),
        POSTE,
        colonne_champ("titulaire"),
        colonne_champ("courriel"),
        colonne_champ("telephone"),
        colonne_champ("arrivee", "debut"),
        colonne_source("source_arrivee", "debut"),
        Colonne("dernier_jour", last_day("fin"), "Interne."),
        colonne_champ("type_contrat"),
        colonne_champ("quotite"),
        Colonne("fin_contrat", last_day("fin_contrat_prevue"), "Interne."),
        colonne_champ("motif_depart"),
    ),
    rows_of(Occupation, "debut"),
    coordonnees=Occupation.coordonnees,
)


def recrutement_rows(postes, jour):
    """Return the offers of `postes`, with their rank and, by `jour`, the arrival of the recruited."""
    return situer_offres(list(rows_of(Recrutement, "date_publication")(postes, jour)), jour)


RECRUTEMENTS_INTERNES = Export(
    "Leurs recrutements",
    (
        RecrutementRessource.cle.interne(),
        POSTE,
        colonne_champ("rang"),
        colonne_champ("date_publication"),
        colonne_source("source_publication", "date_publication"),
        colonne_champ("adresse_offre"),
        colonne_champ("date_cloture"),
        colonne_champ("date_entretiens"),
        colonne_champ("issue"),
        colonne_champ("date_issue"),
        colonne_source("source_issue", "date_issue"),
        colonne_champ("date_prise_de_poste"),
        colonne_champ("delai_jours"),
    ),
    recrutement_rows,
)

COFINANCEMENTS = Export(
    "Leurs cofinancements",
    (
        CofinancementRessource.cle.interne(),
        POSTE,
        colonne_champ("financeur"),
        colonne_champ("precision_financeur"),
        colonne_champ("annee"),
        colonne_champ("reference_decision"),
        colonne_champ("taux"),
        colonne_champ("plafond"),
        colonne_champ("montant"),
        colonne_champ("date_debut", "debut"),
        Colonne("dernier_jour", last_day("fin"), "Interne."),
    ),
    rows_of(CofinancementPoste, "annee", "financeur"),
)
