"""The pages of the guided actions: choose the record, fill in the form, read what changes, confirm."""

from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.cache import caches
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.forms import ModelMultipleChoiceField
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from communes.models import Commune
from projects.projet.admin_demandes import proposer_la_demande
from projects.projet.demandes import AProposer, en_demande
from pvd.bureau.gestes import GESTES, gestes_for
from pvd.bureau.gestes.apercus import OTHERWISE, Appui
from pvd.bureau.gestes.formulaire import CasesField
from pvd.bureau.perimetre import Perimetre, asked_perimetre
from socle.adresses_admin import admin_url, with_undo
from socle.avertissements import of_source
from socle.contraintes import sentence
from socle.verrou import OneAtATime, lock
from socle.web.places import key_of

PER_PAGE = 100
# How long a page of confirmation is known to be done.
KEPT = 24 * 3600


def allowed_geste(request, slug):
    """Return the geste of that address; 404 if there is none, 403 if its user may not write."""
    if slug not in GESTES:
        raise Http404
    if not GESTES[slug].allowed(request.user):
        raise PermissionDenied
    return GESTES[slug]


@require_http_methods(["GET", "HEAD", "POST"])
def start(request, slug):
    """Begin a geste: choose the record to which it happens, or fill in the one that it makes."""
    geste = allowed_geste(request, slug)
    if not geste.creates:
        return choose(request, geste)
    with transaction.atomic():
        return once(request, fill_in(request, geste, geste.model()))


@require_safe
def choose(request, geste):
    """List the records of the agent to which the geste can happen today."""
    perimetre, own = asked_perimetre(request)
    possible = geste.candidates(perimetre.of(geste.model), timezone.localdate())
    possible = geste.writable(possible, request.user)
    model_admin = admin.site.get_model_admin(geste.model)
    possible = possible.select_related(*(model_admin.list_select_related or ()))
    q = request.GET.get("q", "")
    found, _ = model_admin.get_search_results(request, possible, q)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    named = [(record.pk, geste.name(record)) for record in page]
    where = {"perimetre": perimetre, "departements": own}
    where["autres"] = [g for g in gestes_for(request.user, geste.model) if g.creates]
    return show(request, "bureau/geste_choix.html", geste, page=page, named=named, q=q, **where)


@require_http_methods(["GET", "POST"])
def do(request, slug, pk):
    """Show the form of a geste; once filled in, what it changes; once confirmed, write it."""
    geste = allowed_geste(request, slug)
    if geste.creates:
        raise Http404
    if request.method == "GET":
        kept = geste.writable(Perimetre(request.user).of(geste.model), request.user)
        record = get_object_or_404(kept, pk=pk)
        return answer(request, geste, record)
    with transaction.atomic():
        # Two agents at once: the second waits for the first, and is told what it finds then.
        kept = geste.writable(Perimetre(request.user).of(geste.model), request.user).values("pk")
        if issubclass(geste.model, OneAtATime):
            # What all hang on comes first, here as on a form: neither waits for the other.
            get_object_or_404(geste.model, pk__in=kept, pk=pk).lock_siblings()
        locked = geste.model.objects.select_for_update().filter(pk__in=kept)
        return once(request, answer(request, geste, get_object_or_404(locked, pk=pk)))


def once(request, answered):
    """Lead to what this very page has already done, when it is confirmed by two clicks."""
    done = request.method == "POST" and caches["compteurs"].get(confirmed_key(request))
    return redirect(done) if done else answered


def confirmed_key(request):
    return key_of("geste", request.user.pk, request.path, request.POST.get("apercu"))


def answer(request, geste, record):
    jour = timezone.localdate()
    if not geste.candidates(geste.model.objects.filter(pk=record.pk), jour).exists():
        tell_since(request, Appui(request, geste, record, {}))
        messages.error(request, f"« {geste.titre} » : {geste.impossible}")
        return redirect(geste.address(record))
    return fill_in(request, geste, record)


def fill_in(request, geste, record):
    """Show the form, then what it changes, then write it: one address, by what was pressed."""
    jour = timezone.localdate()
    asked = {"record": record, "user": request.user, "jour": jour}
    if request.method != "POST":
        form = geste.form(**asked)
        form.initial = typed_elsewhere(form, request.GET)
        show_ticked_first(form)
        return ask(request, geste, record, form)
    form = geste.form(request.POST, request.FILES, **asked)
    if not form.is_valid():
        return ask(request, geste, record, form)
    if geste.creates:
        # Nothing is there to lock yet: who makes the same at once waits on its communes.
        lock(Commune, *geste.communes(record, form.cleaned_data))
    effects = try_out(geste, record, form, jour)
    if effects is None or "_modifier" in request.POST:
        return ask(request, geste, record, form)
    appui = Appui(request, geste, record, form.cleaned_data)
    jeton = appui.jeton(effects)
    if "_confirmer" in request.POST and request.POST.get("apercu") == jeton:
        if effects.demande:
            return propose(request, geste, form, effects.demande)
        return confirm(request, geste, record, form)
    if "apercu" in request.POST and not tell_since(request, appui):
        messages.warning(request, OTHERWISE)
    context = {"record": record, "form": form, "effects": effects, "apercu": jeton}
    return show(request, "bureau/geste_confirmation.html", geste, **context)


