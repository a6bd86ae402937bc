"""When the page of a commune was last changed: the latest version of the records it rests on.

They are its times in the programme, the ORT it is or was in with their acts, parties and sectors,
the posts that serve it, and what sources say of all their dates. The territory, loaded by vintage
for all of France at once, is not counted.
"""

from collections import defaultdict
from functools import cache

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, F, Max, Q, Value
from django.db.models.functions import Cast
from django.utils import timezone

from communes.models import Labellisation, Succession
from communes.territoire.faits import successions_lues
from ort.models import Avenant, CommuneCouverte, Convention, Partie, Secteur
from projects.postes.models import Desserte, Occupation, Poste, Recrutement
from socle.sources import Affirmation

# What ties a commune to the records of its page: a row of each, and the record that it leads to.
LIENS = [
    (Labellisation, Labellisation, "id"),
    (CommuneCouverte, Convention, "convention_id"),
    (Desserte, Poste, "poste_id"),
]
# The rows of those records, each with what leads back to it.
RANGEES = [
    (Convention, Convention, "id"),
    (Avenant, Convention, "convention_id"),
    (Partie, Convention, "convention_id"),
    (Secteur, Convention, "convention_id"),
    (Poste, Poste, "id"),
    (Occupation, Poste, "poste_id"),
    (Recrutement, Poste, "poste_id"),
]
SOURCEES = (Labellisation, Convention, Avenant, Poste)


def derniere_mise_a_jour(commune):
    """Return the day on which the page of `commune` last changed, or None if no record speaks of it."""
    return dernieres_mises_a_jour([commune.pk]).get(commune.pk)


def dernieres_mises_a_jour(communes):
    """Return, by code, the day on which the page of each of `communes` last changed.

    `communes` is a queryset or a list of codes; one that no record speaks of is absent. A constant
    number of queries, four, whatever the number of communes.
    """
    latest, behind = {}, defaultdict(set)
    successions = successions_lues()
    for row in read(links_to(communes)):
        followed = successions.of_commune.get(row["commune"], ())
        for commune in {row["commune"], *(succession.devient for succession in followed)}:
            keep_latest(latest, commune, row["quand"])
            behind[row["page"], row["cle"]].add(commune)
    for row in read(rows_of(behind)):
        for commune in behind[row["page"], row["cle"]]:
            keep_latest(latest, commune, row["quand"])
            if row["modele"] != row["page"]:
                behind[row["modele"], row["rangee"]].add(commune)
    for row in read_sources(behind):
        for commune in behind[row["modele"], row["object_id"]]:
            keep_latest(latest, commune, row["quand"])
    return {code: timezone.localtime(moment).date() for code, moment in latest.items()}


def keep_latest(latest, commune, moment):
    """Keep the later of two moments."""
    latest[commune] = max(moment, latest.get(commune, moment))


@cache
def versions_of(model):
    """Return the manager of the versions of `model`: its `history` is a class made at each reading."""
    return model.history.model._default_manager


def label(model):
    return Value(model._meta.label_lower, CharField())


def as_text(name):
    return Cast(F(name), CharField())


def links_to(communes):
    """Yield the versions of the rows that name one of `communes`, or one that they follow.

    The latest of each record.
    """
    followed = Succession.objects.filter(devient__in=communes).values("commune")
    named = Q(commune__in=communes) | Q(commune__in=followed)
    for model, page, key in LIENS:
        versions = versions_of(model).filter(named).order_by()
        yield versions.values("commune", page=label(page), cle=as_text(key)).annotate(
            quand=Max("history_date")
        )


def rows_of(behind):
    """Yield the versions of the records that `behind` names, and of their rows."""
    for model, page, key in RANGEES:
        keys = {int(cle) for name, cle in behind if name == page._meta.label_lower}
        if not keys:
            continue
        versions = versions_of(model).filter(**{f"{key}__dans": keys}).order_by()
        yield versions.values(
            modele=label(model), page=label(page), cle=as_text(key), rangee=as_text("id")
        ).annotate(quand=Max("history_date"))


def read_sources(behind):
    """Return the versions of what sources say of the records that `behind` names."""
    types = {ContentType.objects.get_for_model(m).pk: m._meta.label_lower for m in SOURCEES}
    versions = versions_of(Affirmation).filter(
        content_type__in=types, object_id__dans={cle for _, cle in behind}
    )
    rows = (
        versions.order_by().values("content_type", "object_id").annotate(quand=Max("history_date"))
    )
    for row in rows:
        row["modele"] = types[row["content_type"]]
        if (row["modele"], row["object_id"]) in behind:
            yield row


def read(versions):
    """Read several sorts of versions, of one shape, in one query; nothing where there is none."""
    first, *others = [*versions] or [versions_of(Labellisation).none()]
    return first.union(*others, all=True)
