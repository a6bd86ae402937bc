"""The boxes of the home: what asks for something, then what happened or will."""

from dataclasses import dataclass

from django.utils import timezone

from communes.interlocuteurs.lecture import sans_interlocuteur
from ort.models import Convention
from pvd.bureau.accueil import attend
from pvd.bureau.alertes.lues import alertes_de
from pvd.bureau.bilans import bilans_attendus
from pvd.bureau.changements import recent_changes
from pvd.bureau.releves import releves_attendus
from pvd.suivi.verifications import count_constats

# A box shows so many lines, and says how many more there are.
LINES = 10


@dataclass(frozen=True)
class Boite:
    """A box of the home, written by `bureau/accueil/<nom>.html`; one that holds nothing is not shown.

    `sans_ligne` counts what waits besides, of which the box tells the number alone.
    """

    nom: str
    lignes: list
    total: int
    sans_ligne: int = 0

    @classmethod
    def of(cls, nom, found, sans_ligne=0):
        return cls(nom, found[:LINES], len(found), sans_ligne)

    @classmethod
    def by_sort(cls, nom, sorts):
        """Return a box that has a line for each sort, whatever their number."""
        return cls(nom, sorts, len(sorts))

    def __bool__(self):
        return bool(self.total or self.sans_ligne)

    @property
    def reste(self):
        return self.total - len(self.lignes)

    @property
    def gabarit(self):
        return f"bureau/accueil/{self.nom}.html"


def what_waits(perimetre, jour):
    """Return the boxes of what asks for something, the most pressing first."""
    user = perimetre.user
    answers = user.has_perm("suivi.change_signalement")
    tells = user.has_perm("communes.add_interlocuteur")
    unknown = sans_interlocuteur(user, perimetre.departement) if tells else []
    sans_fin = perimetre.of(Convention).ort().sans_fin(jour).count()
    return [
        Boite.of("interlocuteurs", unknown),
        Boite.of("propositions", attend.proposals_waiting(perimetre)),
        Boite.of("rappels", attend.due_reminders(perimetre, jour)),
        Boite.of("retards", attend.late_ort(perimetre, jour)),
        Boite.of("echeances", attend.ending_ort(perimetre, jour), sans_ligne=sans_fin),
        Boite.of("postes", attend.posts_to_fill(perimetre, jour)),
        Boite.of("contrats", attend.ending_contracts(perimetre, jour)),
        Boite.of("cofinancements", attend.ending_fundings(perimetre, jour)),
        Boite.of("signalements", attend.reports_to_answer(perimetre, jour) if answers else []),
        Boite.of("releves", releves_attendus(perimetre, jour)),
        Boite.by_sort("alertes", alertes_de(perimetre, jour)),
        Boite.of("plans", attend.plans_to_read_again(perimetre, jour)),
        Boite.of("bilans", bilans_attendus(perimetre, jour)),
        Boite.by_sort("constats", count_constats(perimetre, jour)),
    ]


def what_is_told(perimetre, own, jour):
    """Return the boxes of what asks for nothing: what will be, and what was done."""
    return [
        Boite.of("evenements", attend.coming_events(perimetre, own, jour)),
        Boite.of("changements", recent_changes(perimetre, timezone.now())),
    ]
