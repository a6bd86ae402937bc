"""What is new among communes: their public facts, the latest recorded first, as of an Atom feed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time
from itertools import chain

from django.utils import timezone

from communes.models import Labellisation
from ort.actes import with_actes
from ort.models import Avenant, CommuneCouverte, Convention
from pvd.suivi.chronologie import Fait, coverages_of, labellisations_connues, timeline
from pvd.suivi.situation import situations

# More entries than any reader shows; the pages of the communes tell the rest.
ENTREES = 100
# The day of launch of this kind of address, by which a tag is told from any later use of the name.
TAG = "tag:{host},2026-11-23:{model}/{key}/{champ}"

# By kind of record, the fields that tell each fact: the fact is as old as the present value of these.
SIGNATURE = ("date_signature", "precision_signature")
TOLD_BY = {
    Labellisation: {
        "debut": ("debut", "precision_debut"),
        "adhesion": ("date_signature_adhesion", "precision_adhesion"),
        "echeance_ort": ("date_signature_adhesion", "precision_adhesion"),
        "fin": ("fin", "precision_fin", "motif_sortie"),
    },
    Convention: {
        "entree": SIGNATURE,
        "acte": (*SIGNATURE, "duree_annees"),
        "fin": ("date_signature", "duree_annees"),
    },
    Avenant: {
        "entree": SIGNATURE,
        "sortie": SIGNATURE,
        "acte": (*SIGNATURE, "duree_annees", "objet"),
        # The end that it gave to an ORT that had ended before.
        "fin": ("date_signature", "duree_annees"),
    },
    CommuneCouverte: {"entree": ("entree",), "sortie": ("sortie",)},
}


@dataclass
class Nouveaute:
    """A fact, the communes that it happened to, and the moment since when it is news: see `Moments`."""

    fait: Fait
    communes: list
    moment: datetime

    @property
    def connue_le(self):
        """Return the day since when our records have told it."""
        return timezone.localdate(self.moment)

    def tag(self, host):
        """Return the identifier of the entry: it stays when the day of the fact is corrected."""
        fiche, champ = self.fait.fiche, self.fait.champ
        return TAG.format(host=host, model=fiche._meta.model_name, key=fiche.pk, champ=champ)


def midnight(jour):
    return timezone.make_aware(datetime.combine(jour, time.min))


def nouveautes(departement, jour):
    """Return what happened by `jour` to the communes of `departement`, the latest news first.

    News is what an agent wrote, or what a document says: see `MomentsPublics`. The facts are those of
    the timelines of its communes, each once for the communes that share it. A constant number of
    queries, whatever the number of communes.
    """
    known = Labellisation.objects.counted_in(departement, jour).filter(debut__lte=jour)
    found = list(situations(known.communes(jour), jour))
    return nouveautes_des(found, jour, MomentsPublics)[:ENTREES]


def nouveautes_des(found, jour, moments=None):
    """Return what happened by `jour` to the communes of `found`, their situations of that day.

    The latest recorded first, by `Moments` or a sort of them; five queries or so, whatever their number.
    """
    connus = FaitsConnus(found, jour)
    when = (moments or Moments)(connus.labels, connus.conventions)
    return sorted(grouped(connus.faits(), when), key=newest_first)


class FaitsConnus:
    """The timelines of many communes, read together."""

    def __init__(self, found, jour):
        self.situations = found
        self.labels = labellisations_connues([code for s in found for code in s.fiches], jour)
        self.conventions = conventions_entered(found, jour)

    def faits(self):
        """Yield each fact with the situation of its commune, in the order of the timelines."""
        labels, conventions = self.by_commune()
        for situation in self.situations:
            code = situation.commune.pk
            for fact in timeline(situation, labels[code], conventions[code]):
                yield fact, situation

    def by_commune(self):
        """Return the labellisations and the conventions of each commune, by its code."""
        answering = defaultdict(list)
        for situation in self.situations:
            for code in situation.fiches:
                answering[code].append(situation.commune.pk)
        labels, conventions = defaultdict(list), defaultdict(list)
        for label in self.labels:
            for commune in answering[label.commune_id]:
                labels[commune].append(label)
        for convention in self.conventions:
            entered = [answering[c.commune_id] for c in convention.entrees_connues]
            for commune in dict.fromkeys(chain.from_iterable(entered)):
                conventions[commune].append(convention)
        return labels, conventions


def newest_first(nouveaute):
    """Sort by the day of recording, then by the day of the fact, both going down."""
    fait = nouveaute.fait
    return (
        -nouveaute.connue_le.toordinal(),
        -fait.jour.toordinal(),
        fait.fiche._meta.model_name,
        fait.fiche.pk,
    )


def conventions_entered(situations, jour):
    """Return the conventions that the communes of `situations` had entered by `jour`, with their acts."""
    entered = CommuneCouverte.objects.with_dates().filter(
        commune__dans=[code for s in situations for code in s.fiches], date_entree__lte=jour
    )
    found = Convention.objects.filter(pk__in=entered.values("convention"))
    return list(with_actes(found, jour).order_by("date_signature", "pk"))


def grouped(faits, moments):
    """Return one `Nouveaute` for each fact: an act that brings in three communes is told once."""
    groups = {}
    for fact, situation in faits:
        key = type(fact.fiche), fact.fiche.pk, fact.champ
        groups.setdefault(key, []).append((fact, situation))
    return [
        Nouveaute(
            group[0][0],
            list({situation.commune.pk: situation for _, situation in group}.values()),
            max(moments.of(fact, situation) for fact, situation in group),
        )
        for group in groups.values()
    ]


class Moments:
    """When each fact took its present value in our records, read in their history: four queries."""

    def __init__(self, labels, conventions):
        avenants = [avenant for convention in conventions for avenant in convention.avenants.all()]
        self.coverages = [c for convention in conventions for c in convention.entrees_connues]
        self.since = {}
        for model, records in (
            (Labellisation, labels),
            (Convention, conventions),
            (Avenant, avenants),
            (CommuneCouverte, self.coverages),
        ):
            self.read(model, {record.pk for record in records})

    def read(self, model, keys):
        """Go through the versions of the records, and keep the moment of the last change of each fact."""
        last = {}
        versions = model.history.filter(id__dans=keys).order_by("history_date", "history_id")
        for version in versions.iterator():
            for champ, fields in TOLD_BY[model].items():
                value = [getattr(version, model._meta.get_field(name).attname) for name in fields]
                key = model, version.id, champ
                if last.get(key) != value:
                    last[key] = value
                    self.since[key] = self.moment_of(version)

    def moment_of(self, version):
        """Return when a version made its fact news."""
        return version.history_date

    def said_of(self, fact):
        """Return the moments at which a fact is known besides, as far as they make it news."""
        return [midnight(fact.jour)]

    def of(self, fact, situation):
        """Return the later of the day of the fact and of the moment it was recorded or corrected.

        A record without history has been there since the day of the fact.
        """
        recorded = self.since.get((type(fact.fiche), fact.fiche.pk, fact.champ))
        known = [*self.said_of(fact), recorded]
        if fact.convention and fact.champ in TOLD_BY[CommuneCouverte]:
            known += [
                self.since.get((CommuneCouverte, couverture.pk, fact.champ))
                for couverture in coverages_of(situation, fact.convention)
            ]
        return max(moment for moment in known if moment)


class MomentsPublics(Moments):
    """The same, for the public: what is loaded from a file is as old as its documents, not as the loading.

    A version that no agent signs was loaded by a command, on a day that tells nothing of the fact.
    """

    def moment_of(self, version):
        return version.history_date if version.history_user_id else None

    def said_of(self, fact):
        days = (dit.source.date_document for dit in fact.dits)
        return [*super().said_of(fact), *(midnight(day) for day in days if day)]
