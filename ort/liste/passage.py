"""What each row of the national list does, tried or for good: read, grouped, then written as any file is."""

from collections import defaultdict
from dataclasses import dataclass, field

from ort.liste.dires import DiresDeListe
from ort.liste.fiches import OrtDeListe, Redaction
from ort.liste.groupes import (
    CommuneEntrante,
    Lecture,
    LigneComparee,
    LigneDOrt,
    OrtRegroupee,
    read_groups,
)
from ort.liste.lecture import JourImpossible, LecteurDeListe, SansProjet
from ort.liste.remarques import (
    CHAMP,
    GARDEE,
    REPRISE,
    remarques_des_couvertures,
    remarques_des_laureates,
)
from ort.liste.tenues import (
    communes_retirees,
    conventions_tenues,
    couvertures_tenues,
    signatures_effacees,
)
from socle.dates import in_french
from socle.fichiers.champs import CelluleRefusee
from socle.fichiers.lignes import CelluleChangee, LigneTraitee, Sort
from socle.francais import liste, pluriel
from socle.memoire import une_lecture

TO_DECIDE = "à décider : {}"
EMPTIED = "un agent a effacé le jour de signature de « {} »"
SEVERAL_DAYS = "la liste dit plusieurs jours de signature pour « {} »"


@dataclass
class LigneDeListe(LigneTraitee):
    """A row of the list; `dits` is what it brings, in sentences, by group: see `ListeOrt.mots`."""

    dits: list = field(default_factory=list)
    # The remark of the list, before and after, where it is not ours.
    remarque: CelluleChangee | None = None

    def say(self, group, sentence):
        self.dits.append((group, sentence))

    def set_aside(self, refusal, group="ecartee"):
        self.refuse([refusal])
        self.dits = [(group, str(refusal))]


