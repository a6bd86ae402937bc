"""The public file on the posts: no person in it."""

from django.db.models import Prefetch

from projects.models import Desserte, Etat
from pvd.socle.tableaux import Colonne, Table


def poste_rows(postes, jour):
    """Yield each of `postes`, a queryset `with_etat(jour)`, with what it serves on `jour`.

    A closing to come is not told: nothing that came after `jour` shows.
    """
    served = Desserte.objects.as_of(jour)
    for poste in (
        postes.select_related(
            "employeur_commune", "employeur_intercommunalite", "employeur_organisme"
        )
        .prefetch_related(
            Prefetch("dessertes", served, to_attr="dessertes_du_jour"),
            "employeur_commune__anciens_noms",
            "employeur_intercommunalite__anciens_noms",
        )
        .order_by("identifiant")
    ):
        poste.jour = jour
        yield poste


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
        return territoire.nom_au(poste.jour)
    return poste.employeur_organisme and poste.employeur_organisme.nom


def closing_known(poste):
    closing = poste.date_fermeture
    return closing if closing and closing <= poste.jour else None


POSTES = Table(
    "postes",
    "Postes de chef de projet",
    "Une ligne par poste de chef de projet connu ce jour-là ; les personnes n'y sont pas.",
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
            lambda p: p.etat,
            "État du poste ce jour-là.",
            contraintes={"enum": Etat.values},
        ),
        Colonne("date_ouverture", lambda p: p.date_ouverture, "Ouverture du poste.", "date"),
        Colonne("date_fermeture", closing_known, "Premier jour où le poste n'existe plus.", "date"),
        Colonne(
            "occupe_depuis",
            lambda p: p.occupe_depuis,
            "Premier jour de la personne en poste ce jour-là.",
            "date",
        ),
        Colonne(
            "communes_desservies",
            lambda p: "|".join(sorted(d.commune_id for d in p.dessertes_du_jour)),
            "Codes INSEE des communes desservies ce jour-là, séparés par « | ».",
        ),
    ),
)
