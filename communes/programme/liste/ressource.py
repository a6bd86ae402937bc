"""The national list of the communes of the programme, as the rows that it would have us write.

What a row says is put beside what the base holds before it is passed: nothing that we hold otherwise
is overwritten. It then tells who says what, and the date that is not retained is kept beside ours.
"""

from dataclasses import dataclass, field
from typing import Any

from communes.programme.imports import LabellisationRessource
from communes.programme.lecture import ouverture
from communes.programme.liste.connues import ABSENTE, LabellisationsConnues
from communes.programme.liste.nationales import DOCUMENT_PVD, FORME_ORT, FORME_PVD
from communes.territoire.liste import CODE, ListeDeCommunes
from socle.dates import Precision, first_day, in_french, in_words
from socle.fichiers.champs import CelluleRefusee
from socle.fichiers.entetes import LigneLue, TableLue
from socle.fichiers.lignes import CelluleChangee, Sort
from socle.francais import pluriel
from socle.models import Affirmation

ENTREE, ADHESION, IDENTIFIANT = "date_entree_programme", "date_signature_adhesion", "id_pvd"
LABELS = {"debut": "entrée", ADHESION: "adhésion", IDENTIFIANT: "identifiant", "fin": "sortie"}
REMOVED = (
    "un agent a retiré cette commune du programme : elle y revient par « Entrer dans le programme »"
)


@dataclass
class DireDeListe:
    """What the list says of a field of a record otherwise than we do, and that is not retained."""

    champ: str
    brute: str
    valeur: str = ""
    precision: str = Precision.JOUR
    ours: str = ""
    note: str = ""
    # The list that says it, where it is not the one that is read.
    source: Any = None


@dataclass
class LigneDePvd(LigneLue):
    """A row as it is passed, with what it brings: `dits` by group, and what stays beside ours."""

    dits: list = field(default_factory=list)
    differences: list = field(default_factory=list)
    # What earlier lists said by not having the commune, and that this one denies.
    absences: list = field(default_factory=list)
    labellisation: Any = None