def typed_elsewhere(form, sent):
    """Return, of what the address of a geste says, what its form would take."""
    typed = {}
    for name, field in form.fields.items():
        if name in sent:
            several = isinstance(field, ModelMultipleChoiceField)
            with suppress(ValidationError):
                typed[name] = field.clean(sent.getlist(name) if several else sent[name])
    return typed


def show_ticked_first(form):
    """Have the boxes that an address ticks come first: among hundreds, they would not be seen."""
    for name, records in form.initial.items():
        if isinstance(field := form.fields[name], CasesField):
            ticked = {record.pk for record in records}
            field.choices = sorted(field.choices, key=lambda choice: choice[0] not in ticked)


def tell_since(request, appui):
    """Tell what was written since the preview that is confirmed; return whether something was."""
    told = appui.depuis(request.POST.get("apercu", ""))
    for phrase in told:
        messages.warning(request, phrase)
    return bool(told)


def confirm(request, geste, record, form):
    """Write what the preview has shown, and lead to the record."""
    with refused_on(form):
        written = geste.apply(record, form, for_good=True)
    if form.errors:
        return ask(request, geste, record, form)
    done = geste.reason(form.cleaned_data)
    shown = written.fiche
    told = f"{' : '.join(filter(None, (done, geste.name(shown))))}. C'est enregistré."
    messages.success(request, with_undo(told, written.acte))
    caches["compteurs"].set(confirmed_key(request), geste.address(shown), KEPT)
    return redirect(geste.address(shown))


def propose(request, geste, form, demande):
    """Send what the preview has shown to the DDT that has to accept it, and lead to the proposal."""
    made = proposer_la_demande(request, demande, geste.full_reason(form.cleaned_data))
    return redirect(admin_url(made, "change"))


def ask(request, geste, record, form):
    """Show the form; if it was refused at the confirmation, what was written since its preview."""
    if "_confirmer" in request.POST and form.errors and not geste.creates:
        tell_since(request, Appui(request, geste, record, form.cleaned_data))
    return show(request, "bureau/geste.html", geste, record=record, form=form)


def show(request, template, geste, record=None, **context):
    """Answer with a page of the geste; a record that it has yet to make is not one."""
    record = record if record and record.pk else None
    name = geste.name(record) if record else ""
    opts = geste.model._meta
    back = geste.address(record) if record else admin_url(geste.model, "changelist")
    context = admin.site.each_context(request) | context
    context |= {"geste": geste, "record": record, "opts": opts, "nom": name, "retour": back}
    context |= {"title": geste.titre, "subtitle": name}
    return TemplateResponse(request, template, context)


@dataclass
class ChiffreChange:
    """A figure that the geste changes."""

    territoire: str
    chiffre: str
    avant: int | str | None
    apres: int | str | None


@dataclass
class Effets:
    """What a geste writes, in sentences, the figures that it changes today, and the warnings.

    What another DDT has to accept of it is its `demande`: all of it is then proposed, and not written.
    """

    phrases: list
    changements: list
    alertes: list
    demande: AProposer


@contextmanager
def refused_on(form):
    """Write all that is done inside, or nothing and say on the form what the records refuse of it."""
    try:
        with transaction.atomic():
            yield
    except ValidationError as error:
        form.add_error(None, error.messages)
    except IntegrityError as error:
        form.add_error(None, sentence(error))


def try_out(geste, record, form, jour):
    """Do the geste for real, compare the figures, and undo it; None if the records refuse it.

    What is shown before confirming is thus what confirming will do, whatever the rules are.
    """
    phrases = geste.phrases(record, form.cleaned_data)
    phrases = [*phrases, *geste.told_document(form.cleaned_data)]
    departements = list(geste.departements(record, form.cleaned_data))
    before = figures(geste, record, departements, jour)
    with refused_on(form), en_demande() as demande:
        written = geste.apply(geste.current(record), form)
        demande.retenir()
        after = figures(geste, written.fiche, departements, jour)
        warned = list(alertes(geste, written, form.cleaned_data))
    if form.errors:
        return None
    changed = [
        ChiffreChange(where, label, before.get((where, label)), value)
        for (where, label), value in after.items()
        if value != before.get((where, label))
    ]
    return Effets(phrases, changed, warned, demande)


def alertes(geste, written, data):
    """Yield what to look at again of what a geste has written: the fact, its source, its records."""
    yield from geste.warnings(written.fiche, data)
    if not geste.annonce:
        yield from of_source(written.source, written.dires)
    yield from written.remarques()


def figures(geste, record, departements, jour):
    """Return the figures of today, by where and label: those of the record first."""
    own = geste.etats(record, jour) if record and record.pk else {}
    found = {("Ce que chacun en lit", label): value for label, value in own.items()}
    for departement in departements:
        for chiffre, value in geste.chiffres(departement, jour).items():
            found[str(departement), chiffre.label] = value
    return found
