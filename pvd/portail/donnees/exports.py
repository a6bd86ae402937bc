"""The public files on the communes of the programme and on their intercommunalités."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from communes.models import Intercommunalite, Labellisation, Millesime, Nature, Rattachement
from communes.territoire.colonnes import (
    colonne_precision,
    colonne_tenue,
    moins_tenue,
    tenues_par_departement,
)
from communes.territoire.contours.centroides import centroides
from ort.exports import (
    ACTE_D_ENTREE,
    CODE_DEPARTEMENT,
    CODE_INSEE,
    ENTREE_PAR,
    NUMERO_D_AVENANT,
    SIREN,
)
from ort.regles import premiere_entree
from pvd.suivi.regles import EtatPoste, Statut
from pvd.suivi.situation import situations
from socle.dates import Precision
from socle.fichiers.colonnes import Colonne, Table
from socle.fichiers.formats import chunks
from socle.web.ordre import in_order


def commune_rows(communes, jour):
    """Yield the `Situation` on `jour` of each of `communes`, in the order asked for, or of codes.

    Each with its `lieu`, the longitude and the latitude of its centroid, and its `annee_rattachement`.
    """
    annee = Millesime.objects.annee_cog(jour)
    for chunk in chunks(situations(in_order(communes, "code_insee"), jour)):
        codes = [situation.commune.pk for situation in chunk]
        lieux, told = centroides(codes), dits_par_le_millesime(codes, annee, jour)
        for situation in chunk:
            code = situation.commune.pk
            situation.lieu = lieux.get(code)
            situation.annee_rattachement = annee if code in told else None
            yield situation


def dits_par_le_millesime(codes, annee, jour):
    """Return the codes of the communes whose membership of `jour` is that of the découpage of `annee`."""
    running = Rattachement.objects.as_of(jour).filter(commune__dans=codes).order_by()
    return {
        code
        for code, debut in running.values_list("commune", "debut")
        if dit_par_le_millesime(debut, annee)
    }


def dit_par_le_millesime(debut, annee):
    """Tell whether the découpage of `annee` tells a membership that begins on `debut`.

    One that begins after its 1 January is entered by hand: no vintage tells it yet.
    """
    return annee is not None and (debut is None or debut <= date(annee, 1, 1))


def intercommunalite(situation):
    return situation.intercommunalite and situation.intercommunalite.siren


def of_convention(attribute):
    """Return how to read an attribute of the ORT of a situation, if there is one."""
    return lambda s: getattr(s.convention, attribute) if s.convention else None


def of_couverture(attribute):
    """Return how to read an attribute of the coverage of a situation, if there is one."""
    return lambda s: getattr(s.couverture, attribute) if s.couverture else None


def of_lieu(place):
    """Return how to read a coordinate of the centroid of a situation, if a contour tells it."""
    return lambda s: s.lieu and s.lieu[place]


def delai_ort(situation):
    """Return the days from the adhésion to the first entry in an ORT, both known to the day, or None.

    Of an ORT joined before the adhésion, they are negative.
    """
    label, jour = situation.labellisation, situation.jour
    first = premiere_entree(situation.toutes_couvertures, jour)
    if situation.date_adhesion is None or first is None:
        return None
    if {label.precision_adhesion, first.precision_entree} != {Precision.JOUR.value}:
        return None
    return (first.date_entree - situation.date_adhesion).days


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
        colonne_precision(
            "precision_entree", lambda s: s.labellisation.precision_debut, "cette date"
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
            ACTE_D_ENTREE,
            contraintes=ENTREE_PAR,
        ),
        Colonne(
            "avenant_numero",
            of_couverture("numero"),
            NUMERO_D_AVENANT,
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
        colonne_tenue(
            "tenue",
            "dans ce département",
            lambda s: s.commune.departement.tenue,
            " ; sauf en entier, une ORT qui n'est pas dite n'est pas connue",
        ),
        colonne_precision(
            "precision_adhesion",
            lambda s: s.date_adhesion and s.labellisation.precision_adhesion,
            "la date de signature de l'adhésion",
        ),
        colonne_precision(
            "precision_sortie",
            lambda s: s.date_sortie and s.labellisation.precision_fin,
            "la date de sortie du programme",
        ),
        colonne_precision(
            "precision_ort",
            of_convention("precision_signature"),
            "la date de signature de l'ORT",
        ),
        colonne_precision(
            "precision_entree_ort",
            of_couverture("precision_entree"),
            "la date d'entrée dans l'ORT",
        ),
        Colonne(
            "annee_population",
            lambda s: s.population and s.population.annee,
            "Année que compte cette population : la même valeur que population_annee.",
            "integer",
        ),
        Colonne(
            "annee_rattachement",
            lambda s: s.annee_rattachement,
            "Millésime du découpage officiel qui donne l'intercommunalité de la commune ; vide si elle "
            "n'en a pas, ou si le changement, enregistré depuis ce millésime, n'est dans aucun.",
            "integer",
        ),
        Colonne(
            "code_region", lambda s: s.commune.departement.region_id, "Code de la région (Insee)."
        ),
        Colonne("nom_region", lambda s: s.commune.departement.region.nom, "Nom de la région."),
        Colonne(
            "echeance_ort",
            lambda s: s.echeance_ort,
            "Jour, dix-huit mois après l'adhésion, où l'ORT devait être signée ; vide si une ORT l'a "
            "été, si l'adhésion n'est pas connue, ou si la commune est sortie du programme.",
            "date",
        ),
        Colonne(
            "delai_ort_jours",
            delai_ort,
            "Jours de la signature de l'adhésion à la première entrée dans une ORT, négatifs si l'ORT "
            "est venue avant ; vide si l'un des deux n'est pas connu au jour près ce jour-là.",
            "integer",
        ),
        Colonne(
            "longitude",
            of_lieu(0),
            "Longitude (WGS 84) du centre de gravité du contour de la commune, simplifié, à quelque dix "
            "mètres près : ce n'est pas celle de la mairie ; vide si le contour n'est pas chargé.",
            "number",
        ),
        Colonne("latitude", of_lieu(1), "Latitude de ce même point.", "number"),
        colonne_precision(
            "precision_echeance",
            lambda s: s.echeance_ort and s.precision_echeance,
            "l'échéance de l'ORT",
        ),
        Colonne(
            "avenant_identifiant",
            of_couverture("avenant"),
            "Avenant d'entrée dans l'ORT, tel que le nomme le fichier des avenants ; vide si la commune "
            "est entrée par la convention.",
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
    tenue: str | None


def intercommunalite_rows(intercommunalites, jour):
    """Yield a `LigneIntercommunalite` for each of `intercommunalites`, a queryset, as of `jour`.

    A member counts wherever it is: the filters choose the rows, never what a row says. Five queries.
    """
    tenues = tenues_par_departement("tenue")
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
            moins_tenue(tenues[code] for code in set(membres[found.pk].values())),
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
        colonne_tenue("tenue", "dans le département des communes membres"),
    ),
)
