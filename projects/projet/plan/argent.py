"""What a row of a plan does to the money of its action, compared with what is already known of it."""

from typing import NamedTuple

from projects.financements import coherence
from projects.financements.coherence import plafond
from projects.financements.models import FaitFinancement, Financement
from projects.projet.plan.colonnes import MOTS_DES_STADES
from projects.projet.plan.connues import last_by
from projects.projet.plan.export import MONTANTS
from socle.dates import Precision, first_day, in_words
from socle.fichiers.lignes import Sort, refused
from socle.francais import euros


class LigneConnue(NamedTuple):
    """A line that is recorded, by what the rules of money read of it."""

    faits: list[FaitFinancement]


class ArgentDUneAction:
    """The lines of money of a row, each compared with the one that tells it, or made."""

    def __init__(self, fiche):
        self.fiche, self.passage, self.connues = fiche, fiche.passage, fiche.connues
        self.lu, self.jour = fiche.lu, fiche.jour

    def compare(self):
        """Find what the row changes; raises `LigneRefusee`."""
        for said in self.lu.argent:
            self.compare_line(said)
        self.tell_own_share()

    def compare_line(self, said):
        """Compare what a scheme gives with the line that tells it, or make one."""
        lines = [li for li in self.connues.lignes[self.fiche.action.pk] if self.is_of(li, said)]
        in_file = [o for o in self.lu.argent if o.dispositif == said.dispositif]
        if len(lines) > len(in_file):
            self.compare_sum(said, lines)
            return
        if said.rang <= len(lines):
            self.compare_facts(said, lines[said.rang - 1])
        elif any(said.montants.values()):
            ligne = Financement(
                identifiant=self.connues.name_of_line(self.fiche.action, said.dispositif.cle),
                action=self.fiche.action,
                dispositif=said.dispositif,
                rang=len(self.connues.lignes[self.fiche.action.pk])
                + self.fiche.faites["Financements", Sort.NOUVELLE]
                + 1,
            )
            if said.financeur:
                setattr(ligne, *said.financeur)
            self.fiche.put(ligne)
            self.compare_facts(said, ligne)

    def is_of(self, ligne, said):
        """Tell whether a line is the one that a column speaks of: its scheme, and who pays."""
        if ligne.dispositif_id != said.dispositif.pk:
            return False
        if not said.nomme:
            return True
        name, record = said.financeur
        held = getattr(ligne, f"{name}_id")
        return held in (None, record.pk)

    def compare_sum(self, said, lines):
        """Say that the file does not tell apart the lines of one scheme, where it says another sum."""
        for stade, montant in said.montants.items():
            known = [self.amount_at(ligne, stade) for ligne in lines]
            if sum(k for k in known if k is not None) != montant:
                header = self.passage.ressource.entete_de(said.colonnes[stade])
                self.lu.remarques.append(
                    f"{header} : {len(lines)} lignes de {said.dispositif} sur la fiche, que le fichier ne "
                    "distingue pas ; rien n'en est écrit"
                )

    def amount_at(self, ligne, stade):
        """Return the amount of a line at a stage, on the day of the file, as an export writes it."""
        return MONTANTS[stade](LigneConnue(self.connues.faits_d_argent[ligne.pk]), self.jour)

    def compare_facts(self, said, ligne):
        held = list(self.connues.faits_d_argent[ligne.pk]) if ligne.pk else []
        new = []
        for stade, montant in said.montants.items():
            column = said.colonnes[stade]
            make = {"accorde": self.grant, "verse": self.payment}.get(stade, self.announced)
            faits = make(said, ligne, held + new, stade, montant)
            for fait in faits:
                if fait.pk is None:
                    new.append(fait)
                words = MOTS_DES_STADES[stade] or "prévu"
                if fait.montant is not None:
                    self.fiche.tell(
                        column, getattr(fait, "avant", ""), f"{euros(fait.montant)} ({words})"
                    )
                self.fiche.put(fait)
        if why := coherence.refus([*held, *new]):
            column = next(iter(said.colonnes.values()))
            raise refused(column, self.passage.ressource.entete_de(column), why.texte)

    def announced(self, said, ligne, faits, stade, montant):
        """Return the forecast, or the request, that an amount is; none if it is the last one known."""
        nature = stade or "prevision"
        last = last_by([f for f in faits if f.nature == nature], "jour", self.jour)
        if last and last.montant == montant:
            return []
        if last and last.jour == self.jour:
            last.avant, last.montant = euros(last.montant), montant
            return [last]
        precision = Precision.AU_PLUS_TARD if nature == "demande" else Precision.JOUR
        return [
            FaitFinancement(
                financement=ligne,
                nature=nature,
                jour=self.jour,
                precision=precision,
                montant=montant,
            )
        ]

    def grant(self, said, ligne, faits, stade, montant):
        """Return the grant of a decision; one that is known already is never written again.

        Once the balance is paid, a file may tell what was decided as well as what was paid.
        """
        if any(f.nature == "accord" and not f.suppose for f in faits):
            paid, decided = self.amount_at(ligne, "accorde"), plafond(faits, self.jour)
            if montant not in (paid, decided):
                known = decided if paid is None else paid
                told = euros(known) if known is not None else "un montant inconnu"
                self.lu.remarques.append(
                    f"{said.dispositif} : {euros(montant)} dans le fichier, {told} sur la fiche ; "
                    "enregistrez une modification, ou corrigez l'accord"
                )
            return []
        supposed = next((f for f in faits if f.nature == "accord"), None)
        if supposed:
            self.lu.remarques.append(
                f"{said.dispositif} : un versement suppose déjà un accord ; complétez-le sur la fiche"
            )
            return []
        if said.decision.jour > self.passage.aujourd_hui:
            column = said.colonnes[stade]
            raise refused(
                column, in_words(*said.decision), "une décision n'est pas d'un jour à venir"
            )
        jour = first_day(said.decision.jour, said.decision.precision)
        return [
            FaitFinancement(
                financement=ligne,
                nature="accord",
                jour=jour,
                precision=said.decision.precision,
                montant=montant,
            )
        ]

    def payment(self, said, ligne, faits, stade, montant):
        """Return the payment of a sum paid by the day of the file, with the grant that it supposes."""
        known = self.amount_at(ligne, "verse")
        if known == montant:
            return []
        if known:
            self.lu.remarques.append(
                f"{said.dispositif} : {euros(montant)} versés dans le fichier, {euros(known)} sur la fiche ; "
                "enregistrez les versements sur la fiche"
            )
            return []
        paid = FaitFinancement(
            financement=ligne,
            nature="versement",
            sorte_versement="acompte",
            jour=self.jour,
            precision=Precision.AU_PLUS_TARD,
            montant=montant,
        )
        if any(f.nature == "accord" for f in faits):
            return [paid]
        return [paid.accord_suppose(), paid]

    def tell_own_share(self):
        """Say by how much the share of the owner differs from what the others leave of the cost."""
        own = [li for li in self.lu.argent if li.dispositif.nature == "fonds_propres"]
        if not own or self.lu.cout is None:
            return
        others = [li for li in self.lu.argent if li not in own]
        given = sum(next(iter(li.montants.values())) for li in others)
        told = sum(next(iter(li.montants.values())) for li in own)
        if gap := told - (self.lu.cout - given):
            word = "de plus" if gap > 0 else "de moins"
            self.lu.remarques.append(
                f"{own[0].dispositif} : {euros(abs(gap))} {word} que le coût moins les autres financements"
            )
