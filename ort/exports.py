"""The public files on the ORT: `ort`, `ort-communes` and `avenants`."""

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from communes.models import Labellisation
from communes.territoire import codes
from communes.territoire.colonnes import (
    colonne_precision,
    colonne_tenue,
    moins_tenue,
    tenues_par_commune,
)
from communes.territoire.du_jour import answering_for, reunies, with_successions
from ort.actes import OrtDuJour, with_actes
from ort.filtres import StatutOrt
from ort.models import Avenant, CommuneCouverte
from socle.fichiers.colonnes import Colonne, Table
from socle.web.ordre import in_order

CODE_INSEE = {"pattern": f"^{codes.CODE_INSEE}$"}
CODE_DEPARTEMENT = {"pattern": f"^({codes.CODE_DEPARTEMENT})$"}
SIREN = {"pattern": f"^{codes.SIREN}$"}
ENTREE_PAR = {"enum": ["convention", "avenant"]}
ACTE_D_ENTREE = "Acte d'entrée : la convention elle-même ou un avenant."
NUMERO_D_AVENANT = "Numéro de cet avenant ; vide s'il n'est pas connu."


# An ORT is of its communes, and of the département that keeps its record.
TERMINEES = "Celles qui sont terminées, avec statut=terminee."
OU_D_UNE_ORT = "dans les départements de l'ORT, celui de référence et ceux des communes couvertes"


def tenues_des_ort(champ, conventions, jour):
    """Return how far each of `conventions`, a queryset, is kept on its départements of `jour`, by its key.

    The least of that of reference and of those of the communes covered that day. Three queries.
    """
    rows = conventions.order_by().values_list("pk", f"departement_reference__{champ}")
    found = {cle: [tenue] for cle, tenue in rows}
    held = CommuneCouverte.objects.as_of(jour).filter(
        convention__in=conventions.order_by().values("pk")
    )
    answering = held.order_by().annotate(commune_du_jour=answering_for("commune", jour))
    covered = list(answering.values_list("convention", "commune_du_jour"))
    known = tenues_par_commune(champ, {code for _, code in covered})
    for cle, code in covered:
        found[cle].append(known[code])
    return {cle: moins_tenue(tenues) for cle, tenues in found.items()}


@dataclass
class LigneOrt(OrtDuJour):
    """An ORT on a day, and the codes of the `laureates` of that day."""

    laureates: set

    @property
    def codes(self):
        return sorted(couverture.commune_id for couverture in self.couvertes)

    @property
    def avenants(self):
        return self.convention.avenants_au(self.jour)

    @property
    def dernier_avenant(self):
        return self.avenants[-1] if self.avenants else None

    @property
    def tenue(self):
        """Return how far the least kept of its départements is, that of reference included."""
        kept = [self.convention.departement_reference, *self.departements]
        return moins_tenue(departement.tenue for departement in kept)

    @property
    def statut(self):
        """Return where the ORT stands; one that is not signed is in no public file."""
        if not self.signee:
            return "non_signee"
        return StatutOrt.TERMINEE.value if self.terminee else StatutOrt.EN_VIGUEUR.value


def ort_rows(conventions, jour):
    """Yield a `LigneOrt` for each of `conventions`, a queryset, as known on `jour`."""
    laureates = set(Labellisation.objects.as_of(jour).codes_du_jour(jour))
    for convention in with_actes(in_order(conventions, "identifiant"), jour):
        yield LigneOrt(convention, jour, laureates)


