"""What the page of a record tells an agent, whatever the record: drawn from what the house computes."""

from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from communes.models import Labellisation
from communes.territoire.du_jour import with_successions
from ort.models import Avenant, Convention, Document, Proposition
from projects.carnet.models import SUJETS
from projects.etudes.du_jour import EtudesDatees
from projects.models import Action, Bilan, Contact, Etude, Financement, Note
from projects.postes.du_jour import situer
from projects.postes.histoire import tell_holder
from projects.postes.models import EMPLOYEURS, Desserte, Etat, Occupation, Poste
from projects.postes.phrases import tell_etat
from projects.projet.du_jour import ActionsDatees
from pvd.bureau.changements import last_changes
from pvd.bureau.fiches.echeances import (
    demandes,
    echeance_de,
    echeances_des_postes,
    rappels,
    signatures_prevues,
)
from pvd.bureau.gestes import gestes_for, gestes_possibles
from pvd.bureau.perimetre import Perimetre
from pvd.suivi.verifications import Constat, constats
from socle.adresses_admin import admin_url

# A page shows so many lines of each sort; the rest is one click away, in its list or its history.
LINES = 8
NOTES_DE_LA_FEUILLE = 3
# What the name of a record is made of.
NOMMES_AVEC = {
    Labellisation: ["commune"],
    Bilan: ["convention"],
    Poste: EMPLOYEURS,
    Financement: ["dispositif", "action", "etude"],
}


@dataclass(frozen=True)
class PerimetreDeFiche(Perimetre):
    """The records of which a page speaks, of those of its user: `cles`, by model; of no other model."""

    cles: dict = field(default_factory=dict)

    @property
    def everywhere(self):
        return False

    def query(self, model):
        """Return the records by their keys, read once: those of a page are few, the questions many."""
        asked = self.cles.get(model, [])
        kept = super().query(model).filter(pk__in=asked).order_by().values_list("pk", flat=True)
        records, keys = model._default_manager, list(kept)
        return records.filter(pk__dans=keys) if keys else records.none()


def whose(contact):
    """Return the name of what a contact is of, and what tells it from others of that name."""
    return str(contact.sujet), contact.sujet.pk


def actions_de(communes, jour):
    """Return the keys of the actions done on `jour` in one of `communes`, as a subquery."""
    return Action.objects.concernant(communes, jour).order_by().values("pk")


def etudes_de(communes, jour):
    """Return the keys of the studies of one of `communes` on `jour`, as a subquery."""
    return Etude.objects.concernant(communes, jour).order_by().values("pk")


def actions_lues(actions, jour):
    """Return actions, a queryset, with what agents know of each on `jour`, by number."""
    found = list(actions.order_by("numero", "identifiant"))
    today = ActionsDatees([action.pk for action in found]).du_jour(jour, interne=True)
    for action in found:
        action.du_jour = today[action.pk]
    return found


def etudes_lues(etudes, jour):
    """Return studies, a queryset, with what agents know of each on `jour`, by identifier."""
    found = list(etudes.order_by("identifiant"))
    if not found:
        return []
    today = EtudesDatees([etude.pk for etude in found]).du_jour(jour, interne=True)
    for etude in found:
        etude.du_jour = today[etude.pk]
    return found


