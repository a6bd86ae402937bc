"""The public files on the money of the actions and of the studies: granted and paid, and nothing before."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from communes.territoire.colonnes import (
    OU_DES_COMMUNES,
    SANS_COMMUNE,
    a_la_saisie,
    colonne_precision,
    colonne_tenue,
)
from ort.exports import SIREN
from projects.actions.models import Action
from projects.etudes.du_jour import EtudesDatees
from projects.etudes.models import Etude
from projects.financements import regles as argent
from projects.financements.du_jour import ArgentDuJour
from projects.financements.models import (
    Financement,
    Forme,
    NatureFinanceur,
    SorteVersement,
)
from projects.projet.annuaire import NomsDuJour
from projects.projet.du_jour import ActionsDatees
from projects.projet.exports import (
    BASES,
    DEPARTEMENTS,
    IDENTIFIANT_ORT,
    montant,
)
from projects.projet.lecture import convention_signee
from projects.projet.publiques import references
from socle.dates import known_by
from socle.fichiers.colonnes import Colonne, Table
from socle.fichiers.formats import ROWS_PER_CHUNK, chunks
from socle.web.ordre import in_order


class Finances(NamedTuple):
    """What money is told of: actions, and studies, as querysets; `etats`, those of the lines, or all."""

    actions: Any
    etudes: Any
    etats: Collection[str] = ()


@dataclass
class LigneAccordee:
    """A line of money granted by a day, of any form, be it withdrawn since."""

    ligne: object
    identifiant: str
    reference: str
    objet: Action | Etude
    du_jour: ArgentDuJour
    annuaire: NomsDuJour

    @property
    def jour(self):
        return self.du_jour.jour

    @property
    def accord(self):
        return argent.accord(self.ligne, self.jour)

    @property
    def financeur(self):
        return self.annuaire.financeur(self.ligne)

    @property
    def tenue(self):
        return self.annuaire.tenue(self.du_jour)

    @property
    def dernier_versement(self):
        """Return the last payment, or None."""
        return next((f for f in reversed(self.mouvements) if f.nature == "versement"), None)

    @property
    def mouvements(self):
        """Return what was paid, and paid back, in order."""
        moved = ("versement", "reversement")
        return [f for f in argent.faits_au(self.ligne, self.jour) if f.nature in moved]

    def told(self, rule):
        """Return what a rule of the line tells on the day."""
        return rule(self.ligne, self.jour)


def lignes_accordees(finances, jour):
    """Yield a `LigneAccordee` for each line granted by `jour`, in the order of actions, then of studies."""
    found = chain(
        accordees_de(finances.actions, jour, ActionsDatees, "action"),
        accordees_de(finances.etudes, jour, EtudesDatees, "etude"),
    )
    for row in found:
        if not finances.etats or row.told(argent.etat) in finances.etats:
            yield row


def accordees_de(rows, jour, datees, objet):
    """Yield a `LigneAccordee` for each line granted by `jour` to what `objet` names, among `rows`."""
    read = in_order(rows, "identifiant").select_related("convention")
    for chunk in chunks(read.iterator(ROWS_PER_CHUNK)):
        cles = [row.pk for row in chunk]
        dates = datees(cles).du_jour(jour)
        annuaire = NomsDuJour.des(dates.values(), jour)
        lines = Financement.objects.filter(**{f"{objet}__dans": cles}).order_by()
        names = dict(lines.values_list("pk", "identifiant"))
        numbers = references(cles, objet)
        for row in chunk:
            du_jour = dates[row.pk]
            for ligne in du_jour.accordes:
                number = numbers.get(ligne.pk, "")
                yield LigneAccordee(ligne, names[ligne.pk], number, row, du_jour, annuaire)


def ort_of(row):
    """Return the identifier of the ORT of what is funded, which is read once it is signed."""
    signed = convention_signee(row.objet, row.jour)
    return signed and signed.identifiant


def date_known(attribute):
    """Return how to read a day of the grant, if it had come by the day of the file."""

    def read(row):
        day = getattr(row.accord, attribute)
        return day if known_by(day, row.jour) else None

    return read


# States of a line that is granted, in the order in which they are told.
ETATS_ACCORDES = ["retire", "solde", "verse_en_partie", "accorde"]
FINANCEMENT_IDENTIFIANT = Colonne(
    "financement_identifiant",
    lambda f: f.identifiant,
    "Identifiant du financement dans ces fichiers, qui ne change pas.",
    contraintes={"required": True, "unique": True},
)
FINANCEMENTS = Table(
    "financements",
    "Financements accordés",
    "Une ligne par financement accordé ce jour-là ou avant aux actions de la liste, et aux études des mêmes "
    "lieux, de quelque forme, même retiré depuis ; la part du maître d'ouvrage n'y est pas. Un critère, de "
    "dispositif ou de financeur aussi, choisit des actions et des études : toutes leurs lignes y sont.",
    (
        FINANCEMENT_IDENTIFIANT,
        Colonne(
            "objet_type",
            lambda f: f.objet._meta.model_name,
            "Ce qui est financé : une action ou une étude.",
            contraintes={"enum": ["action", "etude"]},
        ),
        Colonne(
            "objet_identifiant",
            lambda f: f.objet.identifiant,
            "Identifiant de ce qui est financé, celui du fichier des actions ou des études.",
        ),
        Colonne("ort_identifiant", ort_of, IDENTIFIANT_ORT),
        Colonne(
            "departements", lambda f: "|".join(f.annuaire.departements(f.du_jour)), DEPARTEMENTS
        ),
        Colonne(
            "financeur_siren",
            lambda f: f.annuaire.siren(f.ligne),
            "SIREN de qui paie ; vide s'il n'est pas connu.",
            contraintes=SIREN,
        ),
        Colonne("financeur_nom", lambda f: f.financeur and f.financeur.nom, "Nom de qui paie."),
        Colonne("dispositif", lambda f: f.ligne.dispositif, "Clé du dispositif."),
        Colonne(
            "nature_financeur",
            lambda f: f.ligne.nature,
            "Sorte d'argent.",
            contraintes={"enum": NatureFinanceur.values},
        ),
        Colonne(
            "forme",
            lambda f: f.ligne.forme,
            "Subvention ou autre ; seules les subventions sont dans les sommes des actions.",
            contraintes={"enum": Forme.values},
        ),
        Colonne("annee", lambda f: f.ligne.annee, "Année du programme.", "integer"),
        Colonne(
            "numero_decision",
            lambda f: f.reference,
            "Numéro de l'arrêté ou de la convention qui accorde.",
        ),
        Colonne("date_decision", lambda f: f.accord.jour, "Signature de cette décision.", "date"),
        colonne_precision("precision_decision", lambda f: f.accord.precision, "cette date"),
        Colonne(
            "date_notification",
            date_known("date_notification"),
            "Notification de la décision, si elle a eu lieu.",
            "date",
        ),
        Colonne(
            "depense_subventionnable",
            lambda f: montant(f.accord.depense_subventionnable),
            "Dépense que la décision retient, en euros.",
            "number",
        ),
        Colonne(
            "base",
            lambda f: f.accord.base,
            "Hors taxes ou toutes taxes comprises ; vide si elle n'est pas connue.",
            contraintes=BASES,
        ),
        Colonne("taux", lambda f: f.accord.taux, "Taux accordé, en pourcentage.", "number"),
        Colonne(
            "montant_accorde_initial",
            lambda f: montant(f.told(argent.accorde_initial)),
            "Montant accordé par cette décision, en euros.",
            "number",
        ),
        Colonne(
            "montant_accorde",
            lambda f: montant(f.told(argent.accorde)),
            "Montant accordé ce jour-là : celui de la dernière décision, ou ce qui a été versé une fois le "
            "solde payé ; 0.00 si le financement est retiré.",
            "number",
        ),
        Colonne(
            "montant_verse",
            lambda f: montant(f.told(argent.montant_verse)),
            "Versements enregistrés, moins ce qui a été rendu, en euros.",
            "number",
        ),
        Colonne(
            "reste_a_verser",
            lambda f: montant(f.told(argent.reste_a_verser)),
            "Accordé et pas encore versé ; vide si le montant accordé n'est pas connu.",
            "number",
        ),
        Colonne(
            "date_dernier_versement",
            lambda f: f.dernier_versement and f.dernier_versement.jour,
            "Dernier versement enregistré.",
            "date",
        ),
        Colonne(
            "etat",
            lambda f: f.told(argent.etat),
            "État du financement ce jour-là.",
            contraintes={"enum": ETATS_ACCORDES},
        ),
        colonne_tenue("tenue_plans", OU_DES_COMMUNES, suite=SANS_COMMUNE),
        colonne_precision(
            "precision_notification",
            a_la_saisie(date_known("date_notification")),
            "la date de notification, que sa fiche dit toujours au jour",
        ),
        colonne_precision(
            "precision_dernier_versement",
            lambda f: f.dernier_versement and f.dernier_versement.precision,
            "la date du dernier versement",
        ),
    ),
)


@dataclass
class LigneVersee:
    """What was paid, or paid back, of a line: its rank among all that was."""

    identifiant: str
    rang: int
    fait: object
    tenue: str | None

    @property
    def nature(self):
        return self.fait.sorte_versement or self.fait.nature


def versement_rows(finances, jour):
    """Yield a `LigneVersee` for each payment by `jour` of the lines granted: see `lignes_accordees`."""
    for accordee in lignes_accordees(finances, jour):
        for rang, fait in enumerate(accordee.mouvements, 1):
            yield LigneVersee(accordee.identifiant, rang, fait, accordee.tenue)


VERSEMENTS = Table(
    "versements",
    "Versements",
    "Une ligne par versement, ou par somme rendue, enregistré ce jour-là ou avant pour les financements "
    "accordés aux actions de la liste et aux études des mêmes lieux.",
    (
        Colonne(
            "financement_identifiant",
            lambda v: v.identifiant,
            "Identifiant du financement, celui du fichier des financements.",
            contraintes={"required": True},
        ),
        Colonne(
            "rang",
            lambda v: v.rang,
            "1 pour le premier versement du financement, et ainsi de suite.",
            "integer",
            {"required": True},
        ),
        Colonne(
            "date_versement",
            lambda v: v.fait.jour,
            "Jour du versement.",
            "date",
            {"required": True},
        ),
        colonne_precision("precision_versement", lambda v: v.fait.precision, "ce jour"),
        Colonne(
            "nature",
            lambda v: v.nature,
            "Avance, acompte, solde ou versement unique ; reversement : une somme rendue, à retrancher.",
            contraintes={"enum": [*SorteVersement.values, "reversement"]},
        ),
        Colonne("montant", lambda v: montant(v.fait.montant), "Montant, en euros.", "number"),
        colonne_tenue(
            "tenue_plans",
            OU_DES_COMMUNES,
            suite=SANS_COMMUNE,
        ),
    ),
)
