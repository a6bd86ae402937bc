"""The home of the back office: what waits for an agent, in its départements, by task."""

from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import CharField, Exists, F, OuterRef, Prefetch, Value
from django.db.models.functions import Cast
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from communes.models import Commune, Labellisation
from communes.models.programme import MONTHS_FROM_ADHESION_TO_ORT
from ort.models import Avenant, CommuneCouverte, Convention, Partie, Secteur
from projects.histoire import tell_etat
from projects.models import CofinancementPoste, Desserte, Occupation, Poste, Recrutement
from projects.models.postes import MONTHS_AHEAD, SANS_PERSONNE
from pvd.socle.dates import ONE_DAY, add_months
from pvd.suivi.gestes import gestes_for
from pvd.suivi.models import Signalement
from pvd.suivi.perimetre import perimetre_of
from pvd.suivi.verifications import VERIFICATIONS, Constat, constats, count_constats

# The home shows so many lines of each sort, and says how many more there are.
LINES = 10
PER_PAGE = 100
TITRES_DES_GESTES = {
    "Une commune": Labellisation,
    "Une convention": Convention,
    "Un poste de chef de projet": Poste,
}
MONTHS_AHEAD_ADHESION = 3
MONTHS_AHEAD_ORT = 12
RECENT = timedelta(days=7)
THINGS = 3
# Versions read for the recent changes: many may be of one record.
VERSIONS = 200


def late_ort(perimetre, jour):
    """Return the labellisations without ORT whose 18 months are over or end within three months.

    The earliest first; each bears `en_retard`.
    """
    covered = CommuneCouverte.objects.en_vigueur(jour).filter(commune=OuterRef("commune_id"))
    horizon = add_months(jour, MONTHS_AHEAD_ADHESION)
    # A month is added day for day: the margin of the query is a few days, read again below.
    signed_by = add_months(horizon, -MONTHS_FROM_ADHESION_TO_ORT) + timedelta(days=4)
    waiting = (
        perimetre.of(Labellisation)
        .as_of(jour)
        .filter(~Exists(covered), date_signature_adhesion__lte=signed_by)
        .select_related("commune")
        .order_by("date_signature_adhesion", "commune__nom_recherche")
    )
    found = [row for row in waiting if row.echeance_ort <= horizon]
    for row in found:
        row.en_retard = row.dernier_jour_echeance < jour
    return found


def ending_ort(perimetre, jour):
    """Return the ORT in force that end within twelve months, the first to end first, with `fin`."""
    horizon = add_months(jour, MONTHS_AHEAD_ORT)
    ended = Convention.objects.ended(horizon)
    soon = perimetre.of(Convention).ort().en_vigueur(jour).filter(pk__in=ended.values("pk"))
    found = list(soon.prefetch_related("avenants"))
    for convention in found:
        convention.fin = convention.date_fin_au(jour)
    return sorted(found, key=lambda convention: convention.fin)


def posts_to_fill(perimetre, jour):
    """Return the posts that are vacant or in recruitment, the longest without anybody first.

    Each bears its communes of the day, and `suivi`: its state, since when, for how many days.
    """
    served = Desserte.objects.as_of(jour).select_related("commune")
    posts = perimetre.of(Poste).with_suivi(jour).filter(etat__in=SANS_PERSONNE)
    # A date that is not known comes last, on both databases.
    posts = posts.order_by(F("vacant_depuis").asc(nulls_last=True), "identifiant")
    found = list(posts.prefetch_related(Prefetch("dessertes", served, to_attr="du_jour")))
    for poste in found:
        poste.suivi = tell_etat(poste)
    return found


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


@dataclass(frozen=True)
class Suivie:
    """A sort of record whose changes are told, on the page of which record, and named how."""

    model: type
    page: type
    # From a version: the key of the record of the page, its name, and what is told besides.
    path: str
    nom: str
    detail: str = ""
    # Whose it is, when the record itself may be no more: a field, and what it leads to.
    scope: tuple = ()


OF_CONVENTION = {"page": Convention, "path": "convention_id", "nom": "convention__intitule"}
OF_POSTE = {"page": Poste, "path": "poste_id", "nom": "poste__intitule"}
SUIVIES = [
    Suivie(Labellisation, Labellisation, "id", "commune__nom", scope=("commune_id", Commune)),
    Suivie(Convention, Convention, "id", "intitule"),
    Suivie(Avenant, **OF_CONVENTION),
    Suivie(CommuneCouverte, **OF_CONVENTION, detail="commune__nom"),
    Suivie(Partie, **OF_CONVENTION),
    Suivie(Secteur, **OF_CONVENTION),
    Suivie(Poste, Poste, "id", "intitule"),
    Suivie(Desserte, **OF_POSTE, detail="commune__nom"),
    Suivie(Occupation, **OF_POSTE),
    Suivie(Recrutement, **OF_POSTE),
    Suivie(CofinancementPoste, **OF_POSTE),
]
GESTES_D_HISTOIRE = {"+": "ajout", "~": "modification", "-": "suppression"}


