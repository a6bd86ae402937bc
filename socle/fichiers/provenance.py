"""Who says the dates of a file: none is written that nobody says, nor as said by who says another."""

from collections import defaultdict
from dataclasses import dataclass

from socle.avertissements import of_source
from socle.dates import Precision
from socle.fichiers.champs import CelluleRefusee, is_erasure
from socle.fichiers.lignes import CelluleChangee, LigneRefusee, shown
from socle.sources import Affirmation, Source, Sourcee, affirm, record_type, written_day

NO_SOURCE = (
    "date sans source : nommez-la dans la colonne « {} », ou dites à l'envoi du fichier d'où viennent "
    "ses dates"
)
OTHER_DATE = (
    "« {source} » dit {dit} : si une autre source dit la nouvelle date, nommez-la ; si celle-ci a été "
    "mal lue, corrigez-la sur la fiche"
)


@dataclass
class Provenance:
    """Who says the dates of a file that names no source of its own; `detail`, how, for the service."""

    source: Source
    detail: str = ""


class Dires:
    """What sources say of the dates of `records`, those of a Resource, and what each row makes them say."""

    def __init__(self, ressource, provenance, records):
        self.ressource, self.provenance = ressource, provenance
        self.said = defaultdict(list)
        model = ressource._meta.model
        if issubclass(model, Sourcee):
            keys = [str(record.pk) for record in records]
            of_model = Affirmation.objects.filter(content_type=record_type(model))
            for said in of_model.filter(object_id__dans=keys).select_related("source"):
                self.said[said.object_id, said.champ].append(said)

    def exact_again(self, instance, before, row):
        """Make exact to the day a date that the row changes without a word of its precision."""
        changements = []
        for champ, _, precision_column in self.ressource.dated_sources.values():
            attribute = self.attribute_of(precision_column)
            if row.get(precision_column) or not attribute:
                continue
            old = getattr(instance, attribute)
            if getattr(instance, champ) != before.get(champ, getattr(instance, champ)):
                setattr(instance, attribute, Precision.JOUR)
                if old != Precision.JOUR:
                    changements.append(
                        CelluleChangee(precision_column, shown(old), shown(Precision.JOUR))
                    )
        return changements

    def precision_kept(self, instance, column):
        """Return how exactly the record knows the date whose precision a row does not tell."""
        return getattr(instance, self.attribute_of(column) or "", Precision.JOUR)

    def attribute_of(self, column):
        fields = self.ressource.get_import_fields()
        return next((f.attribute for f in fields if f.column_name == column), None)

    def affirmations(self, instance, changed, row):
        """Return the affirmations that the row adds, each as the change to show and the values to write.

        A column of sources vouches for its date whatever the row changes; without such a column,
        the source of the whole import vouches for the dates that the row changes.
        """
        found = []
        for column, (champ, date_column, precision_column) in self.ressource.dated_sources.items():
            source, detail = self.source_of(column, row, champ in changed)
            if source is None or not row.get(date_column) or is_erasure(row[date_column]):
                continue
            precision = row.get(precision_column) or self.precision_kept(instance, precision_column)
            said = [s for s in self.said[str(instance.pk), champ] if s.retenue]
            jour = written_day(row[date_column], precision)
            if any((s.source, s.valeur, s.precision) == (source, jour, precision) for s in said):
                continue
            before = ", ".join(sorted({s.source.titre for s in said}))
            written = {
                "champ": champ,
                "valeur_brute": row[date_column],
                "source": source,
                "precision": precision,
                "detail_interne": detail,
            }
            found.append((CelluleChangee(column, before, source.titre), written))
        return found

    def source_of(self, column, row, changed):
        """Return who says a date, by its own column or, if it is `changed`, by the whole import; and how."""
        if source := self.ressource.sources.get(row.get(column)):
            return source, ""
        if changed and self.provenance:
            return self.provenance.source, self.provenance.detail
        return None, ""

    def refuse_false_sources(self, instance, changed, row):
        """Refuse a date that the row changes, if nobody says it, or if its source is known to say another.

        A service may correct what it knows; a document says what it says.
        """
        refus = []
        for column, (champ, date_column, _) in self.ressource.dated_sources.items():
            if champ not in changed or not row.get(date_column):
                continue
            source, _ = self.source_of(column, row, changed=True)
            if source is None:
                refus.append(
                    CelluleRefusee(date_column, row[date_column], NO_SOURCE.format(column))
                )
            elif source.genre != Source.Genre.SERVICE:
                refus += self.denials(instance, champ, source, column, row)
        if refus:
            raise LigneRefusee(refus)

    def denials(self, instance, champ, source, column, row):
        """Return why `source`, which says another date of a field, cannot say the new one; none if it may."""
        return [
            CelluleRefusee(
                column, row.get(column, ""), OTHER_DATE.format(source=source, dit=said.dit)
            )
            for said in self.said[str(instance.pk), champ]
            if said.source == source
            and said.retenue
            and said.valeur != str(getattr(instance, champ))
        ]

    def doubts(self, instance, affirmations):
        """Return, in sentences, what looks odd between the dates of a row and the documents that say them."""
        told = []
        for _, said in affirmations:
            champ = said["champ"]
            saying = (instance, champ, getattr(instance, champ), said["precision"])
            told += [warning.texte for warning in of_source(said["source"], [saying])]
        return told

    def write(self, instance, affirmations):
        """Write what the row makes its sources say; a date of which none spoke yet costs no reading."""
        for _, said in affirmations:
            if self.said[str(instance.pk), said["champ"]]:
                affirm(instance, **said)
            else:
                valeur = written_day(said["valeur_brute"], said["precision"])
                Affirmation.objects.create(fiche=instance, valeur=valeur, **said)
