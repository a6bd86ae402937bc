"""What a row of a list of grants does to a line of money, compared with what is already known of it."""

from collections import Counter
from decimal import Decimal

from projects.financements import coherence
from projects.financements.coherence import plafond
from projects.financements.models import FaitFinancement, Financement
from projects.financements.regles import au_cent
from projects.projet.plan.connues import last_by
from projects.projet.plan.fiche import SANS_SOURCE
from projects.projet.plan.mots import DateDite
from socle.dates import Precision, first_day, in_words
from socle.fichiers.lignes import CelluleChangee, LigneRefusee, Sort, refused
from socle.francais import euros
from socle.identifiants import bare_key, libre

REFUS = {"refuse", "refusee", "rejete", "rejetee", "refus"}
SANS_SUITE = {"classe sans suite", "sans suite", "abandonne", "classee sans suite"}
# What is not decided: an amount beside it is no grant.
EN_ATTENTE = {
    "en traitement",
    "en instruction",
    "en construction",
    "en cours",
    "demande",
    "depose",
    "a generer",
    "a signer",
    "programme",
    "en attente",
}


class Subvention:
    """The line of money of a row, and its facts, compared with those known."""

    def __init__(self, passage, lu, action, dispositif):
        self.passage, self.lu, self.action, self.dispositif = passage, lu, action, dispositif
        self.jour = passage.aujourd_hui
        self.ecrits, self.retires, self.changements, self.faites = [], [], [], Counter()
        self.financement = self.known() or self.new()

    def known(self):
        """Return the line of the dossier, else the next one of its scheme and year."""
        mine = [li for li in self.passage.lines[self.action.pk] if li.dispositif == self.dispositif]
        of_dossier = [li for li in mine if self.lu.dossier and li.numero_dossier == self.lu.dossier]
        if of_dossier:
            return of_dossier[0]
        free = [
            li
            for li in mine
            if not (li.numero_dossier and self.lu.dossier) and li.annee in (None, self.lu.annee)
        ]
        key = (self.action.pk, self.dispositif.pk, self.lu.annee)
        rank = self.passage.met[key]
        self.passage.met[key] += 1
        return free[rank] if rank < len(free) else None

    def new(self):
        if not self.dispositif.financeur_id:
            why = "ce dispositif ne dit pas qui paie : enregistrez-le sur la fiche de l'action"
            raise refused("dotation", str(self.dispositif), why)
        named = libre(f"{self.action.identifiant}-{self.dispositif.cle}", self.passage.taken)
        self.passage.taken.add(bare_key(named))
        rang = len(self.passage.lines[self.action.pk]) + 1
        return Financement(
            identifiant=named, action=self.action, dispositif=self.dispositif, rang=rang
        )

    @property
    def sort(self):
        if self.financement.pk is None or self.financement in self.nouvelles:
            return Sort.NOUVELLE
        return Sort.MODIFIEE if self.ecrits else Sort.INCHANGEE

    def tell(self, column, after, before=""):
        self.changements.append(CelluleChangee(column, before, after))

    def put(self, record, what):
        self.ecrits.append(record)
        self.faites[what, Sort.MODIFIEE if record.pk else Sort.NOUVELLE] += 1

    def compare(self):
        line = self.financement
        self.nouvelles = [line] if line.pk is None else []
        changed = False
        for column, name, value in (
            ("numero_dossier", "numero_dossier", self.lu.dossier),
            ("annee", "annee", self.lu.annee),
        ):
            if value and getattr(line, name) != value:
                self.tell(column, str(value), str(getattr(line, name) or ""))
                setattr(line, name, value)
                changed = True
        if changed or self.nouvelles:
            self.put(line, "Financements")
        held = list(self.passage.faits[line.pk]) if line.pk else []
        new = [fait for fait in (self.request(held), self.decision(held)) if fait]
        for fait in new:
            self.put(fait, "Faits de financement")
        if why := coherence.refus([*held, *new]):
            raise LigneRefusee([ValueError(why.texte)])
        if new and self.passage.provenance is None:
            raise LigneRefusee([ValueError(SANS_SOURCE)])

    def dated(self, *columns):
        """Return the first day told in these columns; else « au plus tard » the day of the import."""
        found = next((self.lu.dates[column] for column in columns if self.lu.dates[column]), None)
        dite = found or DateDite(self.jour, Precision.AU_PLUS_TARD)
        if dite.jour > self.jour:
            raise refused(columns[0], in_words(*dite), "un fait n'est pas d'un jour à venir")
        return {"jour": first_day(dite.jour, dite.precision), "precision": dite.precision}

    def request(self, held):
        """Return the request of a row, unless it is the last one known."""
        amount = self.lu.montants["montant_demande"]
        last = last_by([f for f in held if f.nature == "demande"], "jour", self.jour)
        if not amount or (last and last.montant == amount):
            return None
        self.tell(
            "montant_demande", f"{euros(amount)} (demandé)", euros(last.montant) if last else ""
        )
        dated = self.dated("date_depot")
        return FaitFinancement(
            financement=self.financement, nature="demande", montant=amount, **dated
        )

    def decision(self, held):
        """Return the grant, the refusal or the filing of a row, unless it is known."""
        statut, amount = self.lu.statut, self.lu.montants["montant_accorde"]
        for nature, words in (("refus", REFUS), ("sans_suite", SANS_SUITE)):
            if statut in words:
                if any(fait.nature == nature for fait in held):
                    return None
                self.tell("statut", statut)
                dated = self.dated("date_decision", "date_notification")
                return FaitFinancement(financement=self.financement, nature=nature, **dated)
        if not amount:
            return None
        if statut in EN_ATTENTE:
            self.lu.remarques.append(
                f"{euros(amount)} : « {statut} » n'est pas une décision, rien d'accordé"
            )
            return None
        if any(fait.nature == "accord" for fait in held):
            self.tell_other_amount(held, amount)
            return None
        self.check_rate(amount)
        self.tell("montant_accorde", f"{euros(amount)} (accordé)")
        notified = self.lu.dates["date_notification"]
        return FaitFinancement(
            financement=self.financement,
            nature="accord",
            montant=amount,
            reference=self.lu.row.get("numero_arrete", "").strip()[:100],
            depense_subventionnable=self.lu.montants["assiette"] or None,
            taux=self.lu.taux,
            date_notification=notified.jour if notified else None,
            **self.dated("date_decision", "date_notification"),
        )

    def tell_other_amount(self, held, amount):
        known = plafond(held, self.jour)
        if known != amount:
            told = euros(known) if known is not None else "un montant inconnu"
            self.lu.remarques.append(
                f"{euros(amount)} dans le fichier, {told} sur la fiche : enregistrez une modification, ou "
                "corrigez l'accord"
            )

    def check_rate(self, amount):
        """Say that a rate of its base is not the amount, when it is not by more than a euro."""
        base, rate = self.lu.montants["assiette"], self.lu.taux
        if base and rate and abs((product := au_cent(base * rate / 100)) - amount) > Decimal(1):
            self.lu.remarques.append(
                f"{rate.normalize():f} % de {euros(base)} font {euros(product)}, et non {euros(amount)}"
            )
