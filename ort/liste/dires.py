"""What the national list says that is not held as it says it: kept as its own word, beside ours.

A day that is not ours is set aside, until someone decides; a day that cannot be is kept raw; what the
rule grouped says that the rule did, until someone confirms it.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from communes.models import Commune
from ort.liste.groupes import ConventionTenue, CouvertureTenue, Lecture, LigneComparee, agrees
from ort.models import Avenant, Convention
from ort.models.conventions import REGROUPEMENT
from socle.dates import Precision, bare, in_french
from socle.fichiers.lignes import CelluleChangee
from socle.francais import pluriel
from socle.models import Affirmation
from socle.sources import record_type

ENTREE = "date_entree_ort"
SIGNATURE = "date_signature"
PAR_REGLE = (
    "Regroupée par règle, d'après la liste nationale : une intercommunalité et un jour de signature font "
    "une convention, les jours suivants ses avenants. À confirmer par la DDT."
)
OTHER_DAY = "La liste nationale dit un autre jour que celui qui est retenu."
MORE_EXACT = "La liste nationale dit le jour, qui n'était pas su."
LONGEST = Affirmation._meta.get_field("valeur_brute").max_length
LONGEST_NOTE = Affirmation._meta.get_field("note").max_length


class DitDeListe(NamedTuple):
    """What the list says of one field of a record, and that the record does not hold."""

    model: type
    cle: str
    champ: str
    brut: str
    valeur: str
    note: str

    @property
    def sens(self) -> tuple[object, ...]:
        """Return by what two of them say the same: the same day, or the same words that are no day."""
        return self.model, self.cle, self.champ, self.valeur or self.brut


class DiresDeListe:
    """The affirmations of one reading: found out row by row, written once the records are."""

    def __init__(self, provenance):
        self.provenance = provenance
        self.dits: list[DitDeListe] = []
        self.groups: dict[str, list] = {}

    def impossible(self, commune, brut, raison):
        """Keep a day of signature that cannot be, as it is written of a commune."""
        note = f"{raison[:1].upper()}{raison[1:]}."
        self.dits.append(DitDeListe(Commune, commune.pk, ENTREE, brut, "", note))

    def differences(self, lecture: Lecture) -> Iterator[tuple[LigneComparee, CelluleChangee]]:
        """Yield the rows of another day than ours, each with the change to show, if nobody said it yet.

        Where all the rows of an act say one day, it is said of the act, once; else of each commune.
        """
        days = defaultdict(set)
        for row in (*lecture.connues, *lecture.differences):
            days[acte_of(row.tenue)].add(row.ligne.jour)
        found = {}
        for row in lecture.differences:
            said = self.difference(row, alone=len(days[acte_of(row.tenue)]) > 1)
            found.setdefault(said.sens, (row, said))
        known = already_said([said for _, said in found.values()])
        for row, said in found.values():
            if said.sens not in known:
                self.dits.append(said)
                held = row.tenue.acte
                avant = bare(held.jour, held.precision)
                yield row, CelluleChangee(said.champ, avant, bare(row.ligne.jour))

    def difference(self, row: LigneComparee, alone: bool) -> DitDeListe:
        """Return what a row says, of its commune where it is `alone` to say so, else of its act."""
        model, cle = (Commune, row.tenue.commune) if alone else acte_of(row.tenue)
        jour = row.ligne.jour
        note = MORE_EXACT if agrees(row.tenue, jour) else OTHER_DAY
        champ = ENTREE if alone else SIGNATURE
        return DitDeListe(model, str(cle), champ, in_french(jour), jour.isoformat(), note)

    def regroupements(self, entrees, redaction):
        """Keep, of each convention, what the rule makes come into it."""
        for entree in entrees:
            self.groups.setdefault(redaction.identifiant(entree.convention), []).append(entree)

    def write(self):
        """Write what was found; a day that cannot be is written once, whatever list says it."""
        known = already_said(self.dits)
        for said in {said.sens: said for said in self.dits}.values():
            if said.sens not in known:
                self.affirm(said, retenue=False)
        conventions = Convention.objects.filter(identifiant__dans=self.groups)
        for convention in conventions.order_by("identifiant"):
            brut = described(self.groups[convention.identifiant])[:LONGEST]
            said = DitDeListe(Convention, str(convention.pk), REGROUPEMENT, brut, "", PAR_REGLE)
            self.affirm(said, retenue=True)

    def affirm(self, said: DitDeListe, retenue: bool):
        Affirmation.objects.create(
            content_type=record_type(said.model),
            object_id=said.cle,
            champ=said.champ,
            valeur_brute=said.brut[:LONGEST],
            valeur=said.valeur,
            precision=Precision.JOUR,
            source=self.provenance.source,
            retenue=retenue,
            note=said.note[:LONGEST_NOTE],
        )


def acte_of(couverture: CouvertureTenue) -> tuple[type, int]:
    """Return the act by which a commune came in: its model and its key."""
    acte = couverture.acte
    return (Convention if isinstance(acte, ConventionTenue) else Avenant), acte.pk


def already_said(dits: list[DitDeListe]) -> set[tuple[object, ...]]:
    """Return what some source says already, be it retained or not: a query a sort of record."""
    found = set()
    for model in {said.model for said in dits}:
        keys = {said.cle for said in dits if said.model is model}
        rows = Affirmation.objects.filter(
            content_type=record_type(model), champ__in=[ENTREE, SIGNATURE], object_id__dans=keys
        )
        for cle, champ, brut, valeur in rows.values_list(
            "object_id", "champ", "valeur_brute", "valeur"
        ):
            found.add((model, cle, champ, valeur or brut))
    return found


def described(entrees) -> str:
    """Tell what comes into a convention, act by act: « 6 juillet 2023 : 2 communes ; avenant du… »."""
    acts: dict[tuple[str, datetime.date], int] = defaultdict(int)
    for entree in entrees:
        jour = entree.avenant or entree.ligne.jour or entree.ligne.prevue
        name = "avenant prévu le " if entree.avenant_prevu else "avenant du "
        acts[name if entree.avenant else "", jour] += 1
    return " ; ".join(
        f"{act}{in_french(jour)} : {pluriel(count, 'commune,communes')}"
        for (act, jour), count in sorted(acts.items())
    )
