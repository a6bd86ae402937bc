"""The reviews that the ORT of an agent await: on its home and on a page, each with what closes it."""

import datetime
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from ort.models import Convention
from projects.acceptations import acceptees_au
from projects.evaluations.models import EcheanceAcceptee
from projects.evaluations.regles import (
    BASE_LEGALE,
    MOIS,
    EcheanceDeBilan,
    EtatEcheance,
    NatureBilan,
    est_echeance,
)
from projects.projet.revues import Revue, en_une_phrase, lire
from pvd.bureau import acceptations
from pvd.bureau.perimetre import Perimetre, asked_perimetre
from socle.dates import bare, parse_date, refuse_far_years

# What somebody has to see to, whatever the département keeps.
ATTENDUES = {EtatEcheance.DEPASSEE, EtatEcheance.DANS_SIX_MOIS}


@dataclass(frozen=True)
class BilanAttendu:
    """A due date of an ORT that is near, over, or of which nobody knows whether it was held."""

    convention: Convention
    echeance: EcheanceDeBilan

    @property
    def phrase(self):
        return en_une_phrase(self.echeance)

    @property
    def geste(self):
        """Return the address of the geste that holds it, which proposes it."""
        asked = {"nature": self.echeance.nature.value, "periode": self.echeance.jour.isoformat()}
        address = reverse("admin:geste", args=["tenir-un-bilan", self.convention.pk])
        return f"{address}?{urlencode(asked)}"

    @property
    def acceptation(self):
        key = f"{self.echeance.nature}-{self.echeance.jour.isoformat()}"
        return reverse("admin:accepter_une_echeance", args=[self.convention.pk, key])


def bilans_attendus(perimetre: Perimetre, jour: datetime.date) -> list[BilanAttendu]:
    """Return what the ORT of an agent await on `jour`, the earliest first, what is accepted left out.

    Of all France at once, none: the national level chooses a département.
    """
    if perimetre.everywhere:
        return []
    found = non_acceptes(perimetre.of(Convention).ort().signees(jour), jour)
    return sorted(found, key=lambda attendu: (attendu.echeance.jour, attendu.convention.intitule))


def plus_dues(convention: Convention, jour: datetime.date) -> list[EcheanceDeBilan]:
    """Return what an ORT awaits on `jour`, the most due first: of one day, the evaluation of five years.

    What is over comes first, then what nobody knows of, then what is near.
    """
    signed = Convention.objects.filter(pk=convention.pk).ort().signees(jour)
    rank = [EtatEcheance.DEPASSEE, EtatEcheance.INCONNUE, EtatEcheance.DANS_SIX_MOIS].index
    return sorted(
        (attendu.echeance for attendu in non_acceptes(signed, jour)),
        key=lambda echeance: (rank(echeance.etat), echeance.jour, -MOIS[echeance.nature]),
    )


def non_acceptes(conventions, jour) -> list[BilanAttendu]:
    """Return what `conventions`, a queryset, await on `jour`, what is accepted left out."""
    accepted = acceptees(conventions, jour)
    return [
        BilanAttendu(revue.convention, echeance)
        for revue in lire(conventions, jour)
        for echeance in attendues(revue)
        if (revue.convention.pk, echeance.nature, echeance.jour) not in accepted
    ]


def attendues(revue: Revue) -> list[EcheanceDeBilan]:
    """Keep the due dates that are over or near, and the last that nobody knows of, of each nature."""
    last = [revue.derniere(nature) for nature in NatureBilan]
    unknown = [e for e in last if e and e.etat == EtatEcheance.INCONNUE]
    return [e for e in revue.echeances if e.etat in ATTENDUES or e in unknown]


def acceptees(conventions, jour):
    """Return the due dates of `conventions` that somebody accepts on `jour` not to be held."""
    rows = EcheanceAcceptee.objects.filter(convention__in=conventions.order_by().values("pk"))
    return set(acceptees_au(rows, jour).order_by().values_list("convention", "nature", "periode"))


def attendus(request):
    """List the reviews that the ORT of the agent await."""
    perimetre, own = asked_perimetre(request)
    context = admin.site.each_context(request) | {
        "title": "Bilans attendus",
        "perimetre": perimetre,
        "departements": own,
        "attendus": bilans_attendus(perimetre, timezone.localdate()),
        "tient": request.user.has_perm("projects.add_bilan"),
        "base": BASE_LEGALE,
    }
    return TemplateResponse(request, "bureau/bilans.html", context)


def accepter(request, pk, echeance):
    """Accept that a review is not held, and say why: it is told no more."""
    if not request.user.has_perm("projects.add_echeanceacceptee"):
        raise PermissionDenied
    convention = get_object_or_404(Convention.objects.for_user(request.user), pk=pk)
    nature, periode = asked_echeance(convention, echeance)
    return acceptations.accepter(
        request,
        EcheanceAcceptee(convention=convention, nature=nature, periode=periode),
        sujet=convention,
        titre=f"Accepter sans bilan : {nature.label}, {bare(periode, convention.precision_signature)}",
        objet=convention,
        liste=("admin:bilans", "Bilans attendus"),
        fait=f"Cette échéance ne sera plus attendue de « {convention} ».",
    )


def asked_echeance(convention, text):
    """Return the nature and the day that an address names, if the ORT is to be reviewed then; else 404."""
    name, _, day = text.partition("-")
    try:
        nature, periode = NatureBilan(name), parse_date(day)
        refuse_far_years(periode)
    except ValueError:
        raise Http404 from None
    if not est_echeance(convention, nature, periode, timezone.localdate()):
        raise Http404
    return nature, periode
