"""The readings that are late: on the home of an agent and on a page, each with what closes it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from projects.acceptations import acceptees_au
from projects.indicateurs import regles
from projects.indicateurs.faits import CleMesure, mesures_datees
from projects.models import AttenteAcceptee, Cible, Releve
from pvd.bureau import acceptations
from pvd.bureau.perimetre import asked_perimetre
from socle.admin.page_d_agent import page_url
from socle.dates import bare, parse_date

# Where a reading is noted, by what it is of; that of a commune is noted from its page.
GESTES = {"action": "action-relever-un-indicateur", "convention": "ort-relever-un-indicateur"}


@dataclass(frozen=True)
class ReleveAttendu:
    """A reading that is late: the target that awaits it, and the day by which it was expected."""

    cible: Cible
    jour: datetime.date

    @property
    def adresse(self):
        """Return the address of the page of what is measured."""
        return page_url(self.cible.objet)

    @property
    def geste(self):
        """Return where the reading is noted."""
        for name, slug in GESTES.items():
            if key := getattr(self.cible, f"{name}_id"):
                asked = f"?indicateur={self.cible.indicateur_id}"
                return reverse("admin:geste", args=[slug, key]) + asked
        return self.adresse

    @property
    def acceptation(self):
        args = [self.cible.pk, self.jour.isoformat()]
        return reverse("admin:accepter_une_attente", args=args)


def releves_attendus(perimetre, jour) -> list[ReleveAttendu]:
    """Return the readings that are late on `jour`, the longest awaited first, what is accepted left out.

    Of all France at once, none: the national level chooses a département.
    """
    if perimetre.everywhere:
        return []
    cibles, releves = perimetre.of(Cible), perimetre.of(Releve)
    accepted = AttenteAcceptee.objects.filter(cible__in=cibles.order_by().values("pk"))
    left = set(acceptees_au(accepted, jour).order_by().values_list("cible", "attendu_le"))
    return [r for r in en_retard(cibles, releves, jour) if (r.cible.pk, r.jour) not in left]


def en_retard(cibles, releves, jour) -> list[ReleveAttendu]:
    """Return the readings late on `jour` of what `cibles` aim at, of which `releves` may be."""
    cibles = cibles.au(jour)
    measured = cibles.order_by().values("indicateur")
    mesures = mesures_datees(releves.filter(indicateur__in=measured), cibles)
    late = {
        cle: regles.attendu_le(mesure, jour)
        for cle, mesure in mesures.items()
        if regles.en_retard(mesure, jour)
    }
    found = [ReleveAttendu(cible, late[cle]) for cle, cible in dernieres(cibles) if cle in late]
    return sorted(found, key=lambda attendu: (attendu.jour, str(attendu.cible)))


def dernieres(cibles) -> Iterable[tuple[CleMesure, Cible]]:
    """Return the last target that is set of each measure: the one that a reading is awaited for."""
    links = ("indicateur", "action", "convention", "commune", "secteur")
    last = {
        CleMesure._make(getattr(cible, f"{name}_id") for name in CleMesure._fields): cible
        for cible in cibles.select_related(*links).order_by("fixee_le", "pk")
    }
    return last.items()


def attendus(request):
    """List the readings that are late, of what the agent keeps."""
    perimetre, own = asked_perimetre(request)
    found = releves_attendus(perimetre, timezone.localdate())
    theirs = Cible.objects.a_ecrire(request.user).filter(pk__in=[a.cible.pk for a in found])
    context = admin.site.each_context(request) | {
        "title": "Relevés d'indicateurs attendus",
        "perimetre": perimetre,
        "departements": own,
        "attendus": found,
        "ecrites": set(theirs.order_by().values_list("pk", flat=True)),
        "releve": request.user.has_perm("projects.add_releve"),
    }
    return TemplateResponse(request, "bureau/releves.html", context)


def accepter(request, pk, echeance):
    """Accept that a reading does not come, and say why: it is told no more, and the next one will be."""
    if not request.user.has_perm("projects.add_attenteacceptee"):
        raise PermissionDenied
    cible = get_object_or_404(Cible.objects.a_ecrire(request.user), pk=pk)
    attendu = asked_attente(cible, echeance)
    return acceptations.accepter(
        request,
        AttenteAcceptee(cible=cible, attendu_le=attendu.jour),
        sujet=cible.objet,
        titre=f"Accepter sans relevé : {cible.indicateur}, {bare(attendu.jour)}",
        objet=cible.objet,
        liste=("admin:releves_attendus", "Relevés d'indicateurs attendus"),
        fait=f"Ce relevé ne sera plus attendu de « {cible.objet} » ; le suivant le sera.",
    )


def asked_attente(cible, text):
    """Return the reading late of a target that an address names by its day; 404 if none is."""
    try:
        jour = parse_date(text)
    except ValueError:
        raise Http404 from None
    of_object = {name: getattr(cible, name) for name in CleMesure._fields}
    same = (model.objects.filter(**nulls_apart(of_object)) for model in (Cible, Releve))
    late = en_retard(*same, timezone.localdate())
    found = next((r for r in late if (r.cible, r.jour) == (cible, jour)), None)
    if found is None:
        raise Http404
    return found


def nulls_apart(fields):
    """Return a filter of these values: what is empty is asked as such."""
    return {
        (name if value is not None else f"{name}__isnull"): (value if value is not None else True)
        for name, value in fields.items()
    }
