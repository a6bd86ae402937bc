"""What waits for an agent, in its départements: what each box of its home is made of."""

import datetime

from django.db.models import Prefetch, Q

from communes.models import Commune, Labellisation
from communes.territoire.du_jour import reunies, with_successions
from ort.models import Convention, Proposition
from ort.regles import date_fin_au
from projects.carnet.models import SUJETS, Note
from projects.club.lecture import EvenementDuJour
from projects.club.regles import Moment
from projects.models import EvenementClub
from projects.postes.du_jour import situer
from projects.postes.faits import postes_dates
from projects.postes.models import SANS_PERSONNE, CofinancementPoste, Desserte, Occupation, Poste
from projects.postes.models.postes import MONTHS_AHEAD
from projects.postes.phrases import tell_etat
from projects.postes.regles import etat
from projects.projet.plan.ressource import PlanDActions
from pvd.signalements.models import Signalement
from pvd.suivi.faits import Faits
from socle.admin.page_d_agent import page_url
from socle.dates import ONE_DAY, add_months
from socle.models import Import

MONTHS_AHEAD_ADHESION = 3
MONTHS_AHEAD_ORT = 12


def late_ort(perimetre, jour):
    """Return the labellisations without ORT whose 18 months are over or end within three months.

    The earliest first; each bears `en_retard`.
    """
    horizon = add_months(jour, MONTHS_AHEAD_ADHESION)
    kept = perimetre.of(Labellisation).as_of(jour).filter(date_signature_adhesion__lte=jour)
    faits = Faits(list(kept.codes_du_jour(jour)))
    due = {
        code: echeance
        for code in faits.codes
        if (echeance := faits.echeance_ort(code, jour)) and echeance <= horizon
    }
    communes = Commune.objects.filter(pk__dans=list(due)).order_by()
    waiting = kept.des(communes.values("pk"), jour).select_related("commune")
    waiting = waiting.prefetch_related(with_successions(jour))
    found = reunies(waiting.order_by("date_signature_adhesion", "commune__nom_recherche"))
    for row in found:
        row.en_retard = faits.en_retard(row.commune_id, jour)
    return found


def ending_ort(perimetre, jour):
    """Return the ORT that end within twelve months, or ended less than twelve months ago.

    The first to end first; each bears `fin`, the first day out of force, and `terminee`.
    """
    since, horizon = add_months(jour, -MONTHS_AHEAD_ORT), add_months(jour, MONTHS_AHEAD_ORT)
    around = perimetre.of(Convention).ort().finissant(jour, since, horizon)
    found = list(around.prefetch_related("avenants"))
    for convention in found:
        convention.fin = date_fin_au(convention, jour)
        convention.terminee = convention.fin <= jour
    return sorted(found, key=lambda convention: convention.fin)


def posts_to_fill(perimetre, jour):
    """Return the posts that are vacant or in recruitment, the longest without anybody first.

    Each bears its communes of the day, and `phrase`: its state, since when, for how many days.
    """
    served = Desserte.objects.as_of(jour).select_related("commune")
    served = served.prefetch_related(with_successions(jour))
    dates = postes_dates(list(perimetre.of(Poste).order_by().values_list("pk", flat=True)))
    waiting = [cle for cle, poste in dates.items() if etat(poste, jour) in SANS_PERSONNE]
    read = Poste.objects.filter(pk__dans=waiting).order_by("identifiant")
    found = list(read.prefetch_related(Prefetch("dessertes", served, to_attr="dessertes_lues")))
    for poste in situer(found, jour, dates):
        poste.phrase = tell_etat(poste.du_jour)
    # A date that is not known comes last.
    return sorted(found, key=lambda poste: poste.du_jour.vacant_depuis or datetime.date.max)


def ending_contracts(perimetre, jour):
    """Return the contracts that end within six months, with `dernier_jour`, the first to end first."""
    ending = Occupation.objects.ending_between(jour, add_months(jour, MONTHS_AHEAD))
    return ending_ones(ending.order_by("fin_attendue", "pk"), "fin_attendue", perimetre)


def ending_fundings(perimetre, jour):
    """Return the fundings that end within six months, with `dernier_jour`, the first to end first."""
    ending = CofinancementPoste.objects.ending_between(jour, add_months(jour, MONTHS_AHEAD))
    return ending_ones(ending.order_by("fin", "pk"), "fin", perimetre)


# Posts often bear the same name: who employs tells them apart.
WITH_EMPLOYER = [
    "poste__employeur_commune",
    "poste__employeur_intercommunalite",
    "poste__employeur_organisme",
]


def ending_ones(rows, fin, perimetre):
    """Return those of `rows` that hang on a post of the agent, with their last day."""
    theirs = perimetre.of(Poste).order_by().values("pk")
    found = list(rows.filter(poste__in=theirs).select_related(*WITH_EMPLOYER))
    for row in found:
        row.dernier_jour = getattr(row, fin) - ONE_DAY
    return found


def reports_to_answer(perimetre, jour):
    """Return the errors reported by visitors that await an answer, the oldest first, with `age`."""
    waiting = perimetre.of(Signalement).ouverts().select_related("commune", "convention")
    found = list(waiting.order_by("created_at", "pk"))
    for signalement in found:
        signalement.age = signalement.attente(jour)
    return found


def proposals_waiting(perimetre):
    """Return the proposals without answer, those that the agent may answer first, with `a_examiner`."""
    waiting = perimetre.of(Proposition).en_attente().with_a_examiner(perimetre.user)
    return list(
        waiting.select_related("convention", "destinataire").order_by("-a_examiner", "moment", "pk")
    )


def plans_to_read_again(perimetre, jour):
    """Return the plans that the agent imported with columns left unread, the oldest first."""
    sent = Import.objects.filter(auteur=perimetre.user, titre=PlanDActions.titre)
    return list(sent.a_relire(jour))


def due_reminders(perimetre, jour):
    """Return the notes to come back to by `jour`, the first due first."""
    due = perimetre.of(Note).a_relancer().filter(rappel__lte=jour).select_related(*SUJETS)
    found = list(due)
    for note in found:
        note.adresse = page_url(note.sujet)
    return found


def coming_events(perimetre, own, jour):
    """Return the events of the Club to come or under way, of the agent or of all France, the next first."""
    theirs = [perimetre.departement] if perimetre.departement else own
    read = EvenementClub.objects.for_user(perimetre.user).des_departements(theirs)
    # One that is known to the year is over with it: see `regles.dernier_jour`.
    this_year = datetime.date(jour.year, 1, 1)
    around = read.filter(Q(debut__gte=this_year) | Q(fin__gte=this_year))
    found = [EvenementDuJour(event, jour) for event in around.order_by("debut", "identifiant")]
    return [ligne for ligne in found if ligne.moment != Moment.PASSE]
