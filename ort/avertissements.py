"""What looks odd in an ORT that changes: told before it is written, never refused.

One voice for all doors: the gestes and the files warn of the same, in the same words.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator

from communes.models import Commune, Rattachement
from communes.territoire.du_jour import answering_for
from ort.models import Avenant, CommuneCouverte, Convention
from ort.regles import date_fin_au
from socle.avertissements import Avertissement
from socle.dates import ONE_DAY, in_words
from socle.francais import depuis, liste

# The communes that enter, by the code of the one that answers for them that day.
Entering = dict[str, list[Commune]]


def de_la_signature(convention: Convention, jour: datetime.date) -> list[Avertissement]:
    """Warn of a convention signed on `jour`: of itself, and of those that no avenant brings in."""
    founding = Commune.objects.filter(
        couvertures__convention=convention, couvertures__entree__isnull=True
    )
    return [*de_la_convention(convention, jour), *des_entrees(convention, founding, jour)]


def de_l_avenant(avenant: Avenant, jour: datetime.date) -> list[Avertissement]:
    """Warn of an avenant signed on `jour`, and of those that it brings in."""
    entering = Commune.objects.filter(couvertures__entree=avenant)
    convention = avenant.convention
    return [*apres_la_fin(convention, jour), *des_entrees(convention, entering, jour)]


def de_la_convention(convention: Convention, jour: datetime.date) -> list[Avertissement]:
    """Warn, of an ORT signed on `jour`, of another of the same carrier, and of no ville principale."""
    if not convention.vaut_ort:
        return []
    told = []
    same_carrier = Convention.objects.ort().en_vigueur(jour).exclude(pk=convention.pk)
    if convention.porteur and (
        others := liste(same_carrier.filter(porteur=convention.porteur).order_by("intitule"))
    ):
        told.append(
            Avertissement(
                f"{convention.porteur.nom_au(jour)} porte déjà une ORT ce jour-là : {others}.",
                "Si c'est la même, enregistrez plutôt un avenant.",
            )
        )
    if convention.ville_principale_id is None and not convention.derogation_l303_3:
        told.append(
            Avertissement(
                "La ville principale n'est pas dite, ni la dérogation du préfet.",
                "Sans l'une ni l'autre, une convention-cadre ne vaut pas ORT (articles L. 303-2 et "
                "L. 303-3 du CCH).",
            )
        )
    return told


def apres_la_fin(convention: Convention, jour: datetime.date) -> list[Avertissement]:
    """Warn that a convention had ended when an act of `jour` changes it."""
    fin = date_fin_au(convention, jour - ONE_DAY)
    if fin is None or jour < fin:
        return []
    ended = depuis(fin, convention.precision_signature)
    return [
        Avertissement(
            f"Cette convention est échue {ended}, avant cet avenant.",
            "Vérifiez la date de l'acte, ou la durée de la convention.",
        )
    ]


def des_entrees(
    convention: Convention, communes: Iterable[Commune], jour: datetime.date
) -> list[Avertissement]:
    """Warn of communes that enter a convention on `jour` from elsewhere, or from another ORT.

    Each is asked about by the commune that answers for it that day: a few queries in all.
    """
    entering = defaultdict(list)
    rows = Commune.objects.filter(pk__in=[commune.pk for commune in communes])
    for commune in rows.annotate(commune_du_jour=answering_for("pk", jour)):
        entering[commune.commune_du_jour].append(commune)
    if not entering:
        return []
    return [*d_ailleurs(convention, entering, jour), *deja_couvertes(convention, entering, jour)]


def d_ailleurs(
    convention: Convention, entering: Entering, jour: datetime.date
) -> Iterator[Avertissement]:
    """Warn of communes known to be, on `jour`, of another intercommunalité than the carrier."""
    if convention.porteur is None:
        return
    carrier = convention.porteur.nom_au(jour)
    members = Rattachement.objects.as_of(jour).filter(commune__in=list(entering))
    for member in (
        members.exclude(intercommunalite=convention.porteur_id)
        .select_related("commune", "intercommunalite")
        .prefetch_related("intercommunalite__anciens_noms")
        .order_by("commune__nom_recherche")
    ):
        for commune in entering[member.commune_id]:
            followed = f", suivie par {member.commune}," if commune != member.commune else ""
            yield Avertissement(
                f"{commune}{followed} n'est pas membre de {carrier} {in_words(jour)}, "
                f"mais de {member.intercommunalite.nom_au(jour)}.",
                "Vérifiez la commune et la convention.",
                commune.pk,
            )


def deja_couvertes(
    convention: Convention, entering: Entering, jour: datetime.date
) -> Iterator[Avertissement]:
    """Warn of communes that an ORT covers already on `jour`, under whatever name it knows them."""
    if not convention.vaut_ort:
        return
    themselves = [commune.pk for communes in entering.values() for commune in communes]
    covered = CommuneCouverte.objects.en_vigueur(jour).annotate(
        commune_du_jour=answering_for("commune", jour)
    )
    for couverture in (
        covered.filter(commune_du_jour__in=list(entering))
        .exclude(convention=convention.pk, commune__in=themselves)
        .select_related("commune", "convention", "entree")
        .order_by("commune__nom_recherche", "pk")
    ):
        for commune in entering[couverture.commune_du_jour]:
            yield deja_couverte(convention, commune, couverture)


def deja_couverte(
    convention: Convention, commune: Commune, couverture: CommuneCouverte
) -> Avertissement:
    since = depuis(couverture.date_entree, couverture.acte_entree.precision_signature)
    named = f", sous le nom de {couverture.commune}," if couverture.commune != commune else ""
    if couverture.convention_id == convention.pk:
        return Avertissement(
            f"{commune} est déjà dans cette ORT{named} {since}.",
            "L'une des deux a suivi l'autre : elles ne sont plus qu'une commune.",
            commune.pk,
        )
    return Avertissement(
        f"{commune} est déjà couverte{named} par « {couverture.convention} » {since}.",
        "Elle serait dans deux ORT : si elle quitte la première, enregistrez d'abord sa sortie.",
        commune.pk,
    )
