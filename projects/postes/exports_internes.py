"""What agents download of the posts: the public columns, who holds them, and the internal ones."""

from django.db.models import Prefetch

from projects.postes.du_jour import situer_offres
from projects.postes.exports import POSTES, poste_rows
from projects.postes.models import CofinancementPoste, Occupation, Recrutement
from socle.dates import ONE_DAY
from socle.fichiers.colonnes import Colonne, Export, dits, field, source


def internal_rows(postes, jour):
    """Yield each of `postes` as the public file knows it, with who holds it on `jour` and its sources."""
    holders = Prefetch("occupations", Occupation.objects.as_of(jour), to_attr="occupations_du_jour")
    yield from poste_rows(postes.prefetch_related(holders, dits()), jour)


def holders(attribute):
    """Return how to read an attribute of those who hold a post, separated by « | »."""

    def read(poste):
        told = [getattr(held, attribute) for held in poste.occupations_du_jour]
        return "|".join(str(value) for value in told if value)

    return read


def last_day(attribute, record=lambda row: row):
    """Return how to read, as a last day, the day after it that a record holds."""

    def read(row):
        fin = getattr(record(row), attribute)
        return fin and fin - ONE_DAY

    return read


def last_contracts(poste):
    """Return the last days of the contracts of those who hold a post, separated by « | »."""
    told = [last_day("fin_contrat_prevue")(held) for held in poste.occupations_du_jour]
    return "|".join(jour.isoformat() for jour in told if jour)


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
        Colonne("titulaire_type_contrat", holders("type_contrat"), "Interne."),
        Colonne("titulaire_quotite", holders("quotite"), "Interne."),
        Colonne("titulaire_fin_contrat", last_contracts, "Interne."),
        field("service"),
        field("note_interne"),
    ),
    internal_rows,
)


def rows_of(model, *order):
    """Return how to read the rows of `model` that hang on posts, whatever their dates."""

    def read(postes, jour):
        rows = model.objects.filter(poste__in=postes.order_by().values("pk"))
        rows = rows.select_related("poste").prefetch_related(dits())
        return rows.order_by("poste__identifiant", *order, "pk")

    return read


POSTE = Colonne("poste_identifiant", lambda row: row.poste.identifiant, "Poste.")

TITULAIRES = Export(
    "Leurs titulaires",
    (
        field("pk"),
        POSTE,
        field("titulaire"),
        field("courriel"),
        field("telephone"),
        field("arrivee", "debut"),
        source("source_arrivee", "debut"),
        Colonne("dernier_jour", last_day("fin"), "Interne."),
        field("type_contrat"),
        field("quotite"),
        Colonne("fin_contrat", last_day("fin_contrat_prevue"), "Interne."),
        field("motif_depart"),
    ),
    rows_of(Occupation, "debut"),
)


def recrutement_rows(postes, jour):
    """Return the offers of `postes`, with their rank and, by `jour`, the arrival of the recruited."""
    return situer_offres(list(rows_of(Recrutement, "date_publication")(postes, jour)), jour)


RECRUTEMENTS_INTERNES = Export(
    "Leurs recrutements",
    (
        field("pk"),
        POSTE,
        field("rang"),
        field("date_publication"),
        source("source_publication", "date_publication"),
        field("adresse_offre"),
        field("date_cloture"),
        field("date_entretiens"),
        field("issue"),
        field("date_issue"),
        source("source_issue", "date_issue"),
        field("date_prise_de_poste"),
        field("delai_jours"),
    ),
    recrutement_rows,
)

COFINANCEMENTS = Export(
    "Leurs cofinancements",
    (
        field("pk"),
        POSTE,
        field("financeur"),
        field("precision_financeur"),
        field("annee"),
        field("reference_decision"),
        field("taux"),
        field("plafond"),
        field("montant"),
        field("date_debut", "debut"),
        Colonne("dernier_jour", last_day("fin"), "Interne."),
    ),
    rows_of(CofinancementPoste, "annee", "financeur"),
)