class FicheDAgent:
    """The page of one record, for one user, today; each sort of page says which records it speaks of."""

    template = "bureau/fiches/page.html"
    template_papier = "bureau/fiches/papier.html"
    # The parts of both that are of that sort of record alone: under the name, then below.
    tete = ""
    corps = ""
    # What the record is called among those that contacts and notes are about.
    sujet = ""
    # To the records of which models something can happen, and which can be made, from the page.
    modeles_des_gestes = (Labellisation, Convention, Poste)
    modeles_faits = (Labellisation, Convention, Poste, Action, Etude)

    def __init__(self, request, record):
        self.request, self.user, self.record = request, request.user, record
        self.jour = timezone.localdate()

    # What each sort of page says.

    @property
    def titre(self):
        return str(self.record)

    @property
    def phrase(self):
        """Say in one sentence where the record stands today."""
        raise NotImplementedError

    @property
    def adresse_publique(self):
        raise NotImplementedError

    def cles(self):
        """Return the keys of the records that the page speaks of, by model."""
        raise NotImplementedError

    def cles_des_conventions(self, conventions):
        """Return the keys of `conventions`, themselves keys, and of what hangs on them, by model."""
        avenants = Avenant.objects.filter(convention__in=conventions).order_by()
        return {
            Convention: conventions,
            Avenant: list(avenants.values_list("pk", flat=True)),
            Bilan: Bilan.objects.filter(convention__in=conventions).order_by().values("pk"),
            Proposition: Proposition.objects.filter(convention__in=conventions).values("pk"),
        }

    def suites(self):
        """Return what comes next by the rules of the programme, as `Suite`."""
        return []

    def carnets_voisins(self):
        """Return, as a filter, whose contacts are shown besides those of the record."""
        return Q(pk__in=[])

    # What they share.

    @cached_property
    def perimetre(self):
        return PerimetreDeFiche(self.user, cles=self.cles())

    @cached_property
    def postes(self):
        """Return the posts of the page, with their state of today, who holds and whom they serve."""
        held = Occupation.objects.as_of(self.jour).order_by("debut", "pk")
        served = Desserte.objects.as_of(self.jour).select_related("commune")
        served = served.prefetch_related(with_successions(self.jour))
        postes = self.perimetre.of(Poste).select_related(*EMPLOYEURS).order_by("pk")
        found = list(
            postes.prefetch_related(
                Prefetch("occupations", held, to_attr="occupations_du_jour"),
                Prefetch("dessertes", served, to_attr="dessertes_lues"),
            )
        )
        for poste in situer(found, self.jour):
            poste.phrase = capfirst(tell_etat(poste.du_jour))
            poste.etat = Etat(poste.du_jour.etat)
            pourvu = poste.du_jour.etat == Etat.POURVU
            poste.en_poste = poste.occupations_du_jour if pourvu else []
            for occupation in poste.en_poste:
                occupation.dite = tell_holder(occupation)
        return found

    @cached_property
    def actions(self):
        """Return the actions of the page, with what agents know of each today: those of the plans first."""
        found = actions_lues(self.perimetre.of(Action), self.jour)
        return sorted(found, key=lambda action: action.relevee)

    @cached_property
    def etudes(self):
        """Return the studies of the page, with what agents know of each today."""
        return etudes_lues(self.perimetre.of(Etude), self.jour)

    @property
    def lit_le_carnet(self):
        """Tell whether the user reads contacts and notes, and how to reach those in post."""
        return self.user.has_perm("projects.view_contact")

    @property
    def tient_le_carnet(self):
        return self.user.has_perm("projects.add_contact")

    @cached_property
    def contacts(self):
        """Return the contacts in office today, those of the record first, as (name, contacts)."""
        about = Q(**{self.sujet: self.record}) | self.carnets_voisins()
        found = Contact.objects.for_user(self.user).as_of(self.jour).filter(about)
        found = list(found.select_related(*SUJETS).par_fonction())
        found.sort(key=lambda contact: (contact.sujet != self.record, whose(contact)))
        return [(name, list(group)) for (name, _), group in groupby(found, key=whose)]

    @cached_property
    def notes(self):
        notes = Note.objects.for_user(self.user).sur(self.record)
        return list(notes.with_auteur()[:LINES])

    @property
    def dernieres_notes(self):
        """Return the notes that a sheet has room for."""
        return self.notes[:NOTES_DE_LA_FEUILLE]

    @cached_property
    def documents(self):
        documents = Document.objects.for_user(self.user)
        documents = documents.filter(convention__in=self.perimetre.of(Convention).values("pk"))
        return list(documents.select_related("convention", "avenant").order_by("-pk"))

    @cached_property
    def a_verifier(self):
        rows = constats(self.perimetre, self.jour)
        return [Constat(**row) for row in rows]

    @cached_property
    def changements(self):
        return last_changes(self.perimetre)[:LINES]

    @cached_property
    def echeances(self):
        """Return what is waited for, then what is due, the first day first."""
        found = [
            *map(echeance_de, self.suites()),
            *signatures_prevues(self.perimetre, self.jour),
            *echeances_des_postes(self.perimetre, self.jour),
            *demandes(self.perimetre, self.jour),
        ]
        notes = Note.objects.for_user(self.user).sur(self.record).a_relancer()
        return sorted([*found, *rappels(notes, self.jour)], key=lambda due: due.rang)

    # What can be done.

    @cached_property
    def gestes(self):
        """Return what can be recorded, as (of what, [(what, where)]): the record first, then a new one."""
        groups = []
        for model in self.modeles_des_gestes:
            keys = list(self.perimetre.of(model).order_by("pk").values_list("pk", flat=True))
            possible = gestes_possibles(self.user, model, keys, self.jour)
            for record in self.named(model, possible):
                offered = possible[record.pk]
                ways = [
                    (g.titre, reverse("admin:geste", args=[g.slug, record.pk])) for g in offered
                ]
                groups.append((offered[0].name(record), ways))
        return groups

    def named(self, model, possible):
        """Return the records to which something can happen, with what their names are made of."""
        keys = [key for key, gestes in possible.items() if gestes]
        names = NOMMES_AVEC.get(model, [])
        return model._default_manager.filter(pk__in=keys).select_related(*names).order_by("pk")

    @cached_property
    def creations(self):
        """Return what makes a record of its own."""
        return [
            g for model in self.modeles_faits for g in gestes_for(self.user, model) if g.creates
        ]

    def ajouter(self, model):
        """Return the address that adds a contact or a note about the record."""
        return f"{admin_url(model, 'add')}?{self.sujet}={self.record.pk}"

    @property
    def ajouter_un_contact(self):
        return self.ajouter(Contact)

    @property
    def ajouter_une_note(self):
        return self.ajouter(Note)
