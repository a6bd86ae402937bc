"""Guided actions: what happens in the life of the programme, each a short form, with its source."""

from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.urls import reverse

from pvd.bureau.gestes.club import NoterEvenement, NoterQuiEstVenu
from pvd.bureau.gestes.conventions import (
    CompleterConvention,
    ConfirmerRegroupement,
    ConfirmerRegroupements,
    DeplacerCommunes,
    NouvelleConvention,
    SignerAvenant,
    SignerConvention,
)
from pvd.bureau.gestes.conventions.bilans import JoindreAuBilan, PresenterAUneAssemblee, TenirBilan
from pvd.bureau.gestes.labellisations import (
    EntrerDansLeProgramme,
    GarderAuProgramme,
    QuitterProgramme,
    RevenirProgramme,
    SignerAdhesion,
)
from pvd.bureau.gestes.postes import (
    AjouterCofinancement,
    AjouterCommunesAuPoste,
    Arrivee,
    ChangerTitulaire,
    Depart,
    FermerPoste,
    IssueOffre,
    OuvrirPoste,
    ProlongerContrat,
    PublierOffre,
    RetirerCommunesDuPoste,
)
from pvd.bureau.gestes.projet import DU_PROJET
from pvd.bureau.gestes.territoire import DU_TERRITOIRE

# In the order in which buttons and lists show them.
GESTES = {
    geste.slug: geste
    for geste in (
        EntrerDansLeProgramme(),
        SignerAdhesion(),
        QuitterProgramme(),
        GarderAuProgramme(),
        RevenirProgramme(),
        NouvelleConvention(),
        SignerConvention(),
        SignerAvenant(),
        CompleterConvention(),
        DeplacerCommunes(),
        ConfirmerRegroupement(),
        ConfirmerRegroupements(),
        TenirBilan(),
        PresenterAUneAssemblee(),
        JoindreAuBilan(),
        OuvrirPoste(),
        PublierOffre(),
        IssueOffre(),
        Arrivee(),
        Depart(),
        ChangerTitulaire(),
        ProlongerContrat(),
        AjouterCommunesAuPoste(),
        RetirerCommunesDuPoste(),
        AjouterCofinancement(),
        FermerPoste(),
        *DU_PROJET,
        NoterEvenement(),
        NoterQuiEstVenu(),
        *DU_TERRITOIRE,
    )
}


def geste_url(titre, facts):
    """Return the address of a geste, by its title, filled in with `facts`: (record, field) each.

    It is done to their record, or to the one that they hang on.
    """
    geste = next(geste for geste in GESTES.values() if geste.titre == titre)
    typed = urlencode(geste.typed_already(facts), doseq=True)
    if geste.creates:
        return f"{reverse('admin:gestes', args=[geste.slug])}?{typed}"
    return f"{reverse('admin:geste', args=[geste.slug, subject(facts[0][0], geste.model)])}?{typed}"


def subject(record, model):
    """Return the key of `record`, if it is of `model`, or else of the one of `model` that it names."""
    if isinstance(record, model):
        return record.pk
    link = next(field for field in record._meta.concrete_fields if field.related_model is model)
    return getattr(record, link.attname)


def gestes_for(user, model):
    """Return the guided actions that `user` may do on records of `model`."""
    return [geste for geste in GESTES.values() if geste.model is model and geste.allowed(user)]


def gestes_possibles(user, model, keys, jour):
    """Return the guided actions that `user` may do on the records of `model` that bear `keys`, by key.

    As they are on `jour`. One query for all of them: a page of the back office counts its queries.
    """
    offered = [geste for geste in gestes_for(user, model) if not geste.creates]
    if not offered or not keys:
        return {}
    itself = model._default_manager.filter(pk=OuterRef("pk"))
    happens = [Exists(geste.candidates(itself, jour)) for geste in offered]
    # Many gestes share one rule of who writes: it is asked once.
    rules = {geste.writable.__func__: geste.writable for geste in offered}
    written = [Exists(writable(itself, user)) for writable in rules.values()]
    found = model._default_manager.filter(pk__dans=keys).values_list("pk", *happens, *written)
    possible = {}
    for key, *answers in found:
        writes = dict(zip(rules, answers[len(offered) :], strict=True))
        possible[key] = [
            geste
            for geste, yes in zip(offered, answers, strict=False)
            if yes and writes[geste.writable.__func__]
        ]
    return possible
