"""The figures of each département on a day, all counted at once: a constant number of queries."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from communes.models import Commune, Departement, Rattachement, Tenue
from communes.programme.lecture import ouverture
from communes.territoire.du_jour import answering_for
from projects.postes.models import Desserte, Occupation
from pvd.suivi.chiffres import Decompte, absence_tells
from pvd.suivi.completude import champ_de
from pvd.suivi.faits import Faits
from pvd.suivi.models import Chiffre

# What is counted of tables that all the départements share.
DE_PLUSIEURS = (Chiffre.INTERCOMMUNALITES, Chiffre.CHEFS_DE_PROJET)


@dataclass
class LigneDepartement:
    """A département, and its `chiffres` on a day; one that is not known is None: see `known`."""

    departement: Departement
    chiffres: dict[Chiffre, int | None]


def chiffres_par_departement(
    departements: Iterable[Departement], jour: datetime.date
) -> list[LigneDepartement]:
    """Return the figures on `jour` of each of `departements`, in their order: nine queries at most."""
    departements, faits = list(departements), Faits()
    communes = communes_suivies()
    membres = dict(
        Rattachement.objects.as_of(jour).order_by().values_list("commune", "intercommunalite")
    )
    en_poste, opened = chefs_de_projet(jour), ouverture()
    found = []
    for departement in departements:
        decompte = Decompte(departement, jour, faits.parmi(communes[departement.pk]))
        values = {chiffre: decompte[chiffre] for chiffre in Chiffre if chiffre not in DE_PLUSIEURS}
        values[Chiffre.INTERCOMMUNALITES] = len(
            {membres[code] for code in decompte.laureates if code in membres}
        )
        values[Chiffre.CHEFS_DE_PROJET] = len(en_poste[departement.pk])
        tells = absence_tells(decompte, opened)
        found.append(
            LigneDepartement(
                departement,
                {
                    chiffre: known(value, getattr(departement, champ_de(chiffre)), tells)
                    for chiffre, value in values.items()
                },
            )
        )
    return found


def known(value: int, tenue: str, tells: bool) -> int | None:
    """Return a figure as what is kept lets it be told, or None: what is not kept is not zero.

    Nothing is told of a département that is not kept. Where it is not kept in full, or while an absence
    `tells` nothing, none recorded does not mean none.
    """
    if tenue == Tenue.AUCUNE:
        return None
    return value if tenue == Tenue.COMPLETE and tells else value or None


def communes_suivies() -> dict[str, list[str]]:
    """Return the codes of the communes ever in the programme, by the code of their département: one query."""
    labelled = Q(labellisations__isnull=False) | Q(heritages__commune__labellisations__isnull=False)
    rows = Commune.objects.order_by().filter(labelled).values_list("departement", "pk").distinct()
    found = defaultdict(list)
    for departement, code in rows:
        found[departement].append(code)
    return found


def chefs_de_projet(jour: datetime.date) -> dict[str, set[int]]:
    """Return the keys of those in post on `jour`, by the code of each département served: three queries."""
    running = Desserte.objects.as_of(jour).order_by()
    served = running.annotate(commune_du_jour=answering_for("commune", jour))
    by_poste = defaultdict(set)
    for poste, code in served.values_list("poste", "commune_du_jour"):
        by_poste[poste].add(code)
    codes = {code for of_poste in by_poste.values() for code in of_poste}
    communes = Commune.objects.order_by().filter(pk__dans=codes)
    departements = dict(communes.values_list("pk", "departement"))
    found = defaultdict(set)
    held = Occupation.objects.en_poste(None, jour).order_by()
    for occupation, poste in held.values_list("pk", "poste"):
        for code in by_poste[poste]:
            found[departements[code]].add(occupation)
    return found
