"""The public file of the grants of the State, with what the list that the préfet publishes holds."""

from dataclasses import dataclass
from decimal import Decimal

from communes.territoire.colonnes import colonne_tenue
from ort.exports import CODE_INSEE
from projects.financements import regles as argent
from projects.financements.models import Financement
from projects.projet.annuaire import NomsDuJour, Tiers
from projects.projet.du_jour import ActionsDatees
from projects.projet.exports import OU_DES_COMMUNES, SANS_COMMUNE, montant
from socle.fichiers.colonnes import Colonne, Table
from socle.web.ordre import cles_de

BENEFICIAIRES = (
    ("beneficiaire_commune", "commune"),
    ("beneficiaire_intercommunalite", "intercommunalite"),
)


@dataclass
class OperationSubventionnee:
    """A grant of the State, as the préfet lists it: who receives it, for what, and how much."""

    financement: Financement
    annee: int
    beneficiaire: Tiers | None
    intitule: str
    cout: Decimal | None
    subvention: Decimal | None
    tenue: str | None


def operation_rows(financements, jour):
    """Yield an `OperationSubventionnee` for each of `financements` that stands on `jour`."""
    cles = cles_de(financements)
    lines = Financement.objects.filter(pk__dans=cles).select_related(
        "action", "dispositif", *(name for name, _ in BENEFICIAIRES), "beneficiaire_organisme"
    )
    lines = lines.prefetch_related(*(f"{name}__anciens_noms" for name, _ in BENEFICIAIRES))
    lines = list(lines.order_by("dispositif__cle", "action__identifiant", "rang", "pk"))
    dates = ActionsDatees({line.action_id for line in lines}).du_jour(jour)
    annuaire = NomsDuJour.des(dates.values(), jour)
    for line in lines:
        du_jour = dates[line.action_id]
        ligne = next((found for found in du_jour.accordes if found.pk == line.pk), None)
        if ligne is None or argent.retire(ligne, jour):
            continue
        yield OperationSubventionnee(
            line,
            line.annee or argent.accord(ligne, jour).jour.year,
            beneficiaire(line, du_jour, annuaire),
            str(line.action.intitule),
            montant(du_jour.cout and du_jour.cout.montant),
            montant(argent.accorde(ligne, jour)),
            annuaire.tenue(du_jour),
        )


def beneficiaire(line, du_jour, annuaire):
    """Return who receives a grant: named by its line, else the owner of the action on the day."""
    for name, sorte in BENEFICIAIRES:
        if territoire := getattr(line, name):
            return Tiers(sorte, territoire.pk, territoire.nom_au(du_jour.jour))
    if organisme := line.beneficiaire_organisme:
        return Tiers(organisme.nature, organisme.siren, organisme.nom)
    return annuaire.maitre_ouvrage(du_jour)


OPERATIONS_SUBVENTIONNEES = Table(
    "operations-subventionnees",
    "Opérations subventionnées par l'État",
    "Une ligne par subvention de l'État accordée ce jour-là ou avant et non retirée, avec le contenu de "
    "la liste que le préfet publie ; elle vient des seules fiches de ce site, où il peut en manquer. Se "
    "demande par departement et annee.",
    (
        Colonne("dispositif", lambda o: o.financement.dispositif.cle, "Clé du dispositif."),
        Colonne(
            "annee",
            lambda o: o.annee,
            "Année du programme ; si elle n'est pas connue, celle de la décision.",
            "integer",
        ),
        Colonne(
            "beneficiaire",
            lambda o: o.beneficiaire and o.beneficiaire.nom,
            "Qui reçoit la subvention ; vide si l'on ne sait pas qui.",
        ),
        Colonne(
            "code_insee",
            lambda o: (
                o.beneficiaire.code
                if o.beneficiaire and o.beneficiaire.sorte == "commune"
                else None
            ),
            "Code INSEE du bénéficiaire, si c'est une commune.",
            contraintes=CODE_INSEE,
        ),
        Colonne("intitule", lambda o: o.intitule, "Intitulé de l'opération."),
        Colonne("cout", lambda o: o.cout, "Dernier coût annoncé, en euros.", "number"),
        Colonne(
            "subvention",
            lambda o: o.subvention,
            "Montant accordé ce jour-là, en euros ; vide s'il n'est pas connu.",
            "number",
        ),
        colonne_tenue("tenue_plans", OU_DES_COMMUNES, suite=SANS_COMMUNE),
    ),
)