ORT = Table(
    "ort",
    "Opérations de revitalisation de territoire",
    "Une ligne par ORT qui couvre, ce jour-là, au moins une commune du programme ; avec "
    f"programme=tous, par ORT enregistrée. {TERMINEES}",
    (
        Colonne(
            "ort_identifiant",
            lambda o: o.convention.identifiant,
            "Identifiant de l'ORT dans ces fichiers, qui ne change pas.",
            contraintes={"required": True, "unique": True},
        ),
        Colonne("intitule", lambda o: o.convention.intitule, "Intitulé de l'ORT."),
        Colonne(
            "siren_epci",
            lambda o: o.convention.porteur_id,
            "SIREN de l'intercommunalité qui porte l'ORT.",
            contraintes=SIREN,
        ),
        Colonne(
            "nom_epci",
            lambda o: o.convention.porteur and o.convention.porteur.nom_au(o.jour),
            "Nom de cette intercommunalité ce jour-là.",
        ),
        Colonne(
            "departement_reference",
            lambda o: o.convention.departement_reference_id,
            "Département qui tient la fiche de l'ORT.",
            contraintes=CODE_DEPARTEMENT,
        ),
        Colonne(
            "departements",
            lambda o: "|".join(sorted(d.pk for d in o.departements)),
            "Départements des communes couvertes, séparés par « | ».",
        ),
        Colonne(
            "origine",
            lambda o: o.convention.origine,
            "Programme dont l'ORT est née : PVD, ACV (Action cœur de ville) ou autre.",
            contraintes={"enum": ["PVD", "ACV", "autre"]},
        ),
        Colonne(
            "date_signature",
            lambda o: o.convention.date_signature,
            "Signature de la convention valant ORT.",
            "date",
        ),
        colonne_precision(
            "precision_signature", lambda o: o.convention.precision_signature, "cette date"
        ),
        Colonne(
            "duree_annees",
            lambda o: o.duree,
            "Durée en années, prolongations comprises ; vide si elle n'est pas connue.",
            "integer",
        ),
        Colonne(
            "date_fin",
            lambda o: o.fin,
            "Premier jour où l'ORT n'est plus en vigueur ; vide si la durée n'est pas connue.",
            "date",
        ),
        Colonne(
            "ville_principale",
            lambda o: o.convention.ville_principale_id,
            "Code INSEE de la ville principale de l'intercommunalité ; vide si non renseignée.",
            contraintes=CODE_INSEE,
        ),
        Colonne(
            "derogation_l303_3",
            lambda o: o.convention.derogation_l303_3,
            "ORT sans la ville principale, par dérogation (CCH, art. L. 303-3) ; vide si inconnu.",
            "boolean",
        ),
        Colonne(
            "nb_communes_couvertes",
            lambda o: len(o.codes),
            "Nombre de communes couvertes ce jour-là, de tous départements ; d'une ORT terminée, à sa fin.",
            "integer",
        ),
        Colonne(
            "nb_communes_laureates",
            lambda o: len(o.laureates.intersection(o.codes)),
            "Parmi elles, communes du programme ce jour-là.",
            "integer",
        ),
        Colonne(
            "communes_couvertes",
            lambda o: "|".join(o.codes),
            "Codes INSEE des communes couvertes ce jour-là (d'une ORT terminée, à sa fin), séparés par "
            "« | ».",
        ),
        Colonne(
            "nb_avenants",
            lambda o: len(o.avenants),
            "Nombre d'avenants signés ce jour-là ou avant.",
            "integer",
        ),
        Colonne(
            "date_dernier_avenant",
            lambda o: o.dernier_avenant and o.dernier_avenant.date_signature,
            "Signature du dernier de ces avenants.",
            "date",
        ),
        Colonne(
            "statut",
            lambda o: o.statut,
            "En vigueur ou terminée ce jour-là.",
            contraintes={"enum": StatutOrt.values},
        ),
        colonne_tenue("tenue", OU_D_UNE_ORT),
        colonne_precision(
            "precision_fin",
            lambda o: o.fin and o.convention.precision_signature,
            "la date de fin, celle de la signature",
        ),
        colonne_precision(
            "precision_dernier_avenant",
            lambda o: o.dernier_avenant and o.dernier_avenant.precision_signature,
            "la date du dernier avenant",
        ),
    ),
)


# Beside the duration of the convention itself, which is a field of its record.
DUREE_TOTALE = Colonne("duree_totale_annees", lambda o: o.duree, "Prolongations comprises.")


def ort_commune_rows(conventions, jour):
    """Yield the coverages that hold on `jour` in each of `conventions`, each with its `nom` that day."""
    laureates = set(Labellisation.objects.as_of(jour).codes_du_jour(jour))
    held = CommuneCouverte.objects.as_of(jour).filter(convention__in=conventions.values("pk"))
    rows = (
        held.select_related("convention", "commune__departement", "entree")
        .prefetch_related("commune__anciens_noms", with_successions(jour))
        .order_by("convention__identifiant", "date_entree", "pk")
        .iterator(chunk_size=2000)
    )
    for _, of_convention in groupby(rows, key=attrgetter("convention_id")):
        for couverture in sorted(reunies(of_convention), key=attrgetter("commune_id")):
            couverture.nom = couverture.commune.nom_au(jour)
            couverture.laureate = couverture.commune_id in laureates
            yield couverture


