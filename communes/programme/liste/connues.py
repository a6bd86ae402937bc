"""What the base holds of the communes of a list: their times in the programme, and who says them."""

from collections import defaultdict
from functools import cached_property

from communes.models import Commune, Labellisation
from communes.programme.liste.nationales import DOCUMENT_PVD
from communes.territoire.du_jour import answering_for
from socle.fichiers.epargne import written_by_agent
from socle.fichiers.imports import ANNULATION
from socle.fichiers.liste.liste import EXTRAIT
from socle.models import Affirmation
from socle.periodes import holds_on
from socle.sources import record_type
from socle.verrou import lock

# What a list says of a commune that it no longer has, kept as an affirmation that is not retained.
ABSENTE = "absente de la liste"
# The dates that a list says of a time in the programme.
SAID_BY_LISTS = ("debut", "date_signature_adhesion")


def absences_en_attente():
    """Return what lists say by not having a commune, and to which nobody has answered yet.

    It is answered by an exit, or by how it is known that the commune stays.
    """
    of_records = Affirmation.objects.ecartees().filter(content_type=record_type(Labellisation))
    return of_records.filter(champ="fin", valeur_brute=ABSENTE, detail_interne="")


def absences_de(record):
    """Return those of one time in the programme, that of the oldest list first."""
    waiting = absences_en_attente().filter(object_id=str(record.pk)).select_related("source")
    return list(waiting.order_by("source__date_document", "pk"))


class LabellisationsConnues:
    """The times in the programme of the communes of some départements, by the one that answers on a day.

    `lus` are the codes of the départements, None for all of them. All is read in a few queries, and
    locked first, `for_good`.
    """

    def __init__(self, codes, jour, lus, for_good):
        self.codes, self.jour, self.lus = sorted(codes), jour, lus
        if for_good:
            known = self.theirs().order_by().values_list("commune", flat=True)
            lock(Commune, *sorted({*known, *codes}))
        self.by_commune = defaultdict(list)
        self.records = list(self.theirs().select_related("commune").order_by("debut"))
        for record in self.records:
            self.by_commune[record.commune_du_jour].append(record)

    def theirs(self):
        """Return the times in the programme of the communes that are read, all days together."""
        records = Labellisation.objects.annotate(
            commune_du_jour=answering_for("commune", self.jour)
        )
        if self.lus is None:
            return records
        there = Commune.objects.order_by().filter(departement__dans=sorted(self.lus))
        return records.filter(commune_du_jour__in=there.values("pk"))

    @cached_property
    def listes(self):
        """Return the lists of which the base knows, by key: a day each."""
        return {source.pk: source for source in DOCUMENT_PVD.sources()}

    @cached_property
    def dires(self):
        """Return what sources say of each field of these records: {(key, field): affirmations}."""
        said = defaultdict(list)
        of_model = Affirmation.objects.filter(
            content_type=record_type(Labellisation),
            object_id__dans=[str(record.pk) for record in self.records],
        )
        for dire in of_model.select_related("source").order_by("pk"):
            said[dire.object_id, dire.champ].append(dire)
        return said

    @cached_property
    def versions(self):
        """Return the versions of these records, the latest first, by key."""
        found = defaultdict(list)
        keys = [record.pk for record in self.records]
        for version in Labellisation.history.filter(id__dans=keys).order_by("-history_id"):
            found[version.id].append(version)
        return found

    @cached_property
    def retirees(self):
        """Return the codes of the communes whose time in the programme an agent has removed.

        An import that was taken back is not such a removal: it may be done again.
        """
        gone = Labellisation.history.removed().filter(
            history_user__isnull=False, commune__dans=self.codes
        )
        gone = gone.exclude(history_change_reason__startswith=ANNULATION)
        return set(gone.values_list("commune", flat=True))

    @cached_property
    def plus_recentes(self):
        """Return the latest of the later lists that were read in each département, by its code.

        It is read there if it says something of a commune there; of an extract, one does not know
        what it lacks.
        """
        found = {}
        for record in self.records:
            departement = record.commune.departement_id
            for champ in SAID_BY_LISTS:
                for dire in self.said(record, champ):
                    source = self.listes.get(dire.source_id)
                    if dire.detail_interne == EXTRAIT or not self.is_later(source):
                        continue
                    latest = found.setdefault(departement, source)
                    if source.date_document > latest.date_document:
                        found[departement] = source
        return found

    def is_later(self, source):
        """Tell whether a source is a list of a later day."""
        return bool(source and source.date_document and source.date_document > self.jour)

    @cached_property
    def suivante(self):
        """Return the latest list of which the base knows, if it is of a later day."""
        later = [source for source in self.listes.values() if self.is_later(source)]
        return max(later, key=lambda source: source.date_document, default=None)

    def of(self, code):
        """Return the time in the programme that a list of the day speaks of, None if there is none.

        The one that runs on the day, that of the commune itself first; else the first begun after
        it; else the last ended.
        """
        known = self.by_commune.get(code, ())
        running = [record for record in known if holds_on(record, self.jour)]
        if running:
            return next((r for r in running if r.commune_id == code), running[0])
        ended = [record for record in known if record.debut <= self.jour]
        return ended[-1] if ended else next(iter(known), None)

    def said(self, record, champ):
        """Return what sources say of a field of a record."""
        return self.dires.get((str(record.pk), champ), [])

    def told_by(self, record, champ):
        """Say by whom a field that a record holds is told: « , d'après … », or nothing."""
        names = [dire.source.d_apres for dire in self.said(record, champ) if dire.retenue]
        return f", {names[0]}" if names else ""

    def already_said(self, record, champ, valeur, brute):
        """Tell whether a list has said that of a field, whatever became of it."""
        return any(
            dire.source_id in self.listes
            and (dire.valeur_brute == brute or (valeur and dire.valeur == valeur))
            for dire in self.said(record, champ)
        )

    def said_by_a_list(self, record, champ):
        """Tell whether it is from a list that a record holds a field."""
        return any(
            dire.retenue and dire.source_id in self.listes for dire in self.said(record, champ)
        )

    def of_an_agent(self, record, champ):
        """Tell whether an agent gave a field the value that it has."""
        return written_by_agent(record, champ, self.versions.get(record.pk, []))

    def emptied(self, record, champ):
        """Tell whether a field that is empty was not, before an agent emptied it."""
        versions = self.versions.get(record.pk, [])
        return any(getattr(version, champ) for version in versions) and self.of_an_agent(
            record, champ
        )

    def absences(self, record):
        """Return what earlier lists have said of a record by not having it, and that still waits."""
        return [
            dire
            for dire in self.said(record, "fin")
            if dire.valeur_brute == ABSENTE
            and not dire.retenue
            and dire.source_id in self.listes
            and (dire.source.date_document or self.jour) < self.jour
        ]
