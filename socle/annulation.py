"""An act is undone whole, by another act, as long as nothing rests on it; both stay in the history."""

from collections import defaultdict

from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction
from django.db.models.deletion import Collector

from socle.actes import by_model, kept_models, touched
from socle.appuis import resting_on
from socle.contraintes import sentence
from socle.ensembles import DUnEnsemble
from socle.historique import CHANGED, CREATED, REMOVED, one_act
from socle.perimetre import within_reach
from socle.retablissement import bring_back
from socle.verrou import hung_on, lock

RESTE = "Ce qui resterait ne tiendrait plus."
# Whoever undoes has the rights by which it was written.
RIGHTS = {CREATED: "add", CHANGED: "change", REMOVED: "delete"}
# What an app above takes back of what a record wrote besides itself, by model: functions of the
# record that an act made, once it is no more.
ALSO_TAKEN_BACK = {}


def undo(acte, motif, par):
    """Undo an act whole, as the work of `par` for the reason `motif`; return the act that undoes it.

    Raises `PermissionDenied` when a record is out of the reach of `par`, and `ValidationError`
    when something rests on the act, or when the records cannot be as they were: nothing is
    written then.
    """
    try:
        with transaction.atomic(), one_act(motif) as annulation:
            undo_all(touched(acte), acte, par)
    except IntegrityError as error:
        raise ValidationError(sentence(error)) from error
    return annulation


def undo_all(fiches, acte, par):
    """Put the records that an act touched back as they were, once nobody else may write them."""
    hold(fiches)
    if not may_undo(fiches, par):
        raise PermissionDenied
    if resting := resting_on(acte, fiches):
        raise ValidationError(resting)
    put_all_back(fiches)
    if not keeps(fiches, par, CHANGED, REMOVED):
        raise PermissionDenied


def may_undo(fiches, user):
    """Tell whether `user` has the rights by which these records were written, and still keeps them."""
    needed = {(fiche.sort, fiche.model._meta) for fiche in fiches}
    allowed = all(
        user.has_perm(f"{opts.app_label}.{get_permission_codename(RIGHTS[sort], opts)}")
        for sort, opts in needed
    )
    return allowed and keeps(fiches, user, CREATED, CHANGED)


def keeps(fiches, user, *sorts):
    """Tell whether the records touched that are of `sorts`, and are there, are all those of `user`."""
    for sort in sorts:
        for model, group in by_model(fiches, sort).items():
            keys = {fiche.cle for fiche in group}
            there = within_reach(model, keys, user)
            gone = keys - there
            if gone and model._base_manager.filter(pk__dans=list(gone)).exists():
                return False
    return True


def hold(fiches):
    """Lock the records that an act touched, once what they hang on is: see `socle.verrou`.

    Those who are about to name one of them wait too: it may be on its way out.
    """
    keys = defaultdict(set)
    for fiche in fiches:
        keys[fiche.model].add(fiche.cle)
        for version in filter(None, (fiche.avant, fiche.apres)):
            for link in hung_on(fiche.model):
                keys[link.related_model].add(getattr(version, link.attname))
    own, kept = by_model(fiches), kept_models()
    territory = sorted(keys.keys() - set(kept), key=lambda model: model._meta.label)
    for model in [*territory, *kept]:
        lock(model, *(keys[model] - {None}), no_key=model not in own)


def put_all_back(fiches):
    """Remove what was created, put back what was changed, bring back what was removed.

    What was created leaves its place first. The base looks at links when all is written: those
    between these records hold again by then.
    """
    held = {model: refusals_of(model, group) for model, group in by_model(fiches).items()}
    remove(by_model(fiches, CREATED))
    changed = [fiche for group in by_model(fiches, CHANGED).values() for fiche in group]
    records = put_back(changed)
    bring_back([fiche.avant for fiche in fiches if fiche.sort == REMOVED])
    for record, fiche in records:
        check(record, fiche)
    for model, group in by_model(fiches).items():
        if new := [text for text in refusals_of(model, group) if text not in held[model]]:
            raise ValidationError(" ".join([RESTE, *new]))


def refusals_of(model, fiches):
    """Say why the rows recorded beside `fiches`, or that hang on them, cannot be together."""
    keys = {rows: {fiche.cle for fiche in fiches} for rows in ensembles_of(model)}
    if issubclass(model, DUnEnsemble):
        link = model._meta.get_field(model.ensemble).attname
        versions = (version for fiche in fiches for version in (fiche.avant, fiche.apres))
        keys[model] = {getattr(version, link) for version in versions if version}
    told = (rows.refusal(rows.recorded(key)) for rows, of in keys.items() for key in of)
    return [text for refused in told if refused for text in refused.messages]


def ensembles_of(model):
    """Return the models whose rows, judged together, hang on a record of `model`: what it says may tell."""
    links = (link.field for link in model._meta.related_objects)
    return [
        link.model
        for link in links
        if issubclass(link.model, DUnEnsemble) and link.name == link.model.ensemble
    ]


def remove(created):
    """Remove the records that an act created, each with its version, the rows before what they name.

    Nothing else names them: Django, which would refuse those that the act itself made name them,
    is not asked. What a record wrote besides itself goes after it: see `ALSO_TAKEN_BACK`.
    """
    collector, made = Collector(using=DEFAULT_DB_ALIAS), []
    for model, group in reversed(created.items()):
        rows = model._base_manager.filter(pk__dans=[fiche.cle for fiche in group])
        if model in ALSO_TAKEN_BACK:
            made += [(ALSO_TAKEN_BACK[model], record) for record in rows.order_by("-pk")]
        collector.add(rows)
    collector.delete()
    for take_back, record in made:
        take_back(record)


def put_back(changed):
    """Give the records that an act changed their values of before; return each with what it was.

    The last written is the first put back: what was free when it was written is free again.
    """
    written = []
    for model, group in by_model(changed).items():
        records = model._base_manager.in_bulk([fiche.cle for fiche in group])
        for fiche in reversed(group):
            record = records[fiche.cle]
            for field in fiche.changed_fields:
                setattr(record, field.attname, getattr(fiche.avant, field.attname))
            if fiche.changed_fields:
                record.save()
                written.append((record, fiche))
    return written


def check(record, fiche):
    """Refuse a record put back that its model refuses today; the base has looked at its constraints."""
    changed = {field.name for field in fiche.changed_fields}
    record.clean_fields(
        exclude={f.name for f in fiche.model._meta.fields if f.is_relation} - changed
    )
    record.champs_remis = changed
    record.clean()
