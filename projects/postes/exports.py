"""The public files on the posts and their recruitments: no person in them."""

from communes.territoire.colonnes import (
    LE_MOINS_TENU,
    a_la_saisie,
    colonne_precision,
    colonne_tenue,
    with_tenue,
)
from projects.postes.du_jour import situer, situer_offres
from projects.postes.faits import dates_des_fiches
from projects.postes.models import Etat, Recrutement
from projects.postes.regles import communes_desservies
from socle.fichiers.colonnes import Colonne, Table
from socle.fichiers.formats import ROWS_PER_CHUNK, chunks
from socle.web.ordre import cles_de, in_order


def poste_rows(postes, jour):
    """Yield each of `postes`, with its `du_jour`, what its dates tell on `jour`.

    A closing to come is not told: nothing that came after `jour` shows.
    """
    read = (
        in_order(postes, "identifiant")
        .select_related("employeur_commune", "employeur_intercommunalite", "employeur_organisme")
        .prefetch_related(
            "employeur_commune__anciens_noms", "employeur_intercommunalite__anciens_noms"
        )
    )
    for chunk in chunks(read.iterator(ROWS_PER_CHUNK)):
        yield from with_tenue(situer(chunk, jour), "tenue_postes", lambda p: p.du_jour.communes)


OU_DU_POSTE = "dans le département des communes desservies"
SANS_COMMUNE = f"{LE_MOINS_TENU} ; vide si aucune commune n'est desservie ce jour-là"


def employeur_type(poste):
    if poste.employeur_commune_id:
        return "commune"
    if poste.employeur_intercommunalite_id:
        return "intercommunalite"
    return poste.employeur_organisme and poste.employeur_organisme.nature


def employeur_code(poste):
    organisme = poste.employeur_organisme
    return (
        poste.employeur_commune_id
        or poste.employeur_intercommunalite_id
        or (organisme.siren if organisme else None)
    )


def employeur_nom(poste):
    territoire = poste.employeur_commune or poste.employeur_intercommunalite
    if territoire:
        return territoire.nom_au(poste.du_jour.jour)
    return poste.employeur_organisme and poste.employeur_organisme.nom


POSTES = Table(
    "postes",
    "Postes de chef de projet",
    "Une ligne par poste de chef de projet connu ce jour-là, ouvert ou à ouvrir, et qui dessert alors une "
    "commune ; ceux qui sont fermés, avec etat=ferme. Les personnes n'y sont pas.",
    (
        Colonne(
            "poste_identifiant",
            lambda p: p.identifiant,
            "Identifiant du poste dans ces fichiers, qui ne change pas.",
            contraintes={"required": True, "unique": True},
        ),
        Colonne(
            "employeur_type",
            employeur_type,
            "Sorte d'employeur : commune, intercommunalite, petr… ; vide s'il n'est pas connu.",
        ),
        Colonne("employeur_code", employeur_code, "Code INSEE ou SIREN de l'employeur."),
        Colonne("employeur_nom", employeur_nom, "Nom de l'employeur ce jour-là."),
        Colonne(
            "quotite",
            lambda p: p.quotite,
            "Quotité de temps, en pourcentage d'un temps plein.",
            "integer",
        ),
        Colonne(
            "etat",
            lambda p: p.du_jour.etat,
            "État du poste ce jour-là.",
            contraintes={"enum": Etat.values},
        ),
        Colonne("date_ouverture", lambda p: p.date_ouverture, "Ouverture du poste.", "date"),
        Colonne(
            "date_fermeture",
            lambda p: p.du_jour.fermeture,
            "Premier jour où le poste n'existe plus.",
            "date",
        ),
        Colonne(
            "occupe_depuis",
            lambda p: p.du_jour.occupe_depuis,
            "Premier jour de la personne en poste ce jour-là.",
            "date",
        ),
        Colonne(
            "communes_desservies",
            lambda p: "|".join(p.du_jour.communes),
            "Codes INSEE des communes desservies ce jour-là (d'un poste fermé, en dernier), séparés par "
            "« | ».",
        ),
        Colonne(
            "jours_vacance",
            lambda p: p.du_jour.jours_vacance,
            "Jours écoulés depuis le premier jour sans personne, 0 ce jour-là ; vide si le poste est "
            "pourvu ou n'est pas ouvert, ou si ce jour n'est pas connu.",
            "integer",
        ),
        Colonne(
            "nb_communes",
            lambda p: p.du_jour.nb_communes,
            "Communes desservies ce jour-là.",
            "integer",
        ),
        Colonne(
            "quotite_pourvue",
            lambda p: p.du_jour.quotite_pourvue,
            "Somme des quotités des personnes en poste ce jour-là, en pourcentage d'un temps plein : "
            "0 si personne ne l'est ; vide si une quotité n'est pas connue.",
            "integer",
        ),
        colonne_tenue("tenue_postes", OU_DU_POSTE, suite=SANS_COMMUNE),
        colonne_precision(
            "precision_ouverture",
            lambda p: p.precision_ouverture if p.date_ouverture else None,
            "la date d'ouverture",
        ),
        colonne_precision(
            "precision_fermeture",
            lambda p: p.precision_fermeture if p.du_jour.fermeture else None,
            "la date de fermeture",
        ),
        colonne_precision(
            "precision_occupation",
            a_la_saisie(lambda p: p.du_jour.occupe_depuis),
            "occupe_depuis, que sa fiche dit toujours au jour",
        ),
    ),
)


