"""The public file of the readings, each with the target of its day."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Value
from django.db.models.functions import Coalesce

from communes.territoire.colonnes import (
    OU_DES_COMMUNES,
    SANS_COMMUNE,
    a_la_saisie,
    colonne_precision,
    colonne_tenue,
    with_tenue,
)
from ort.models import CommuneCouverte
from projects.indicateurs.faits import CibleDatee, CleMesure, MesureDatee, mesures_datees
from projects.indicateurs.models import EtatReleve, PerimetreIndicateur, Releve, Unite
from projects.indicateurs.publics import cibles_publiques
from projects.indicateurs.regles import cible_au
from projects.projet.du_jour import ActionsDatees
from socle.fichiers.colonnes import Colonne, Table, dits
from socle.fichiers.formats import ROWS_PER_CHUNK, chunks
from socle.fichiers.nombres import written

SORTES = {"action": "action", "convention": "ort", "commune": "commune"}
# Neither base sorts what is empty as the other does.
ORDRE = {
    "par_action": Coalesce("action__identifiant", Value("")),
    "par_ort": Coalesce("convention__identifiant", Value("")),
    "par_commune": Coalesce("commune", Value("")),
    "par_secteur": Coalesce("secteur", Value(0)),
}


@dataclass
class LigneRelevee:
    """A reading, and the target that was set by the day."""

    releve: Releve
    cible: CibleDatee | None

    @property
    def indicateur(self):
        return self.releve.indicateur

    @property
    def objet_type(self):
        name = next(name for name in SORTES if getattr(self.releve, f"{name}_id"))
        return SORTES[name]

    @property
    def objet_identifiant(self):
        named = self.releve.action or self.releve.convention
        return named.identifiant if named else self.releve.commune_id

    @property
    def source(self):
        told = [dit.source.nommee for dit in self.releve.dits if dit.champ == "jour"]
        return told[-1] if told else None


def releve_rows(releves, jour):
    """Yield a `LigneRelevee` for each of `releves`, by indicator, by what is measured, then by day."""
    named = ("indicateur", "action", "convention", "secteur")
    read = releves.select_related(*named).prefetch_related(dits()).alias(**ORDRE)
    read = read.order_by("indicateur__identifiant", *ORDRE, "serie", "jour", "pk")
    mesures = mesures_datees(Releve.objects.none(), cibles_publiques(jour))
    for chunk in chunks(read.iterator(ROWS_PER_CHUNK)):
        rows = []
        for releve in chunk:
            cle = CleMesure._make(getattr(releve, f"{name}_id") for name in CleMesure._fields)
            mesure = mesures.get(cle, MesureDatee(cle, [], []))
            rows.append(LigneRelevee(releve, cible_au(mesure, jour)))
        codes = communes_des_releves(chunk, jour)
        yield from with_tenue(rows, "tenue_plans", lambda row, codes=codes: codes[row.releve.pk])


def communes_des_releves(releves, jour):
    """Return the codes of the communes of what each of `releves`, a list, measures on `jour`, by its key."""
    actions = ActionsDatees({releve.action_id for releve in releves} - {None}).du_jour(jour)
    held = CommuneCouverte.objects.as_of(jour).filter(
        convention__dans={releve.convention_id for releve in releves} - {None}
    )
    covered = defaultdict(list)
    for convention, code in held.order_by().values_list("convention", "commune"):
        covered[convention].append(code)
    found = {}
    for releve in releves:
        if releve.action_id:
            found[releve.pk] = actions[releve.action_id].communes
        else:
            found[releve.pk] = (
                [releve.commune_id] if releve.commune_id else covered[releve.convention_id]
            )
    return found


def nombre_ecrit(valeur: Decimal | None) -> Decimal | None:
    """Return a value without the zeros that say nothing; None is unknown, and not zero."""
    return None if valeur is None else Decimal(written(valeur))


INDICATEURS_PUBLICS = Table(
    "indicateurs",
    "Indicateurs relevés",
    "Une ligne par relevé connu ce jour-là, d'une action, d'une ORT ou d'une commune. Deux relevés ne se "
    "comparent que d'un même indicateur, d'un même objet et d'une même série, et pas de part et d'autre "
    "d'une rupture.",
    (
        Colonne(
            "indicateur",
            lambda r: r.indicateur.identifiant,
            "Identifiant de l'indicateur.",
            contraintes={"required": True},
        ),
        Colonne(
            "unite",
            lambda r: r.indicateur.unite,
            "Unité de la valeur et de la cible ; oui/non s'écrit 1 ou 0, un pourcentage de 0 à 100.",
            contraintes={"required": True, "enum": Unite.values},
        ),
        Colonne(
            "perimetre",
            lambda r: r.indicateur.perimetre,
            "Où l'indicateur se relève.",
            contraintes={"required": True, "enum": PerimetreIndicateur.values},
        ),
        Colonne(
            "objet_type",
            lambda r: r.objet_type,
            "Ce qui est mesuré.",
            contraintes={"required": True, "enum": list(SORTES.values())},
        ),
        Colonne(
            "objet_identifiant",
            lambda r: r.objet_identifiant,
            "Identifiant de l'action ou de l'ORT, celui de leurs fichiers, ou code INSEE de la commune.",
            contraintes={"required": True},
        ),
        Colonne("jour", lambda r: r.releve.jour, "Jour dont le relevé parle.", "date"),
        Colonne(
            "publie_le",
            lambda r: r.releve.publie_le,
            "Jour de sa publication ; vide s'il n'est pas connu : il est alors tenu pour connu dès son jour.",
            "date",
        ),
        Colonne(
            "valeur",
            lambda r: nombre_ecrit(r.releve.valeur),
            "Valeur, dans l'unité ; vide si elle est secrète ou non disponible, jamais zéro.",
            "number",
        ),
        Colonne(
            "etat",
            lambda r: r.releve.etat,
            "Valeur connue, secrète ou non disponible.",
            contraintes={"required": True, "enum": EtatReleve.values},
        ),
        Colonne("serie", lambda r: r.releve.serie, "Millésime ou méthode du relevé."),
        Colonne(
            "rupture",
            lambda r: r.releve.rupture,
            "Le relevé ne se compare à aucun de ceux d'avant.",
            "boolean",
        ),
        Colonne(
            "cible",
            lambda r: nombre_ecrit(r.cible and r.cible.valeur),
            "Dernière cible fixée ce jour-là ou avant ; vide s'il n'y en a pas.",
            "number",
        ),
        Colonne(
            "cible_jour",
            lambda r: r.cible and r.cible.echeance_prevue,
            "Jour pour lequel elle est à atteindre.",
            "date",
        ),
        Colonne("source", lambda r: r.source, "Document qui dit le relevé."),
        Colonne(
            "secteur",
            lambda r: r.releve.secteur and r.releve.secteur.nom,
            "Secteur d'intervention, si l'indicateur se relève par secteur.",
        ),
        colonne_precision("precision_jour", lambda r: r.releve.precision, "ce jour"),
        colonne_tenue("tenue_plans", OU_DES_COMMUNES, suite=SANS_COMMUNE),
        colonne_precision(
            "precision_publication",
            a_la_saisie(lambda r: r.releve.publie_le),
            "publie_le, que sa fiche dit toujours au jour",
        ),
        colonne_precision(
            "precision_cible",
            a_la_saisie(lambda r: r.cible and r.cible.echeance_prevue),
            "cible_jour, que sa fiche dit toujours au jour",
        ),
    ),
)
