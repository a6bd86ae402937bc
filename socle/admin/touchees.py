"""What an act touched, as a page tells it, and what taking it back would do."""

from dataclasses import dataclass

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator

from socle.actes import ActeFait, FicheTouchee, by_model, touched
from socle.admin.evenements import Annuaire, Chapitre, differences
from socle.admin.historique import PER_PAGE, labels_of
from socle.admin.suppression import counters_of, figures_moved
from socle.adresses_admin import admin_url, undo_url
from socle.annulation import may_undo
from socle.appuis import kept_since, overtaking
from socle.coordonnees import coordonnees_cachees
from socle.francais import at_hour
from socle.historique import CHANGED, CREATED, REMOVED, author, name_of
from socle.perimetre import removed_within_reach, within_reach
from socle.sources import Affirmation

DONE = {CREATED: "ajout", CHANGED: "modification", REMOVED: "suppression"}
# What tells to which record a row belongs is said by its name.
SAID_BY_NAME = ("content_type", "object_id")


@dataclass
class LigneTouchee:
    """One record that an act touched, as a page tells it: its address if it is there to be opened."""

    fiche: FicheTouchee
    nom: str
    url: str
    changements: list

    @property
    def quoi(self):
        return DONE[self.fiche.sort]

    @property
    def sorte(self):
        return self.fiche.model._meta.verbose_name


def tried(undo, fiches):
    """Return why the act that touched `fiches` cannot be undone, and the figures that it would change.

    `undo` undoes it; all is put back as it was.
    """
    there = [
        list(model._base_manager.filter(pk__dans=[fiche.cle for fiche in group]))
        for model, group in by_model(fiches).items()
    ]
    moved = []

    def try_it():
        counters = counters_of(filter(None, there))
        moved.extend(figures_moved(counters, undo))

    return refusals(try_it), moved


def told(request, fiches):
    """Return the records touched that are within reach, a page of them, and how many are not."""
    reached = {
        model: reached_among(model, {fiche.cle for fiche in group}, request.user)
        for model, group in by_model(fiches).items()
    }
    seen = [fiche for fiche in fiches if fiche.cle in reached[fiche.model]]
    page = Paginator(seen, PER_PAGE).get_page(request.GET.get("p"))
    lignes = lines(request, list(page))
    return {"page": page, "lignes": lignes, "cachees": len(fiches) - len(seen)}


def lines(request, fiches):
    """Return the `LigneTouchee` of each record, in a number of queries that does not grow."""
    lignes = []
    for model, group in by_model(fiches).items():
        hidden = (*SAID_BY_NAME, *coordonnees_cachees(request.user, model))
        chapter = Chapitre(model.history.all(), field_names(model), hidden)
        versions = [v for fiche in group for v in (fiche.avant, fiche.apres) if v is not None]
        annuaire = Annuaire([chapter], [versions])
        there = opened(request, model, [fiche.cle for fiche in group])
        for fiche in group:
            nom = name_of(annuaire.attach(fiche.derniere.instance))
            url = admin_url(model, "change", fiche.cle) if fiche.cle in there else None
            changed = differences(chapter, fiche.avant, fiche.apres, annuaire)
            lignes.append(LigneTouchee(fiche, nom, url, changed))
    return lignes


def field_names(model):
    """Return the names of the fields of `model` on its page, if it has one."""
    registered = admin.site.is_registered(model)
    return labels_of(admin.site.get_model_admin(model)) if registered else {}


def opened(request, model, keys):
    """Return those of `keys` that are of records that the user may open in the back office."""
    if not admin.site.is_registered(model):
        return set()
    model_admin = admin.site.get_model_admin(model)
    if not model_admin.has_view_permission(request):
        return set()
    rows = model_admin.get_queryset(request).filter(pk__dans=keys)
    return set(rows.values_list("pk", flat=True))


def reached_among(model, keys, user):
    """Return those of `keys` that are of records of `user`, be they there or removed."""
    return within_reach(model, keys, user) | removed_within_reach(model, keys, user)


def since(request, fiches):
    """Return what was done since of the records touched: the acts that overtake theirs, and what stays."""
    return {"depuis": later_acts(request, fiches), "restent": list(kept_since(fiches))}


def later_acts(request, fiches):
    """Return the acts to take back first, that the user may, each with its address and how it is told."""
    versions = [v for model, group in by_model(fiches).items() for v in overtaking(model, group)]
    last = {ActeFait.of(version): version for version in versions if version.history_user_id}
    return [
        (undo_url(version.instance_type, version.history_id), told_of(version))
        for acte, version in sorted(last.items(), key=lambda one: one[0].moment, reverse=True)
        if may_take_back(request, acte, touched(acte))
    ]


def told_of(version):
    """Return what was done, by whom and when, as a link says it."""
    what = version.history_change_reason or "une modification"
    return f"{what}, par {author(version)}, le {at_hour(version.history_date)}"


def may_take_back(request, acte, fiches):
    """Tell whether the user may write all that the act wrote.

    What all départements share is of no département: it is taken back by its author, while that
    author may still write it, or by the national level.
    """
    user = request.user
    if not may_undo(fiches, user):
        return False
    shared = [fiche for fiche in fiches if is_shared(fiche.model)]
    if user.is_superuser or not shared:
        return True
    return acte.auteur == user.pk and all(
        admin.site.get_model_admin(fiche.model).has_change_permission(
            request, fiche.model._base_manager.filter(pk=fiche.cle).first()
        )
        for fiche in shared
        if fiche.sort == CHANGED
    )


def is_shared(model):
    """Tell whether the records of `model` are of all; what a source says is of its record."""
    return model is not Affirmation and not hasattr(model._base_manager.all(), "for_user")


def refusals(write):
    """Write, or return in French why it cannot be."""
    try:
        write()
    except ValidationError as error:
        return error.messages
    return []