class PassageDeListe:
    """One reading of the list, of all its rows or of those that touch some départements.

    An intercommunalité is read whole as soon as one of its communes is asked for: its ORT are one.
    """

    def __init__(self, liste, table, user, provenance, for_good):
        self.liste, self.table, self.user = liste, table, user
        self.provenance, self.for_good = provenance, for_good
        champs = {champ.column_name: champ for champ in liste.get_import_fields()}
        self.lecteur = LecteurDeListe(champs, liste.jour)
        self.traitees = {}
        # The rows that plan nothing, by the commune that they speak of.
        self.sans_projet = {}
        self.dires = DiresDeListe(provenance)

    def lignes(self):
        """Return what becomes of each row that is read."""
        with une_lecture():
            lues, hotes_sans_jour = self.read_rows()
            conventions = conventions_tenues(self.liste.jour)
            couvertures = couvertures_tenues(
                conventions, self.liste.jour, self.lecteur.territoire.successions
            )
            removed = communes_retirees({ligne.commune for ligne in lues})
            lecture = read_groups(lues, conventions.values(), couvertures, hotes_sans_jour, removed)
            for numero, told in lecture.a_decider.items():
                self.leave_to_decide(numero, told)
            self.write(lecture)
            self.tell_durations(lecture)
            self.tell_differences(lecture)
            self.take_remarks(lecture)
            self.take_remarks_of_none({couverture.commune for couverture in couvertures})
        if self.for_good:
            self.dires.write()
        return list(self.traitees.values())

    def read_rows(self):
        """Return the rows that can be grouped, and the intercommunalités of hosts without a sure day.

        The others are set aside, with the reason; those of nobody asked for are forgotten.
        """
        read = self.liste.lire_communes(self.table, self.user)
        self.lecteur.load({each.commune.pk for each in read if each.commune})
        asked = self.asked(read)
        lues, hosts = [], set()
        for lue, commune in ((each.lue, each.commune) for each in asked):
            ligne = self.traitees[lue.numero] = LigneDeListe(lue)
            ligne.fiche = f"{commune} ({commune.pk})" if commune else ""
            try:
                if lue.fautes:
                    raise lue.fautes[0]
                lues.append(self.lecteur.ligne(lue, commune))
            except ValueError as refusal:
                self.keep_raw(ligne, commune, refusal)
                if isinstance(refusal, SansProjet):
                    self.sans_projet[commune.pk] = ligne
                if commune and self.lecteur.without_day(lue, refusal):
                    hosts.add(self.lecteur.porteur(commune))
        if forgotten := len(read) - len(asked):
            told = pluriel(forgotten, "ligne est,lignes sont")
            self.liste.remarques.append(f"{told} d'autres territoires, et ne se lisent pas ici.")
        return lues, hosts

    def asked(self, read):
        """Keep the rows of the départements that are read, and those of the same intercommunalités."""
        if self.liste.lus is None:
            return read
        inside = [each for each in read if self.liste.in_departements(each)]
        porteurs = {self.lecteur.porteur(each.commune) for each in inside if each.commune} - {None}
        return [
            each
            for each in read
            if self.liste.in_departements(each)
            or (each.commune and self.lecteur.porteur(each.commune) in porteurs)
        ]

    def keep_raw(self, ligne, commune, refusal):
        """Set a row aside; a day that cannot be is kept as it is written."""
        if not isinstance(refusal, JourImpossible):
            ligne.set_aside(refusal)
            return
        ligne.set_aside(refusal, "impossible")
        self.dires.impossible(commune, refusal.valeur, refusal.raison)

    def leave_to_decide(self, numero, told):
        ligne = self.traitees[numero]
        cell = ligne.lue.cellules.get("date_signature", "")
        ligne.set_aside(CelluleRefusee("date_signature", cell, TO_DECIDE.format(told)), "a_decider")

    def write(self, lecture: Lecture):
        """Write the ORT that the rows make, and tell each row what it does."""
        signees = self.one_day_each(lecture.signees)
        redaction = Redaction(lecture.entrees)
        table = redaction.table(self.table.nom, signees)
        if not table.lignes:
            return
        sorte = OrtDeListe()
        for ressource in sorte.ressources:
            ressource.suivies = self.liste.suivies
        passage = sorte.passage(table, self.user, self.provenance, self.for_good)
        faites = {ligne.numero: ligne for ligne in passage.lignes()}
        for entree in lecture.entrees:
            self.tell(faites[entree.ligne.numero], "nouvelle", entered(entree, redaction))
        for numero, (convention, jour) in signees.items():
            told = f"« {convention.intitule} » signée le {in_french(jour)}"
            self.tell(faites[numero], "signee", told)
        written = [e for e in lecture.entrees if not faites[e.ligne.numero].refus]
        self.dires.regroupements(written, redaction)

    def one_day_each(self, signees: list[LigneComparee]):
        """Return, by the number of its first row, the convention that takes its day, and that day."""
        by_convention = defaultdict(list)
        for difference in signees:
            by_convention[difference.tenue.convention].append(difference.ligne)
        emptied = signatures_effacees({convention.pk for convention in by_convention})
        found = {}
        for convention, rows in by_convention.items():
            doubt = EMPTIED if convention.pk in emptied else SEVERAL_DAYS
            if convention.pk not in emptied and len({ligne.jour for ligne in rows}) == 1:
                found[rows[0].numero] = (convention, rows[0].jour)
                continue
            for ligne in rows:
                self.leave_to_decide(ligne.numero, doubt.format(convention.intitule))
        return found

    def tell(self, faite, group, sentence):
        """Give a row what the engine did of it."""
        ligne = self.traitees[faite.numero]
        if faite.refus:
            ligne.set_aside(faite.refus[0])
            ligne.refus = faite.refus
            return
        ligne.fiche, ligne.changements = ligne.fiche or faite.fiche, faite.changements
        ligne.remarques, ligne.faites, ligne.gardes = faite.remarques, faite.faites, faite.gardes
        if faite.sort is not Sort.INCHANGEE:
            ligne.sort = Sort.NOUVELLE if group == "nouvelle" else Sort.MODIFIEE
            ligne.say(group, sentence)

    def tell_durations(self, lecture: Lecture):
        """Tell the durations that are not taken: those of a row, and those that its ORT does not share."""
        for numero in (entree.ligne.numero for entree in lecture.entrees):
            if told := self.lecteur.durees_ecartees.get(numero):
                self.traitees[numero].say("duree", told)
        groups = dict.fromkeys(e.convention for e in lecture.entrees)
        for group in groups:
            if isinstance(group, OrtRegroupee) and len(group.durees) > 1:
                years = liste(sorted(group.durees))
                told = f"la liste dit {years} ans pour la même ORT : aucune durée n'est retenue"
                self.traitees[group.lignes[0].numero].say("duree", told)

    def tell_differences(self, lecture: Lecture):
        """Tell the days that are not ours: our own stay, and the list is kept beside them."""
        for difference, change in self.dires.differences(lecture):
            ligne = self.traitees[difference.ligne.numero]
            ligne.sort, ligne.changements = Sort.MODIFIEE, [change]
            ligne.say(
                "difference",
                f"la liste dit {change.apres}, nous avons {change.avant} (rien n'est corrigé)",
            )

    def take_remarks(self, lecture: Lecture):
        """Take the remarks of the list: those of the communes that come in are written with them."""
        for entree in lecture.entrees:
            ligne = self.traitees[entree.ligne.numero]
            if entree.ligne.remarques and ligne.sort is Sort.NOUVELLE:
                ligne.remarque = CelluleChangee(CHAMP, "", entree.ligne.remarques)
                ligne.say("remarque", REPRISE)
        known = [*lecture.connues, *lecture.signees, *lecture.differences]
        of_couvertures = {
            row.tenue.pk: (row.ligne.remarques, self.traitees[row.ligne.numero]) for row in known
        }
        self.take(remarques_des_couvertures(of_couvertures, self.user))

    def take_remarks_of_none(self, couvertes: set[str]):
        """Take those of communes of the programme that no ORT covers, nor is to cover."""
        read = self.lecteur.champs["remarques"].clean
        said = {
            code: (read(ligne.lue.cellules), ligne)
            for code, ligne in self.sans_projet.items()
            if code not in couvertes
        }
        self.take(remarques_des_laureates(said, self.liste.jour, self.user))

    def take(self, dites):
        for dite in dites:
            ligne = dite.ligne
            ligne.remarque = dite.change
            if dite.garde:
                ligne.say("remarque_gardee", GARDEE)
                continue
            if ligne.sort is Sort.REFUSEE:
                # All that the row says is then recorded.
                ligne.dits, ligne.refus = [], []
            ligne.say("remarque", REPRISE)
            ligne.changements = [*ligne.changements, dite.change]
            ligne.sort = ligne.sort if ligne.sort is Sort.NOUVELLE else Sort.MODIFIEE
            if self.for_good:
                dite.fiche.save()


def entered(entree: CommuneEntrante, redaction: Redaction) -> str:
    """Say into which ORT a row brings a commune, and by which act."""
    convention = entree.convention
    if isinstance(convention, OrtRegroupee):
        intitule = redaction.conventions[convention]["intitule"]
    else:
        intitule = convention.intitule
    if entree.avenant_prevu:
        return f"entrera dans « {intitule} » par un avenant prévu le {in_french(entree.avenant)}"
    if entree.avenant:
        return f"entre dans « {intitule} » par un avenant du {in_french(entree.avenant)}"
    return f"entre dans « {intitule} », {day_of(entree.ligne)}"


def day_of(ligne: LigneDOrt) -> str:
    if ligne.jour:
        return f"convention du {in_french(ligne.jour)}"
    return f"convention prévue le {in_french(ligne.prevue)}"
