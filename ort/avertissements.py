"""What looks odd in an ORT that changes: told before it is written, never refused."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from communes.models import Commune, Rattachement
from ort.models import CommuneCouverte, Convention
from ort.regles import date_fin_au
from socle.dates import ONE_DAY, in_words
from socle.francais import depuis, liste


@dataclass(frozen=True)
class Avertissement:
    """A warning: `texte` says what looks odd, `explication` what to do about it.

    `commune` is the code of the one that it is about, if it is about one.
    """

    texte: str
    explication: str
    commune: str = ""


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
    """Warn of communes that enter a convention on `jour` from elsewhere, or from another ORT: two queries."""
    codes = [commune.pk for commune in communes]
    return [*d_ailleurs(convention, codes, jour), *deja_couvertes(convention, codes, jour)]


def d_ailleurs(convention, codes, jour):
    """Warn of communes known to be, on `jour`, of another intercommunalité than the carrier."""
    if convention.porteur is None:
        return
    members = Rattachement.objects.as_of(jour).filter(commune__in=codes)
    for member in (
        members.exclude(intercommunalite=convention.porteur_id)
        .select_related("commune", "intercommunalite")
        .order_by("commune__nom_recherche")
    ):
        yield Avertissement(
            f"{member.commune} n'est pas membre de {convention.porteur.nom_au(jour)} "
            f"{in_words(jour)}, mais de {member.intercommunalite.nom_au(jour)}.",
            "Vérifiez la commune et la convention.",
            member.commune_id,
        )


def deja_couvertes(convention, codes, jour):
    """Warn of communes that another ORT covers already on `jour`."""
    if not convention.vaut_ort:
        return
    covered = CommuneCouverte.objects.en_vigueur(jour).filter(commune__in=codes)
    for couverture in (
        covered.exclude(convention=convention.pk)
        .select_related("commune", "convention", "entree")
        .order_by("commune__nom_recherche", "pk")
    ):
        since = depuis(couverture.date_entree, couverture.acte_entree.precision_signature)
        yield Avertissement(
            f"{couverture.commune} est déjà couverte par « {couverture.convention} » {since}.",
            "Elle serait dans deux ORT : si elle quitte la première, enregistrez d'abord sa sortie.",
            couverture.commune_id,
        )