@dataclass
class Changement:
    """What one person did to one record on one day."""

    fiche: str
    url: str
    qui: str
    quand: object
    quoi: list

    @property
    def texte(self):
        """Tell each thing once, and no more than a line holds."""
        told = list(dict.fromkeys(self.quoi))
        more = [f"et {len(told) - THINGS} autres"] if len(told) > THINGS + 1 else told[THINGS:]
        return ", ".join([*told[:THINGS], *more])


def versions(suivie, perimetre, since):
    """Return the versions of one sort of record, written from `since` on, as rows of one shape."""
    path, model = suivie.scope or (suivie.path, suivie.page)
    rows = suivie.model.history.filter(history_date__gte=since)
    if not perimetre.everywhere:
        rows = rows.filter(**{f"{path}__in": perimetre.of(model).values("pk")})
    text = CharField()
    return rows.order_by().values(
        modele=Cast(Value(suivie.model._meta.label_lower), text),
        page=Cast(Value(suivie.page._meta.label_lower), text),
        cle=Cast(F(suivie.path), text),
        fiche=Cast(F(suivie.nom), text),
        detail=Cast(F(suivie.detail) if suivie.detail else Value(""), text),
        quand=F("history_date"),
        geste=F("history_type"),
        motif=Cast(F("history_change_reason"), text),
        compte=F("history_user__username"),
        compte_prenom=F("history_user__first_name"),
        compte_nom=F("history_user__last_name"),
    )


def recent_changes(perimetre, now):
    """Return what was changed in the last seven days, the latest first, in one query."""
    first, *others = [versions(suivie, perimetre, now - RECENT) for suivie in SUIVIES]
    changes = {}
    for row in first.union(*others, all=True).order_by("-quand", "cle")[:VERSIONS]:
        jour = timezone.localtime(row["quand"]).date()
        key = row["page"], row["cle"], row["compte"], jour
        if key not in changes:
            changes[key] = change_of(row)
        changes[key].quoi.append(what_of(row))
    return list(changes.values())


def change_of(row):
    """Return the change that `row` is the latest version of."""
    opts = apps.get_model(row["page"])._meta
    gone = row["geste"] == "-" and row["modele"] == row["page"]
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row["cle"]])
    person = f"{row['compte_prenom'] or ''} {row['compte_nom'] or ''}".strip() or row["compte"]
    return Changement(
        fiche=row["fiche"] or capfirst(opts.verbose_name),
        url="" if gone else url,
        qui=person or "chargement de fichiers",
        quand=row["quand"],
        quoi=[],
    )


def what_of(row):
    """Say what a version tells: its reason if one was given, else what was done to what."""
    if row["motif"]:
        return row["motif"]
    kind = apps.get_model(row["modele"])._meta.verbose_name
    detail = f" ({row['detail']})" if row["detail"] else ""
    return f"{GESTES_D_HISTOIRE[row['geste']]} : {kind}{detail}"


@dataclass
class Section:
    """The first lines of a task, and how many there are."""

    lignes: list
    total: int

    @classmethod
    def of(cls, found):
        return cls(found[:LINES], len(found))

    @property
    def reste(self):
        return self.total - len(self.lignes)


def home(request):
    """Return what the home page shows, in a number of queries that does not grow."""
    perimetre, own = perimetre_of(request)
    jour = timezone.localdate()
    return {
        "jour": jour,
        "perimetre": perimetre,
        "departements": own,
        "retards": Section.of(late_ort(perimetre, jour)),
        "echeances": Section.of(ending_ort(perimetre, jour)),
        "postes": Section.of(posts_to_fill(perimetre, jour)),
        "contrats": Section.of(ending_contracts(perimetre, jour)),
        "cofinancements": Section.of(ending_fundings(perimetre, jour)),
        "signalements": Section.of(reports_to_answer(perimetre, jour))
        if request.user.has_perm("suivi.change_signalement")
        else None,
        "changements": Section.of(recent_changes(perimetre, timezone.now())),
        "constats": count_constats(perimetre, jour),
        "gestes": [
            (titre, gestes)
            for titre, model in TITRES_DES_GESTES.items()
            if (gestes := gestes_for(request.user, model))
        ],
    }


def a_verifier(request):
    """List the data to check, of one sort or of all."""
    perimetre, own = perimetre_of(request)
    sorte = request.GET.get("sorte", "")
    if sorte and sorte not in VERIFICATIONS:
        raise Http404
    jour = timezone.localdate()
    rows = Paginator(constats(perimetre, jour, sorte), PER_PAGE).get_page(request.GET.get("page"))
    context = admin.site.each_context(request) | {
        "title": "Données à vérifier",
        "perimetre": perimetre,
        "departements": own,
        "sortes": count_constats(perimetre, jour),
        "choisie": VERIFICATIONS.get(sorte),
        "page": rows,
        "constats": [Constat(**row) for row in rows],
    }
    return TemplateResponse(request, "admin/a_verifier.html", context)
