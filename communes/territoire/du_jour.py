"""Records asked for, and shown, by the commune that answers for them on a day: see `Succession`."""

from copy import copy

from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce

from communes.territoire.models import Commune, Succession


class DeCommuneQuerySet(models.QuerySet):
    """The records that name a `commune`, which another one may follow."""

    def communes_du_jour(self, jour):
        """Return the codes of the communes that answer on `jour` for these records, to choose by."""
        answering = self.order_by().annotate(commune_du_jour=answering_for("commune", jour))
        return answering.values("commune_du_jour")

    def codes_du_jour(self, jour):
        """Return these codes, to be read."""
        return self.communes_du_jour(jour).values_list("commune_du_jour", flat=True)

    def des(self, communes, jour):
        """Keep the records for which one of `communes`, as keys to choose by, answers on `jour`."""
        answering = self.alias(commune_du_jour=answering_for("commune", jour))
        return answering.filter(commune_du_jour__in=communes)


def answering_for(field, jour):
    """Return the code of the commune that answers on `jour` for that of `field`, in SQL."""
    running = Succession.objects.as_of(jour).filter(commune=OuterRef(field))
    followed = Subquery(running.values("devient")[:1])
    return Coalesce(followed, F(field), output_field=models.CharField(max_length=5))


def fiches_des(communes, jour):
    """Return the codes whose records are, on `jour`, those of `communes`, as keys to choose by.

    The other way round from `answering_for`: an index leads from a few communes to their records,
    where `DeCommuneQuerySet.des` reads each record to know whose it is.
    """
    running = Succession.objects.as_of(jour).order_by()
    own = Q(~Exists(running.filter(commune=OuterRef("pk"))), pk__in=communes)
    followed = Q(pk__in=running.filter(devient__in=communes).values("commune"))
    return Commune.objects.order_by().filter(own | followed).values("pk")


def with_successions(jour, path="commune"):
    """Return the prefetch of the commune that answers on `jour` for the one at `path`: see `au_nom_de`."""
    return Prefetch(f"{path}__successions", successions_au(jour), to_attr="successions_du_jour")


def successions_au(jour):
    """Return the successions of `jour`, with what names the commune that follows."""
    running = Succession.objects.as_of(jour).select_related("devient__departement")
    return running.prefetch_related("devient__anciens_noms")


def noms_du_jour(jour):
    """Return the prefetches of what names on `jour` the `commune` of records."""
    return ["commune__anciens_noms", with_successions(jour)]


def nommer(communes, jour, successions):
    """Read at once what `noms_du_jour` does, of a list of communes: a query, three where one is no more.

    `successions` are those of all days, which tell where one is no more.
    """
    prefetch_related_objects(communes, "anciens_noms")
    followed = [c for c in communes if successions.commune_du_jour(c.pk, jour) != c.pk]
    running = Prefetch("successions", successions_au(jour), to_attr="successions_du_jour")
    prefetch_related_objects(followed, running)
    for commune in communes:
        if commune not in followed:
            commune.successions_du_jour = []


def au_nom_de(commune):
    """Return the commune that answers for one read by `with_successions`, itself most often."""
    followed = commune.successions_du_jour
    return followed[0].devient if followed else commune


def reunies(rows):
    """Return `rows`, read by `with_successions`, each in the name of the commune that answers for it.

    A commune has one: the first of those of the communes that it regroups. The records stay as
    they are: what is given in another name is a copy.
    """
    first = {}
    for row in rows:
        commune = au_nom_de(row.commune)
        if commune.pk not in first:
            first[commune.pk] = row if commune is row.commune else in_the_name_of(commune, row)
    return list(first.values())


def in_the_name_of(commune, row):
    shown = copy(row)
    shown.commune = commune
    return shown
