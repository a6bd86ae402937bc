"""The page that a visitor reports: one of ours, at a day, and what it is about.

It travels in the form inside a signed and dated token: nobody makes the site speak of an address
that is not its own. The form belongs to no session, so this token stands for Django's, which
would put a cookie on every public page; it changes once a day, so that pages can be cached.
"""

import datetime
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.core import signing
from django.urls import Resolver404, resolve
from django.utils import timezone

from communes.models import Commune, Departement, Intercommunalite, Rattachement
from ort.models import Convention
from projects.actions.models import Action
from projects.projet.publiques import publiques
from pvd.signalements.models import Signalement

# Older than this room: a page left open must still be able to send its form.
SALT = "pvd.suivi.signalements"
# How many days after it was made a page left open can still send its form.
DAYS = 7
# Addresses that end as pages do, and that no visitor reads as such.
NOT_PAGES = {"signaler", "signaler_merci", "sante", "ort_document"}
LONGEST = Signalement._meta.get_field("page").max_length

# From the name of an address, how to find the record that its page is about.
RECORDS = {
    "commune": lambda code: Commune.objects.resolve(code.upper(), timezone.localdate()),
    "ort": lambda identifiant: Convention.objects.filter(identifiant=identifiant).first(),
    "departement": lambda code: Departement.objects.filter(pk=code.upper()).first(),
    "intercommunalite": lambda siren: Intercommunalite.objects.filter(pk=siren).first(),
    # One that no act signed yet brings has no page: its name is not told.
    "action": lambda identifiant: (
        publiques(timezone.localdate()).filter(identifiant=identifiant).first()
    ),
}
RECORDS |= {
    "commune_projet": RECORDS["commune"],
    "ort_projet": RECORDS["ort"],
    "ort_bilan": lambda identifiant, bilan: RECORDS["ort"](identifiant),
    "departement_projet": RECORDS["departement"],
    "action_affiche": RECORDS["action"],
}


class PageInconnue(Exception):
    """An address that is not that of a public page of this site."""


def match_of(path):
    """Return what resolves `path`, a public page of this site; raise `PageInconnue` otherwise."""
    try:
        match = resolve(path)
    except Resolver404:
        raise PageInconnue from None
    # Pages end with a slash; files, feeds and images do not. The back office has a namespace.
    page = path.endswith("/") and len(path) <= LONGEST and not match.namespaces
    if not page or match.url_name in NOT_PAGES:
        raise PageInconnue
    return match


@dataclass(frozen=True)
class PageSignalee:
    """A public page as a visitor looked at it."""

    path: str
    jour: datetime.date

    def jeton(self, today):
        """Return the signed text that names this page and its day: the same all day long."""
        named = [self.path, self.jour.isoformat(), today.isoformat()]
        return signing.Signer(salt=SALT).sign_object(named)

    @property
    def adresse(self):
        """Return the address of the page at that day, on this site."""
        return f"{self.path}?au={self.jour.isoformat()}"

    @cached_property
    def record(self):
        """Return the record that the page is about, or None when it is about several, or none."""
        match = match_of(self.path)
        find = RECORDS.get(match.url_name)
        return find(**match.kwargs) if find else None

    @property
    def nom(self):
        """Return the name of that record on the day, or the address of the page."""
        if hasattr(self.record, "nom_au"):
            return self.record.nom_au(self.jour)
        return str(self.record or self.path)

    @property
    def departement(self):
        """Return the département of the page, or that of the site; None is the national level.

        An ORT is of its reference département, and an action of its plan too; an intercommunalité of
        that of most of its communes on the day.
        """
        match self.record:
            case Departement():
                return self.record
            case Commune():
                return self.record.departement
            case Convention():
                return self.record.departement_reference
            case Action():
                return departement_of_action(self.record)
            case Intercommunalite():
                members = Rattachement.objects.as_of(self.jour).filter(intercommunalite=self.record)
                codes = members.values_list("commune__departement", flat=True)
                code = max(Counter(codes).items(), key=lambda held: held[1], default=("", 0))[0]
            case _:
                code = settings.PVD_DEPARTEMENT
        return Departement.objects.filter(pk=code).first()

    def sujet(self):
        """Return the fields of a report that say what the page is about."""
        return {
            "page": self.path,
            "jour": self.jour,
            "departement": self.departement,
            "commune": self.record if isinstance(self.record, Commune) else None,
            "convention": self.record if isinstance(self.record, Convention) else None,
        }


def departement_of_action(action):
    """Return the département that keeps the plan of an action, else that of its first commune."""
    if action.convention:
        return action.convention.departement_reference
    first = action.communes_liees.select_related("commune__departement").first()
    return first.commune.departement if first else None


def read_jeton(jeton, today):
    """Return the page that a token names, and whether the token is still good on `today`.

    It is good on the day it was made and the seven days after. Raises `PageInconnue` for what this
    site did not sign.
    """
    try:
        path, jour, made = signing.Signer(salt=SALT).unsign_object(jeton)
    except signing.BadSignature:
        raise PageInconnue from None
    match_of(path)
    age = today - datetime.date.fromisoformat(made)
    return PageSignalee(path, datetime.date.fromisoformat(jour)), age.days <= DAYS