ORT_COMMUNES = Table(
    "ort-communes",
    "Communes couvertes par une ORT",
    "Une ligne par commune, du programme ou non, et par ORT qui couvre, ce jour-là, au moins une commune "
    f"du programme ; avec programme=tous, par ORT enregistrée. {TERMINEES} D'une ORT "
    "terminée, celles qu'elle couvrait à sa fin.",
    (
        Colonne(
            "code_insee",
            lambda c: c.commune_id,
            "Code INSEE de la commune.",
            contraintes={"required": True, **CODE_INSEE},
        ),
        Colonne("nom_commune", lambda c: c.nom, "Nom de la commune ce jour-là."),
        Colonne(
            "code_departement",
            lambda c: c.commune.departement_id,
            "Département de la commune.",
            contraintes=CODE_DEPARTEMENT,
        ),
        Colonne(
            "ort_identifiant", lambda c: c.convention.identifiant, "ORT qui couvre la commune."
        ),
        Colonne(
            "date_entree_ort",
            lambda c: c.date_entree,
            "Signature de l'acte par lequel la commune est entrée.",
            "date",
        ),
        Colonne(
            "entree_par",
            lambda c: c.entree_par,
            ACTE_D_ENTREE,
            contraintes=ENTREE_PAR,
        ),
        Colonne(
            "avenant_numero",
            lambda c: c.entree and c.entree.numero,
            NUMERO_D_AVENANT,
            "integer",
        ),
        Colonne(
            "laureate_pvd",
            lambda c: c.laureate,
            "La commune est du programme ce jour-là.",
            "boolean",
        ),
        Colonne(
            "avenant_identifiant",
            lambda c: c.entree and c.entree.identifiant,
            "Avenant d'entrée, tel que le nomme le fichier des avenants ; vide si la commune est entrée "
            "par la convention.",
        ),
        colonne_tenue(
            "tenue", "dans le département de la commune", lambda c: c.commune.departement.tenue, ""
        ),
        colonne_precision(
            "precision_entree_ort",
            lambda c: (c.entree or c.convention).precision_signature,
            "la date d'entrée dans l'ORT",
        ),
    ),
)


def avenant_rows(conventions, jour):
    """Yield the avenants of `conventions`, a queryset, signed on `jour` or before."""
    tenues = tenues_des_ort("tenue", conventions, jour)
    signed = (
        Avenant.objects.signes(jour)
        .filter(convention__in=conventions.values("pk"))
        .select_related("convention")
        .prefetch_related("entrees", "sorties", "secteurs", "parties")
        .order_by("convention__identifiant", "date_signature", "pk")
    )
    for avenant in signed:
        avenant.tenue = tenues[avenant.convention_id]
        yield avenant


def codes(couvertures):
    return "|".join(sorted(couverture.commune_id for couverture in couvertures.all()))


AVENANTS = Table(
    "avenants",
    "Avenants aux ORT",
    "Une ligne par avenant, signé ce jour-là ou avant, à une ORT qui couvre au moins une commune du "
    f"programme ; avec programme=tous, à toute ORT enregistrée. {TERMINEES}",
    (
        Colonne(
            "ort_identifiant", lambda a: a.convention.identifiant, "ORT que l'avenant modifie."
        ),
        Colonne(
            "numero",
            lambda a: a.numero,
            "Numéro que porte l'acte ; vide s'il n'est pas connu.",
            "integer",
        ),
        Colonne("date_signature", lambda a: a.date_signature, "Signature de l'avenant.", "date"),
        colonne_precision("precision_signature", lambda a: a.precision_signature, "cette date"),
        Colonne(
            "objets",
            lambda a: "|".join(a.objets()),
            "Ce que fait l'avenant : ajout_communes, retrait_communes, prolongation, secteurs, "
            "parties, séparés par « | ».",
        ),
        Colonne(
            "communes_ajoutees",
            lambda a: codes(a.entrees),
            "Codes INSEE des communes qu'il fait entrer, séparés par « | ».",
        ),
        Colonne(
            "communes_retirees",
            lambda a: codes(a.sorties),
            "Codes INSEE des communes qu'il fait sortir, séparés par « | ».",
        ),
        Colonne(
            "avenant_identifiant",
            lambda a: a.identifiant,
            "Identifiant de l'avenant dans ces fichiers : donné une fois pour toutes, il ne dit rien de "
            "la date ni du numéro, qui peuvent être corrigés.",
            contraintes={"required": True, "unique": True},
        ),
        colonne_tenue("tenue", OU_D_UNE_ORT),
    ),
)