class ListePvdRessource(ListeDeCommunes, LabellisationRessource):
    """The rows of the list, each a commune: its time in the programme, begun « au plus tard » that day."""

    titre = "Liste nationale PVD (ANCT)"
    document, forme, autres_formes = DOCUMENT_PVD, FORME_PVD, (FORME_ORT,)
    plancher = 1200
    mots = {
        "entree": "entrée,entrées",
        "avancee": "entrée avancée,entrées avancées",
        "adhesion": "adhésion datée,adhésions datées",
        "identifiant": "identifiant complété,identifiants complétés",
        "difference": "différence,différences",
        "sortie": "sortie proposée,sorties proposées",
        "retour": "sortie qui n'est plus proposée,sorties qui ne sont plus proposées",
        "ecartee": "ligne écartée,lignes écartées",
    }
    autres_noms = {"insee_com": CODE, "date_signature": ADHESION}
    columns = [CODE, IDENTIFIANT, ADHESION]
    modele = list(FORME_PVD.entetes)
    exemple = {
        "insee_com": "01004",
        "lib_com": "Ambérieu-en-Bugey",
        "id_pvd": "pvd-84-01-99",
        "date_signature": "26/03/2021",
    }

    @property
    def plus_ancienne(self):
        return ouverture()

    def passage(self, table, user=None, provenance=None, for_good=False, **options):
        """Pass the rows of the list put beside what the base holds: see `LigneDePvd`."""
        read = self.lire_communes(table, user)
        codes = {each.commune.pk for each in read if each.commune}
        self.connues = LabellisationsConnues(codes, self.jour, self.lus, for_good)
        self.met, self.entering, self.relire = {}, {}, False
        rows = [self.row_of(each) for each in read]
        rows += self.absent_rows()
        if self.relire:
            day = in_french(self.connues.suivante.date_document)
            self.remarques.append(
                f"Relisez ensuite la liste du {day} : elle dit ce qui est sorti depuis celle-ci."
            )
        self.brought = {row.labellisation.pk: row for row in rows if row.labellisation}
        columns = dict.fromkeys(column for row in rows for column in row.cellules)
        ours = TableLue(table.nom, list(columns), rows, table.ignorees)
        return super().passage(ours, user, provenance, for_good, **options)

    def row_of(self, each):
        """Return a row of the list as it is passed; one that is set aside has the fault that says why."""
        row = LigneDePvd(
            each.lue.numero,
            each.lue.cellules,
            each.lue.reparations,
            each.lue.reconnus,
            each.lue.temoins,
            fautes=list(each.lue.fautes),
        )
        if row.fautes:
            return row
        try:
            said = self.fields[ADHESION].clean(each.lue.cellules)
            self.refuse_repeated(row, each.commune)
            self.put_beside(row, each.commune, said)
        except CelluleRefusee as refusal:
            row.fautes.append(refusal)
        else:
            # The names were looked at with the code of the file, and not with that of our record.
            row.temoins = []
        return row

    def refuse_repeated(self, row, commune):
        above = self.met.setdefault(commune.pk, row.numero)
        if above != row.numero:
            told = f"la ligne {above} parle déjà de {commune}"
            raise CelluleRefusee(CODE, row.cellules[CODE], told)

    def put_beside(self, row, commune, said):
        """Give a row the cells that it changes, by what the base holds of its commune."""
        written = row.cellules
        held = self.connues.of(commune.pk)
        if held is None:
            self.bring_in(row, written, commune, said)
            return
        if held.fin and held.fin <= self.jour:
            gone = in_words(held.fin, held.precision_fin)
            told = f"sortie {gone}{self.connues.told_by(held, 'fin')} ; la liste la donne toujours"
            raise CelluleRefusee(CODE, written[CODE], told)
        row.labellisation = held
        row.cellules = {CODE: held.commune_id, self.cle.colonne: self.cle.of(held)}
        self.bring_forward(row, held)
        self.compare_adhesion(row, written.get(ADHESION, ""), held, said)
        self.compare_identifier(row, written.get(IDENTIFIANT, ""), held)
        self.deny_absences(row, held)

    def bring_in(self, row, written, commune, said):
        """Have a commune that is not in the programme enter it, at the latest on the day of the list."""
        if commune.pk in self.connues.retirees:
            raise CelluleRefusee(CODE, written[CODE], REMOVED)
        row.cellules = {CODE: commune.pk, IDENTIFIANT: written.get(IDENTIFIANT, "")}
        row.cellules |= self.entry()
        self.entering[commune.pk] = row
        told = f"entrée {in_words(self.jour, Precision.AU_PLUS_TARD)}"
        if said and (impossible := self.impossible(said)):
            row.differences.append(DireDeListe(ADHESION, written[ADHESION], note=impossible))
            row.dits.append(("difference", f"adhésion « {written[ADHESION]} » : {impossible}"))
        elif said:
            row.cellules |= signed_on(said)
            told += f", adhésion {in_words(said)}"
        row.dits.insert(0, ("entree", told))
        if later := self.connues.plus_recentes.get(commune.departement_id):
            row.differences.append(DireDeListe("fin", ABSENTE, source=later))
            day = in_french(later.date_document)
            row.dits.append(("sortie", f"{ABSENTE} du {day}, déjà lue"))
        elif self.connues.suivante:
            self.relire = True

    def entry(self):
        return {ENTREE: self.jour.isoformat(), "precision_entree": Precision.AU_PLUS_TARD.value}

    def bring_forward(self, row, held):
        """Put an entry known « au plus tard » a later day on that of the list, which had it already."""
        if held.debut <= self.jour:
            return
        late = held.precision_debut == Precision.AU_PLUS_TARD
        ours = f"{in_words(held.debut, held.precision_debut)}{self.connues.told_by(held, 'debut')}"
        from_a_list = self.connues.said_by_a_list(held, "debut")
        if late and (from_a_list or not self.connues.of_an_agent(held, "debut")):
            row.cellules |= self.entry()
            earlier = in_words(self.jour, Precision.AU_PLUS_TARD)
            row.dits.append(("avancee", f"entrée {earlier} ; nous avions {ours}"))
            return
        self.differ(
            row,
            held,
            DireDeListe(
                "debut",
                f"dans la liste du {self.jour:%d/%m/%Y}",
                self.jour.isoformat(),
                Precision.AU_PLUS_TARD,
                ours=in_words(held.debut, held.precision_debut),
            ),
        )

    def compare_adhesion(self, row, written, held, said):
        """Take the date of an adhésion that we have not; keep beside ours the one that is another."""
        if said is None:
            return
        ours = held.date_signature_adhesion
        if impossible := self.impossible(said):
            self.differ(row, held, DireDeListe(ADHESION, written, note=impossible))
        elif ours is None and not self.connues.emptied(held, ADHESION):
            row.cellules |= signed_on(said)
            row.dits.append(("adhesion", f"adhésion {in_words(said)}"))
        elif not agrees(held, said):
            told = in_words(ours, held.precision_adhesion) if ours else "rien"
            self.differ(row, held, DireDeListe(ADHESION, written, said.isoformat(), ours=told))

    def compare_identifier(self, row, written, held):
        if not written or written == held.id_pvd:
            return
        if not held.id_pvd and not self.connues.emptied(held, IDENTIFIANT):
            row.cellules[IDENTIFIANT] = written
            row.dits.append(("identifiant", written))
        else:
            self.differ(row, held, DireDeListe(IDENTIFIANT, written, ours=held.id_pvd or "rien"))

    def deny_absences(self, row, held):
        """Withdraw the exits that earlier lists proposed by not having a commune that this one has."""
        row.absences = self.connues.absences(held)
        if row.absences:
            days = ", ".join(in_french(a.source.date_document) for a in row.absences)
            row.dits.append(("retour", f"absente de la liste du {days}, elle est dans celle-ci"))

    def differ(self, row, held, difference):
        """Have a row keep, and tell, what its list says otherwise than we do; once for all lists."""
        if self.connues.already_said(held, difference.champ, difference.valeur, difference.brute):
            return
        row.differences.append(difference)
        label = LABELS[difference.champ]
        if difference.note:
            told = f"{label} « {difference.brute} » : {difference.note}"
        else:
            by = self.connues.told_by(held, difference.champ)
            said = "la donne déjà" if difference.champ == "debut" else f"dit {difference.brute}"
            told = f"{label} : la liste {said} ; nous avons {difference.ours}{by}"
        row.dits.append(("difference", told))

    def impossible(self, said):
        """Return why a date of adhésion cannot be, empty if it can."""
        opened = ouverture()
        if said > self.jour:
            return f"après le jour de la liste, {in_french(self.jour)}"
        if opened and said < opened:
            return f"avant le lancement du programme, {in_french(opened)}"
        return ""

    def absent_rows(self):
        """Return a row for each commune of the programme that the list no longer has: an exit to propose."""
        if self.partielle:
            self.remarques.append("Extrait : aucune sortie n'est proposée.")
            return []
        later = self.connues.plus_recentes
        if later:
            self.remarques.append(
                f"Dans {pluriel(len(later), 'département,départements')}, une liste plus récente est déjà "
                "lue : aucune sortie n'y est proposée d'après celle-ci."
            )
        return [
            self.absent_row(held)
            for held in self.connues.records
            if held.fin is None
            and held.debut <= self.jour
            and held.commune_du_jour not in self.presents
            and held.commune.departement_id not in later
            and not self.connues.already_said(held, "fin", "", ABSENTE)
        ]

    def absent_row(self, held):
        cells = {CODE: held.commune_id, self.cle.colonne: self.cle.of(held)}
        entered = in_words(held.debut, held.precision_debut)
        told = f"{ABSENTE} ; entrée {entered}{self.connues.told_by(held, 'debut')}"
        return LigneDePvd(
            0,
            cells,
            dits=[("sortie", told)],
            differences=[DireDeListe("fin", ABSENTE)],
            labellisation=held,
        )

    def lists_changed(self, instance, row):
        """Tell what a list says beside what we hold, and of which it is kept that it says so."""
        passed = self.brought.get(instance.pk)
        if passed is None:
            return {}
        found = {
            f"dit_{said.champ}": CelluleChangee(
                f"{LABELS[said.champ]} selon la liste", said.ours, said.brute
            )
            for said in passed.differences
        }
        if passed.absences:
            found["absences"] = CelluleChangee(LABELS["fin"], ABSENTE, "")
        return found

    def rewrite_lists(self, instance, row, keep, remove):
        passed = self.brought.get(instance.pk)
        if passed is None:
            return
        for said in passed.differences:
            keep(self.affirmation(instance, said), True)
        for absence in passed.absences:
            remove(absence)

    def dependants(self, instance, row, user):
        """Return what the list says of a commune that enters, and that cannot be."""
        passed = self.entering.get(row[CODE])
        return [self.affirmation(instance, said) for said in passed.differences] if passed else []

    def affirmation(self, instance, said):
        return Affirmation(
            fiche=instance,
            champ=said.champ,
            valeur_brute=said.brute,
            valeur=said.valeur,
            precision=said.precision,
            source=said.source or self.provenance.source,
            retenue=False,
            note=said.note,
        )

    def sujet(self, ligne):
        """Name the commune of a row, with its code: several bear one name."""
        commune = ligne.objet and not ligne.refus and ligne.objet.commune
        return f"{commune} ({commune.pk})" if commune else ""

    def dits(self, ligne):
        if ligne.sort is Sort.REFUSEE:
            yield from super().dits(ligne)
        elif ligne.sort is not Sort.INCHANGEE:
            yield from ligne.lue.dits


def signed_on(jour):
    return {ADHESION: jour.isoformat(), "precision_adhesion": Precision.JOUR.value}


def agrees(held, said):
    """Tell whether a day is, for all that is known of it, that of the adhésion that we hold."""
    ours, precision = held.date_signature_adhesion, held.precision_adhesion
    if ours is None:
        return False
    if precision == Precision.AU_PLUS_TARD:
        return said <= ours
    return first_day(said, precision) == ours
