"""The public files on the communes of the programme and on their intercommunalités."""

from collections import defaultdict
from dataclasses import dataclass

from communes.models import Intercommunalite, Labellisation, Nature, Rattachement, Tenue
from ort.exports import CODE_DEPARTEMENT, CODE_INSEE, ENTREE_PAR, PRECISION, SIREN
from pvd.suivi.regles import EtatPoste, Statut
from pvd.suivi.situation import situations
from socle.fichiers.colonnes import Colonne, Table
from socle.web.ordre import in_order


def commune_rows(communes, jour):
    """Return the `Situation` on `jour` of each of `communes`, in the order asked for, or of codes."""
    return situations(in_order(communes, "code_insee"), jour)


def intercommunalite(situation):
    return situation.intercommunalite and situation.intercommunalite.siren


def of_convention(attribute):
    """Return how to read an attribute of the ORT of a situation, if there is one."""
    return lambda s: getattr(s.convention, attribute) if s.convention else None


def of_couverture(attribute):
    """Return how to read an attribute of the coverage of a situation, if there is one."""
    return lambda s: getattr(s.couverture, attribute) if s.couverture else None


COMMUNES = Table(
    "communes",
    "Communes du programme",
    "Une ligne par commune du programme ce jour-là ; avec statut=sortie, par commune sortie.",
    (
        Colonne(
            "code_insee",
            lambda s: s.commune.code_insee,
            "Code INSEE de la commune.",
            contraintes={"required": True, "unique": True, **CODE_INSEE},
        ),
        Colonne("nom_commune", lambda s: s.nom, "Nom de la commune ce jour-là."),
        Colonne(
            "siren_commune", lambda s: s.commune.siren, "SIREN de la commune.", contraintes=SIREN
        ),
        Colonne(
            "code_departement",
            lambda s: s.commune.departement_id,
            "Code du département.",
            contraintes=CODE_DEPARTEMENT,
        ),
        Colonne("nom_departement", lambda s: s.commune.departement.nom, "Nom du département."),
        Colonne(
            "siren_epci",
            intercommunalite,
            "SIREN de l'intercommunalité de la commune ce jour-là ; vide si elle n'en a pas.",
            contraintes=SIREN,
        ),
        Colonne(
            "nom_epci", lambda s: s.nom_intercommunalite, "Nom de l'intercommunalité ce jour-là."
        ),
        Colonne(
            "population",
            lambda s: s.population and s.population.valeur,
            "Population municipale du millésime ; vide avant le premier millésime.",
            "integer",
        ),
        Colonne(
            "id_pvd",
            lambda s: s.labellisation.id_pvd,
            "Identifiant de l'ANCT dans le programme ; vide s'il n'est pas connu.",
        ),
        Colonne(
            "date_entree_programme",
            lambda s: s.labellisation.debut,
            "Entrée de la commune dans le programme.",
            "date",
        ),
        Colonne(
            "precision_entree",
            lambda s: s.labellisation.precision_debut,
            "Ce que l'on sait de cette date.",
            contraintes=PRECISION,
        ),
        Colonne(
            "date_signature_adhesion",
            lambda s: s.date_adhesion,
            "Signature de la convention d'adhésion.",
            "date",
        ),
        Colonne(
            "date_sortie_programme",
            lambda s: s.date_sortie,
            "Premier jour hors du programme ; vide pour une commune qui y est.",
            "date",
        ),
        Colonne(
            "statut",
            lambda s: s.statut.value,
            "Où en est la commune ce jour-là.",
            contraintes={"enum": Statut.values},
        ),
        Colonne(
            "ort_identifiant", of_convention("identifiant"), "ORT qui couvre la commune ce jour-là."
        ),
        Colonne("ort_intitule", of_convention("intitule"), "Intitulé de cette ORT."),
        Colonne(
            "date_signature_ort",
            of_convention("date_signature"),
            "Signature de la convention valant ORT.",
            "date",
        ),
        Colonne(
            "date_entree_ort",
            of_couverture("date_entree"),
            "Signature de l'acte par lequel la commune est entrée dans l'ORT.",
            "date",
        ),
        Colonne(
            "entree_par",
            of_couverture("entree_par"),
            "Acte d'entrée : la convention elle-même ou un avenant.",
            contraintes=ENTREE_PAR,
        ),
        Colonne(
            "avenant_numero",
            of_couverture("numero"),
            "Numéro de cet avenant ; vide s'il n'est pas connu.",
            "integer",
        ),
        Colonne(
            "poste_chef_projet",
            lambda s: s.etat_poste.value,
            "État du poste de chef de projet qui sert la commune ce jour-là.",
            contraintes={"enum": EtatPoste.values},
        ),
        Colonne(
            "population_annee",
            lambda s: s.population and s.population.annee,
            "Année que compte cette population, au 1er janvier, vérifiée sur des chiffres publiés par "
            "l'Insee ; vide si elle n'est pas établie.",
            "integer",
        ),
        Colonne(
            "population_millesime",
            lambda s: s.population and s.population.millesime,
            "Millésime du découpage officiel qui donne cette population.",
            "integer",
        ),
        Colonne(
            "nb_ort",
            lambda s: len(s.couvertures),
            "Nombre d'ORT en vigueur qui couvrent la commune ce jour-là ; au-delà d'une, les colonnes "
            "de l'ORT sont celles de l'ORT demandée par le filtre, sinon de la dernière rejointe.",
            "integer",
        ),
        Colonne(
            "tenue_departement",
            lambda s: s.commune.departement.tenue,
            "Jusqu'où vont aujourd'hui les données du programme dans ce département : en entier, en "
            "partie, d'après les listes nationales, ou pas du tout ; sauf en entier, une ORT qui "
            "n'est pas dite n'est pas connue.",
            contraintes={"enum": Tenue.values},
        ),
    ),
)


