"""What agents download of the money of actions, and of studies: the columns of the files that come in."""

from projects.actions.exports_internes import of_link, yes_no
from projects.financements.imports_faits import (
    PAIEMENTS,
    FaitFinancementRessource,
    VersementRessource,
)
from projects.financements.models import (
    Dispositif,
    FaitFinancement,
    Financement,
    ReglePeriode,
)
from socle.dates import ONE_DAY
from socle.fichiers.colonnes import Colonne, Export, colonne_champ, colonne_source, dits


def nomme(objet):
    """Return the columns that name what a line of money funds, `objet`: an action, or a study."""
    return (
        Colonne(f"{objet}_identifiant", of_link(objet, "identifiant"), "Ce qui est financé."),
        Colonne(f"{objet}_intitule", of_link(objet, "intitule"), "Ce qui est financé."),
    )


def nomme_par_sa_ligne(objet):
    """Return the columns that name the line of a fact, and what it funds."""
    return (
        Colonne("financement_identifiant", of_link("financement", "identifiant"), "Financement."),
        Colonne(
            f"{objet}_identifiant",
            lambda fait: getattr(fait.financement, objet).identifiant,
            "Ce qui est financé.",
        ),
        Colonne(
            f"{objet}_intitule",
            lambda fait: getattr(fait.financement, objet).intitule,
            "Ce qui est financé.",
        ),
        Colonne("dispositif", lambda fait: fait.financement.dispositif.cle, "Dispositif."),
    )


def in_percents(fait):
    """Return a rate as a number; one of 1 % or less says so, or could be read as a share."""
    small = fait.taux is not None and fait.taux <= 1
    return f"{fait.taux:f} %" if small else fait.taux


# A line of money, after what it funds.
LIGNE = (
    Colonne("dispositif", of_link("dispositif", "cle"), "Dispositif."),
    Colonne("financeur_organisme", of_link("financeur_organisme", "nom"), "Interne."),
    colonne_champ("financeur_commune", "financeur_commune_id"),
    colonne_champ("financeur_siren_epci", "financeur_intercommunalite_id"),
    Colonne("beneficiaire_organisme", of_link("beneficiaire_organisme", "nom"), "Interne."),
    colonne_champ("beneficiaire_commune", "beneficiaire_commune_id"),
    colonne_champ("beneficiaire_siren_epci", "beneficiaire_intercommunalite_id"),
    colonne_champ("forme"),
    colonne_champ("annee"),
    colonne_champ("numero_dossier"),
    colonne_champ("rang"),
    colonne_champ("note_interne"),
)

# A fact of a line, and a payment, after the line.
FAIT = (
    colonne_champ("jour"),
    colonne_champ("precision"),
    colonne_champ("nature"),
    colonne_champ("montant"),
    colonne_champ("reference"),
    colonne_champ("date_notification"),
    colonne_champ("depense_subventionnable"),
    colonne_champ("base"),
    Colonne("taux", in_percents, "Interne."),
    colonne_champ("delai"),
    colonne_champ("date_limite_prevue"),
    colonne_champ("sorte_retrait"),
    Colonne("suppose", yes_no("suppose"), "Interne."),
    colonne_champ("motif"),
    colonne_source("source", "jour"),
    colonne_source("source_notification", "date_notification"),
)

VERSEMENT = (
    Colonne("numero_dossier", of_link("financement", "numero_dossier"), "Interne."),
    colonne_champ("date_versement", "jour"),
    colonne_champ("precision_versement", "precision"),
    Colonne("nature", lambda fait: fait.sorte_versement or fait.nature, "Interne."),
    colonne_champ("montant"),
    colonne_champ("reference"),
    colonne_champ("motif"),
    colonne_source("source", "jour"),
)


def financements_de(objet):
    """Return the table of the lines of money of actions, or of studies."""

    def rows(objets, jour):
        lines = Financement.objects.filter(**{f"{objet}__in": objets.order_by().values("pk")})
        lines = lines.select_related(
            objet, "dispositif", "financeur_organisme", "beneficiaire_organisme"
        )
        return lines.order_by(f"{objet}__identifiant", "rang", "pk")

    identifiant = colonne_champ("financement_identifiant", "identifiant")
    return Export("Leurs financements", (identifiant, *nomme(objet), *LIGNE), rows)


def faits_of(objets, objet):
    """Return what happened to the lines of money of `objets`, in the order of the days."""
    keys = objets.order_by().values("pk")
    faits = FaitFinancement.objects.filter(**{f"financement__{objet}__in": keys})
    faits = faits.select_related(f"financement__{objet}", "financement__dispositif")
    return faits.prefetch_related(dits()).order_by("financement__identifiant", "jour", "pk")


def faits_de(objet):
    """Return the table of the facts of these lines, but the payments."""
    return Export(
        "Les faits de leurs financements",
        (FaitFinancementRessource.cle.interne(), *nomme_par_sa_ligne(objet), *FAIT),
        lambda objets, jour: faits_of(objets, objet).exclude(nature__in=PAIEMENTS),
    )


def versements_de(objet):
    """Return the table of what is paid of these lines, and paid back."""
    return Export(
        "Leurs versements",
        (VersementRessource.cle.interne(), *nomme_par_sa_ligne(objet), *VERSEMENT),
        lambda objets, jour: faits_of(objets, objet).filter(nature__in=PAIEMENTS),
    )


FINANCEMENTS = financements_de("action")
FAITS_FINANCEMENTS = faits_de("action")
VERSEMENTS = versements_de("action")

# The same for all of France, whatever the list that is downloaded.
DISPOSITIFS = Export(
    "Les dispositifs",
    (
        colonne_champ("dispositif", "cle"),
        colonne_champ("libelle"),
        Colonne("financeur", of_link("financeur", "nom"), "Qui paie toujours."),
        colonne_champ("nature"),
        Colonne("public", yes_no("public"), "Argent public."),
    ),
    lambda actions, jour: Dispositif.objects.select_related("financeur").order_by("cle"),
)

REGLES = Export(
    "Les règles des dispositifs",
    (
        Colonne("dispositif", of_link("dispositif", "cle"), "Dispositif."),
        colonne_champ("date_debut", "debut"),
        Colonne("dernier_jour", lambda regle: regle.fin and regle.fin - ONE_DAY, "Interne."),
        colonne_champ("taux_maximum"),
        colonne_champ("mois_commencement"),
        colonne_champ("mois_prorogation_commencement"),
        colonne_champ("mois_achevement"),
        colonne_champ("mois_prorogation_achevement"),
        colonne_champ("taux_avance"),
        colonne_champ("plafond_acomptes"),
        colonne_champ("article"),
        Colonne("verifiee", yes_no("verifiee"), "Le texte a été lu."),
    ),
    lambda actions, jour: ReglePeriode.objects.select_related("dispositif").order_by(
        "dispositif__cle", "debut"
    ),
)
