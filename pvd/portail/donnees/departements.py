"""The public file of the départements: how far each is kept, and its figures on a day."""

from django.db.models import Q

from communes.models import Departement, Labellisation, Tenue
from communes.territoire.colonnes import TENUES_DITES
from communes.territoire.lieux import DepartementsFilter, LieuFiltres, RegionsFilter
from ort.exports import CODE_DEPARTEMENT
from pvd.suivi.models import Chiffre
from pvd.suivi.par_departement import chiffres_par_departement
from socle.fichiers.colonnes import Colonne, Table
from socle.web.ordre import in_order


class DepartementFiltres(LieuFiltres):
    """The départements that had a commune in the programme by a day, or that are kept."""

    departement = DepartementsFilter()
    region = RegionsFilter()

    tris = {"code": "code", "nom": "nom"}

    class Meta(LieuFiltres.Meta):
        model = Departement
        fields = []

    def filter_queryset(self, queryset):
        labelled = Labellisation.objects.filter(debut__lte=self.jour)
        communes = labelled.communes(self.jour).order_by()
        told = Q(pk__in=communes.values("departement"))
        for champ in TENUES_DITES:
            told |= ~Q(**{champ: Tenue.AUCUNE})
        kept = queryset.filter(told)
        if self.departements is not None:
            kept = kept.filter(pk__in=[departement.pk for departement in self.departements])
        return kept


def departement_rows(departements, jour):
    """Return a `LigneDepartement` for each of `departements`, as of `jour`."""
    read = in_order(departements, "code").select_related("region")
    return chiffres_par_departement(read, jour)


def colonne_tenue_de(champ):
    """Return the column of a field of the département that says how far it is kept."""
    choices = dict(Departement._meta.get_field(champ).choices)
    return Colonne(
        champ,
        lambda row: getattr(row.departement, champ),
        f"Jusqu'où vont aujourd'hui les données {TENUES_DITES[champ]} dans ce département.",
        contraintes={"enum": list(choices)},
    )


# What each figure counts, and what it depends upon.
COMPTES_DITS = {
    Chiffre.COMMUNES: "Communes du programme ce jour-là",
    Chiffre.INTERCOMMUNALITES: "Intercommunalités dont elles sont membres",
    Chiffre.ORT: "ORT en vigueur qui couvrent au moins une d'elles",
    Chiffre.COMMUNES_COUVERTES: "Communes du programme qu'une de ces ORT couvre",
    Chiffre.PAR_AVENANT: "Parmi les communes couvertes, celles qu'un avenant y a fait entrer",
    Chiffre.CONVENTIONS_PROPRES: (
        "Parmi ces ORT, celles où une commune du programme est entrée par la convention"
    ),
    Chiffre.ORT_PAR_AVENANT: (
        "Parmi ces ORT, celles où toutes les communes du programme sont entrées par avenant"
    ),
    Chiffre.CHEFS_DE_PROJET: "Personnes en poste de chef de projet ce jour-là",
}


def colonne_chiffre(chiffre):
    champ = "tenue_postes" if chiffre == Chiffre.CHEFS_DE_PROJET else "tenue"
    return Colonne(
        chiffre.value,
        lambda row: row.chiffres[chiffre],
        f"{COMPTES_DITS[chiffre]} ; vide si {champ} est aucune, et au lieu de zéro tant que "
        f"{champ} n'est pas complete : ce qui n'est pas tenu n'est pas zéro.",
        "integer",
    )


DEPARTEMENTS = Table(
    "departements",
    "Départements",
    "Une ligne par département qui avait, ce jour-là ou avant, une commune du programme, ou dont les "
    "données sont tenues. Une ORT sur deux départements compte dans chacun : les lignes ne "
    "s'additionnent pas.",
    (
        Colonne(
            "code_departement",
            lambda row: row.departement.pk,
            "Code du département.",
            contraintes={"required": True, "unique": True, **CODE_DEPARTEMENT},
        ),
        Colonne("nom_departement", lambda row: row.departement.nom, "Nom du département."),
        Colonne("code_region", lambda row: row.departement.region_id, "Code de la région (Insee)."),
        Colonne("nom_region", lambda row: row.departement.region.nom, "Nom de la région."),
        *map(colonne_tenue_de, TENUES_DITES),
        *map(colonne_chiffre, COMPTES_DITS),
    ),
)
