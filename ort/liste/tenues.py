"""What the base holds of the ORT, beside which the national list is read: as many queries for any list."""

import datetime
from collections import defaultdict
from collections.abc import Iterable

from communes.territoire.successions import Successions
from ort.faits import ort_datees
from ort.liste.groupes import ActeTenu, ConventionTenue, CouvertureTenue
from ort.models import Avenant, CommuneCouverte, Convention
from ort.regles import date_fin_au
from socle.fichiers.imports import ANNULATION

OF_ACTE = ("pk", "date_signature", "precision_signature", "date_signature_prevue")

OTHERS = ("origine", "porteur", "date_signature_prevue")


def conventions_tenues(jour: datetime.date) -> dict[int, ConventionTenue]:
    """Return all the ORT by their key, their end as known on `jour`."""
    avenants = defaultdict(list)
    for convention, *acte in Avenant.objects.order_by("pk").values_list("convention", *OF_ACTE):
        avenants[convention].append(ActeTenu._make(acte))
    rows = Convention.objects.ort().order_by().values_list("pk", *OTHERS)
    others = {pk: dict(zip(OTHERS, row, strict=True)) for pk, *row in rows}
    return {
        ort.pk: ConventionTenue(
            pk=ort.pk,
            identifiant=ort.identifiant,
            intitule=ort.intitule,
            origine=others[ort.pk]["origine"],
            porteurs=frozenset({others[ort.pk]["porteur"]} - {None}),
            jour=ort.date_signature,
            precision=ort.precision_signature,
            prevue=others[ort.pk]["date_signature_prevue"],
            fin=date_fin_au(ort, jour),
            avenants=tuple(avenants[ort.pk]),
        )
        for ort in ort_datees()
    }


def couvertures_tenues(
    conventions: dict[int, ConventionTenue], jour: datetime.date, successions: Successions
) -> list[CouvertureTenue]:
    """Return the communes in `conventions` that had not left by `jour`, by the one that answers then."""
    avenants = {a.pk: a for c in conventions.values() for a in c.avenants}
    rows = CommuneCouverte.objects.with_dates().order_by("pk")
    return [
        CouvertureTenue(
            successions.commune_du_jour(commune, jour),
            conventions[convention],
            avenants.get(entree),
            pk,
            remarques,
        )
        for commune, convention, entree, sortie, pk, remarques in rows.values_list(
            "commune", "convention", "entree", "date_sortie", "pk", "remarques_enquete"
        )
        if convention in conventions and (sortie is None or sortie > jour)
    ]


def communes_retirees(codes: Iterable[str]) -> set[str]:
    """Return those of these communes whose place in an ORT an agent has removed, and not brought back.

    An import that was taken back is no such removal: it may be done again.
    """
    removed = CommuneCouverte.history.removed().filter(
        history_user__isnull=False, commune__dans=sorted(codes)
    )
    removed = removed.exclude(history_change_reason__startswith=ANNULATION)
    return set(removed.values_list("commune", flat=True))


def signatures_effacees(conventions: Iterable[int]) -> set[int]:
    """Return those of these conventions, without a day of signature, that had one before."""
    signed = Convention.history.filter(id__dans=sorted(conventions), date_signature__isnull=False)
    return set(signed.order_by().values_list("id", flat=True))
