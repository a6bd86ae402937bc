"""The public file of the events of the Club: what each is on a day, and which communes came."""

from communes.territoire.colonnes import (
    LE_MOINS_TENU,
    colonne_precision,
    colonne_tenue,
    moins_tenue,
)
from projects.club.lecture import situer, with_details
from projects.club.models import NatureEvenement
from socle.fichiers.colonnes import Colonne, Table
from socle.fichiers.formats import ROWS_PER_CHUNK, chunks
from socle.web.ordre import in_order


def evenement_rows(evenements, jour):
    """Yield each of `evenements`, a queryset, with what is known of it on `jour`: see `situer`."""
    read = with_details(in_order(evenements, "identifiant"))
    for chunk in chunks(read.iterator(ROWS_PER_CHUNK)):
        yield from situer(chunk, jour)


def of_event(attribute):
    """Return how to read an attribute of the event of a row."""
    return lambda row: getattr(row.evenement, attribute)


def theme(row):
    """Return the key of the theme, or the words of one that the list has not."""
    return row.evenement.theme.cle if row.evenement.theme else row.evenement.theme_libre


EVENEMENTS = Table(
    "evenements",
    "Événements du Club Petites villes de demain",
    "Une ligne par événement commencé ou annoncé ce jour-là ; qui y a participé se lit une fois qu'il a "
    "commencé, sans nom de personne.",
    (
        Colonne(
            "evenement_identifiant",
            of_event("identifiant"),
            "Identifiant de l'événement dans ces fichiers, qui ne change pas.",
            contraintes={"required": True, "unique": True},
        ),
        Colonne("intitule", of_event("intitule"), "Intitulé de l'événement."),
        Colonne(
            "nature",
            of_event("nature"),
            "Sorte d'événement.",
            contraintes={"enum": NatureEvenement.values},
        ),
        Colonne("date_debut", of_event("debut"), "Premier jour.", "date"),
        Colonne(
            "date_fin",
            of_event("fin"),
            "Dernier jour, compris ; vide s'il n'en dure qu'un.",
            "date",
        ),
        Colonne("lieu", of_event("lieu"), "Lieu ; vide s'il n'est pas connu."),
        Colonne(
            "en_ligne",
            of_event("en_ligne"),
            "Tenu en ligne ; vide si on ne le sait pas.",
            "boolean",
        ),
        Colonne(
            "theme",
            theme,
            "Clé du thème, ou le thème en toutes lettres s'il n'est pas de la liste.",
        ),
        Colonne(
            "organisateur",
            lambda row: "|".join(organisme.nom for organisme in row.organisateurs),
            "Qui l'organise, séparés par « | ».",
        ),
        Colonne(
            "nb_communes",
            lambda row: len(row.communes) or None,
            "Nombre de communes qui y ont participé ; vide si aucune n'est notée.",
            "integer",
        ),
        Colonne(
            "communes",
            lambda row: "|".join(sorted(row.communes)),
            "Codes INSEE de ces communes, séparés par « | » : venues elles-mêmes, par le poste qui les "
            "sert, ou, pour une commune du programme, par son intercommunalité.",
        ),
        Colonne(
            "nb_elus",
            lambda row: row.elus,
            "Élus venus, là où le nombre est connu ; vide s'il ne l'est nulle part.",
            "integer",
        ),
        Colonne(
            "nb_equipe",
            lambda row: row.equipe,
            "Agents venus, là où le nombre est connu ; vide s'il ne l'est nulle part.",
            "integer",
        ),
        colonne_precision("precision_debut", of_event("precision_debut"), "son premier jour"),
        colonne_precision(
            "precision_fin",
            lambda row: row.evenement.precision_fin if row.evenement.fin else None,
            "son dernier jour",
        ),
        Colonne(
            "departements",
            lambda row: "|".join(departement.pk for departement in row.departements),
            "Départements dont c'est l'événement, séparés par « | » ; vide : toute la France.",
        ),
        colonne_tenue(
            "tenue",
            "dans le département de l'événement",
            lambda row: moins_tenue(departement.tenue for departement in row.departements),
            f"{LE_MOINS_TENU} ; vide si c'est celui de toute la France",
        ),
    ),
)