def recrutement_rows(postes, jour):
    """Return the offers published by `jour` for `postes`, each with its rank and its arrival.

    In the order of posts, then of ranks. A closing, an outcome or an arrival after `jour` is not
    told.
    """
    offers = Recrutement.objects.known_on(jour).filter(poste__dans=cles_de(postes))
    offers = offers.select_related("poste").order_by("poste__identifiant", "date_publication", "pk")
    offers = situer_offres(list(offers), jour)
    dates = dates_des_fiches(list({offer.poste_id: offer.poste for offer in offers}.values()))
    served = {cle: communes_desservies(poste, jour) for cle, poste in dates.items()}
    return with_tenue(offers, "tenue_postes", lambda offer: served[offer.poste_id])


def date_known(attribute):
    """Return how to read a date of an offer, if it had come by the day of the file."""

    def read(offer):
        jour = getattr(offer, attribute)
        return jour if jour and jour <= offer.jour else None

    return read


RECRUTEMENTS = Table(
    "recrutements",
    "Recrutements des chefs de projet",
    "Une ligne par offre publiée ce jour-là ou avant, pour les postes de la liste ; les personnes "
    "n'y sont pas.",
    (
        Colonne(
            "poste_identifiant",
            lambda r: r.poste.identifiant,
            "Identifiant du poste, celui du fichier des postes.",
            contraintes={"required": True},
        ),
        Colonne(
            "rang",
            lambda r: r.rang,
            "1 pour la première offre publiée pour le poste, 2 pour sa relance, et ainsi de suite.",
            "integer",
            {"required": True},
        ),
        Colonne(
            "date_publication",
            lambda r: r.date_publication,
            "Publication de l'offre.",
            "date",
            {"required": True},
        ),
        Colonne(
            "date_cloture",
            date_known("date_cloture"),
            "Clôture des candidatures, si elle a eu lieu.",
            "date",
        ),
        Colonne(
            "issue",
            lambda r: r.issue if date_known("date_issue")(r) else None,
            "Issue de l'offre, connue ce jour-là ; vide tant qu'elle est en cours.",
            contraintes={"enum": Recrutement.Issue.values},
        ),
        Colonne(
            "date_prise_de_poste",
            lambda r: r.date_prise_de_poste,
            "Arrivée de la personne recrutée par cette offre ; vide si elle n'est pas arrivée ou si "
            "l'on ne sait pas quelle offre l'a recrutée.",
            "date",
        ),
        Colonne(
            "delai_jours",
            lambda r: r.delai_jours,
            "Jours de la publication de l'offre à cette arrivée.",
            "integer",
        ),
        colonne_tenue("tenue_postes", OU_DU_POSTE, suite=SANS_COMMUNE),
        colonne_precision(
            "precision_publication",
            a_la_saisie(lambda r: r.date_publication),
            "la date de publication, que sa fiche dit toujours au jour",
        ),
        colonne_precision(
            "precision_cloture",
            a_la_saisie(date_known("date_cloture")),
            "la date de clôture, que sa fiche dit toujours au jour",
        ),
        colonne_precision(
            "precision_prise_de_poste",
            a_la_saisie(lambda r: r.date_prise_de_poste),
            "la date de prise de poste, que sa fiche dit toujours au jour",
        ),
    ),
)