@dataclass
class LigneIntercommunalite:
    """An intercommunalité on a day: its `nom`, its `membres` and those `laureates`, by their codes."""

    intercommunalite: Intercommunalite
    nom: str
    membres: list
    laureates: list
    departements: set


def intercommunalite_rows(intercommunalites, jour):
    """Yield a `LigneIntercommunalite` for each of `intercommunalites`, a queryset, as of `jour`.

    A member counts wherever it is: the filters choose the rows, never what a row says. Four queries.
    """
    laureates = set(Labellisation.objects.as_of(jour).codes_du_jour(jour))
    membres = members_by_intercommunalite(intercommunalites, jour)
    for found in in_order(intercommunalites, "siren").prefetch_related("anciens_noms"):
        codes = sorted(membres[found.pk])
        yield LigneIntercommunalite(
            found,
            found.nom_au(jour),
            codes,
            [code for code in codes if code in laureates],
            set(membres[found.pk].values()),
        )


def members_by_intercommunalite(intercommunalites, jour):
    """Return, by SIREN, the codes of the member communes on `jour`, each with its département."""
    rows = Rattachement.objects.as_of(jour).filter(
        intercommunalite__in=intercommunalites.order_by().values("pk")
    )
    membres = defaultdict(dict)
    for siren, code, departement in rows.values_list(
        "intercommunalite", "commune", "commune__departement"
    ):
        membres[siren][code] = departement
    return membres


INTERCOMMUNALITES = Table(
    "intercommunalites",
    "Intercommunalités du programme",
    "Une ligne par intercommunalité qui a, ce jour-là, au moins une commune du programme.",
    (
        Colonne(
            "siren_epci",
            lambda i: i.intercommunalite.siren,
            "SIREN de l'intercommunalité.",
            contraintes={"required": True, "unique": True, **SIREN},
        ),
        Colonne("nom_epci", lambda i: i.nom, "Nom de l'intercommunalité ce jour-là."),
        Colonne(
            "nature",
            lambda i: i.intercommunalite.nature,
            "Communauté de communes (CC), d'agglomération (CA), urbaine (CU), métropole (METRO) ou "
            "métropole de Lyon (MET69).",
            contraintes={"enum": Nature.values},
        ),
        Colonne(
            "departements",
            lambda i: "|".join(sorted(i.departements)),
            "Départements des communes membres ce jour-là, séparés par « | ».",
        ),
        Colonne(
            "nb_communes",
            lambda i: len(i.membres),
            "Nombre de communes membres ce jour-là, de tous départements.",
            "integer",
        ),
        Colonne(
            "nb_communes_laureates",
            lambda i: len(i.laureates),
            "Parmi elles, communes du programme ce jour-là.",
            "integer",
        ),
        Colonne(
            "communes_laureates",
            lambda i: "|".join(i.laureates),
            "Codes INSEE de ces communes du programme, séparés par « | ».",
        ),
    ),
)
