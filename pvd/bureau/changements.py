"""What was changed of late in the records of an agent, by whom."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

from django.apps import apps
from django.db.models import CharField, F, Max, Q, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.text import capfirst

from communes.models import Commune, Departement, Labellisation
from ort.models import Avenant, CommuneCouverte, Convention, Document, Organisme, Partie, Secteur
from projects.models import (
    Action,
    ActionAdhesion,
    ActionCommune,
    ActionPartenaire,
    ActionSecteur,
    ActionTheme,
    AlerteAcceptee,
    AttenteAcceptee,
    Axe,
    Bilan,
    Cible,
    Cout,
    Derogation,
    EcheanceAcceptee,
    EffetAvenant,
    Etude,
    EtudeAction,
    EtudeCommune,
    EvenementClub,
    EvenementDepartement,
    EvenementOrganisateur,
    FaitAction,
    FaitEtude,
    FaitFinancement,
    Financement,
    Indicateur,
    Participation,
    Piece,
    Presentation,
    Prevision,
    Releve,
    RessourceClub,
)
from projects.postes.models import CofinancementPoste, Desserte, Occupation, Poste, Recrutement
from socle.adresses_admin import admin_url, undo_url
from socle.sources import Affirmation, Source, Sourcee, record_type

RECENT = timedelta(days=7)
THINGS = 3
# Versions read for the recent changes: many may be of one record.
VERSIONS = 200


@dataclass(frozen=True)
class FicheSuivie:
    """A sort of record whose changes are told, on the page of which record, and named how."""

    model: type
    page: type
    # From a version: the key of the record of the page, its name, and what is told besides.
    path: str
    nom: str
    detail: str = ""
    # Whose it is, when the record itself may be no more: a field, and what it leads to.
    scope: tuple = ()
    # Of what all départements share: which ones the records of a perimeter rest on.
    named: Callable | None = None
    # Which versions are told there, of a sort of record that may be of one thing or of another.
    seulement: dict = field(default_factory=dict)

    @property
    def whose(self):
        """Return the field that tells whose a version is, and the model of what it leads to."""
        return self.scope or (self.path, self.page)

    def may_be_of(self, perimetre):
        """Tell whether a perimeter may hold such records: one of no record of their sort does not."""
        return bool(self.named) or not perimetre.of(self.whose[1]).query.is_empty()

    def whose_of(self, perimetre):
        """Return the keys of what such a record of a perimeter is of: see `whose`."""
        _, model = self.whose
        return self.named(perimetre) if self.named else perimetre.of(model).order_by().values("pk")

    def records(self, perimetre):
        """Return the records of this sort that are of a perimeter."""
        path, _ = self.whose
        kept = self.model._default_manager.filter(**self.seulement).order_by()
        return kept.filter(**{f"{path}__in": self.whose_of(perimetre)})


def sources_named(perimetre):
    """Return the keys of the sources on which what is recorded in a perimeter rests."""
    said = Q()
    for sorte in FICHES_SUIVIES:
        if issubclass(sorte.model, Sourcee):
            keys = sorte.records(perimetre).values_list(Cast("pk", CharField()))
            said |= Q(content_type=record_type(sorte.model), object_id__in=keys)
    return Affirmation.objects.filter(said).order_by().values("source")


def organismes_named(perimetre):
    """Return the keys of the organismes that a record of a perimeter names, whatever they do there."""
    named = Q()
    for link in Organisme._meta.related_objects:
        for sorte in FICHES_SUIVIES:
            if sorte.model is link.related_model:
                named |= Q(pk__in=sorte.records(perimetre).values(link.field.name))
    return Organisme.objects.order_by().filter(named).values("pk")


def events_named(perimetre):
    """Return the keys of the events of the départements of a perimeter, and of those of all of France."""
    own = Departement.objects.for_user(perimetre.user)
    theirs = [perimetre.departement] if perimetre.departement else own
    return perimetre.of(EvenementClub).des_departements(theirs).order_by().values("pk")


OF_CONVENTION = {"page": Convention, "path": "convention_id", "nom": "convention__intitule"}
OF_LABELLISATION = {
    "page": Labellisation,
    "path": "labellisation_id",
    "nom": "labellisation__commune__nom",
}
OF_COMMUNE = {"page": Commune, "path": "commune_id", "nom": "commune__nom"}
OF_POSTE = {"page": Poste, "path": "poste_id", "nom": "poste__intitule"}
OF_ACTION = {"page": Action, "path": "action_id", "nom": "action__intitule"}
OF_LIGNE = {
    "page": Action,
    "path": "financement__action_id",
    "nom": "financement__action__intitule",
}
OF_ETUDE = {"page": Etude, "path": "etude_id", "nom": "etude__intitule"}
OF_LIGNE_D_ETUDE = {
    "page": Etude,
    "path": "financement__etude_id",
    "nom": "financement__etude__intitule",
}
OF_EVENEMENT = {
    "page": EvenementClub,
    "path": "evenement_id",
    "nom": "evenement__intitule",
    "named": events_named,
}
D_ACTION, D_ETUDE = {"etude__isnull": True}, {"etude__isnull": False}
# What hangs on an action, and has no name that tells it from its like.
DE_L_ACTION = (
    *(ActionAdhesion, ActionPartenaire, ActionSecteur, ActionTheme, AlerteAcceptee),
    *(Derogation, EffetAvenant, FaitAction, Prevision),
)
# Who comes to an event, and how each is called.
PARTICIPANTS = {
    "commune": "commune__nom",
    "intercommunalite": "intercommunalite__nom",
    "poste": "poste__intitule",
}
# From a file, the ways to what it is of.
DES_PIECES = (
    (Action, "accord__financement__action"),
    (Etude, "accord__financement__etude"),
    (Etude, "etude"),
    (Convention, "bilan__convention"),
)
FICHES_SUIVIES = [
    FicheSuivie(Labellisation, Labellisation, "id", "commune__nom", scope=("commune_id", Commune)),
    FicheSuivie(Convention, Convention, "id", "intitule"),
    FicheSuivie(Avenant, **OF_CONVENTION),
    FicheSuivie(CommuneCouverte, **OF_CONVENTION, detail="commune__nom"),
    FicheSuivie(Partie, **OF_CONVENTION),
    FicheSuivie(Secteur, **OF_CONVENTION),
    FicheSuivie(Document, **OF_CONVENTION),
    *(FicheSuivie(model, **OF_CONVENTION) for model in (Bilan, EcheanceAcceptee, Presentation)),
    *(
        FicheSuivie(Axe, **where, detail="intitule", seulement={f"{where['path']}__isnull": False})
        for where in (OF_CONVENTION, OF_LABELLISATION)
    ),
    FicheSuivie(Poste, Poste, "id", "intitule"),
    FicheSuivie(Desserte, **OF_POSTE, detail="commune__nom"),
    FicheSuivie(Occupation, **OF_POSTE),
    FicheSuivie(Recrutement, **OF_POSTE),
    FicheSuivie(CofinancementPoste, **OF_POSTE),
    FicheSuivie(Action, Action, "id", "intitule"),
    FicheSuivie(ActionCommune, **OF_ACTION, detail="commune__nom"),
    *(FicheSuivie(model, **OF_ACTION) for model in DE_L_ACTION),
    FicheSuivie(Cout, **OF_ACTION, seulement=D_ACTION),
    FicheSuivie(Financement, **OF_ACTION, detail="dispositif__libelle", seulement=D_ACTION),
    FicheSuivie(
        FaitFinancement,
        **OF_LIGNE,
        detail="financement__dispositif__libelle",
        seulement={"financement__etude__isnull": True},
    ),
    FicheSuivie(Etude, Etude, "id", "intitule"),
    FicheSuivie(EtudeAction, **OF_ETUDE, detail="action__intitule"),
    FicheSuivie(EtudeCommune, **OF_ETUDE, detail="commune__nom"),
    FicheSuivie(FaitEtude, **OF_ETUDE),
    FicheSuivie(Cout, **OF_ETUDE, seulement=D_ETUDE),
    FicheSuivie(Financement, **OF_ETUDE, detail="dispositif__libelle", seulement=D_ETUDE),
    FicheSuivie(
        FaitFinancement,
        **OF_LIGNE_D_ETUDE,
        detail="financement__dispositif__libelle",
        seulement={"financement__etude__isnull": False},
    ),
    *(
        FicheSuivie(
            Piece,
            page,
            f"{way}_id",
            f"{way}__intitule",
            seulement={f"{way}__isnull": False},
        )
        for page, way in DES_PIECES
    ),
    *(
        FicheSuivie(
            model,
            **where,
            detail="indicateur__libelle",
            seulement={f"{where['path']}__isnull": False},
        )
        for model in (Releve, Cible)
        for where in (OF_ACTION, OF_CONVENTION, OF_COMMUNE)
    ),
    *(
        FicheSuivie(
            AttenteAcceptee,
            where["page"],
            f"cible__{where['path']}",
            f"cible__{where['nom']}",
            detail="cible__indicateur__libelle",
            seulement={f"cible__{where['path']}__isnull": False},
        )
        for where in (OF_ACTION, OF_CONVENTION, OF_COMMUNE)
    ),
    FicheSuivie(Indicateur, Indicateur, "id", "libelle"),
    FicheSuivie(EvenementClub, EvenementClub, "id", "intitule", named=events_named),
    FicheSuivie(EvenementDepartement, **OF_EVENEMENT, detail="departement__nom"),
    FicheSuivie(EvenementOrganisateur, **OF_EVENEMENT, detail="organisme__nom"),
    *(
        FicheSuivie(
            Participation,
            **OF_EVENEMENT,
            detail=nom,
            seulement={f"{participant}__isnull": False},
        )
        for participant, nom in PARTICIPANTS.items()
    ),
    FicheSuivie(
        RessourceClub, **OF_EVENEMENT, detail="titre", seulement={"evenement__isnull": False}
    ),
    FicheSuivie(Source, Source, "id", "titre", named=sources_named),
    FicheSuivie(Organisme, Organisme, "id", "nom", named=organismes_named),
]
GESTES_D_HISTOIRE = {"+": "ajout", "~": "modification", "-": "suppression"}


@dataclass
class FicheChangee:
    """What one person did to one record on one day.

    `annuler` is the address that takes back the last of it: of one's own acts, of any for the national
    level. Those of colleagues are taken back from the history of their records.
    """

    fiche: str
    url: str
    qui: str
    quand: object
    quoi: list
    annuler: str = ""

    @property
    def choses(self):
        """Return each thing that was done, once."""
        return list(dict.fromkeys(self.quoi))

    @property
    def texte(self):
        """Tell each thing once, and no more than a line holds."""
        things = self.choses
        more = (
            [f"et {len(things) - THINGS} autres"] if len(things) > THINGS + 1 else things[THINGS:]
        )
        return ", ".join([*things[:THINGS], *more])


def versions(sorte, perimetre, since):
    """Return the versions of one sort of record, written from `since` on, as rows of one shape.

    Without `since`: all of them.
    """
    path, _ = sorte.whose
    rows = sorte.model.history.filter(**sorte.seulement)
    if since:
        rows = rows.filter(history_date__gte=since)
    if not perimetre.everywhere:
        rows = rows.filter(**{f"{path}__in": sorte.whose_of(perimetre)})
    text = CharField()
    return rows.order_by().values(
        modele=Cast(Value(sorte.model._meta.label_lower), text),
        page=Cast(Value(sorte.page._meta.label_lower), text),
        cle_de_page=Cast(F(sorte.path), text),
        fiche=Cast(F(sorte.nom), text),
        detail=Cast(F(sorte.detail) if sorte.detail else Value(""), text),
        quand=F("history_date"),
        version=F("history_id"),
        geste=F("history_type"),
        raison=Cast(F("history_change_reason"), text),
        compte=F("history_user__username"),
        compte_prenom=F("history_user__first_name"),
        compte_nom=F("history_user__last_name"),
    )


@cache
def dernieres_versions():
    """Return the query of the day of the last version of each model: made once, to be run from a copy."""
    first, *others = [
        model.history.order_by()
        .values(modele=Value(model._meta.label_lower))
        .annotate(derniere=Max("history_date"))
        for model in dict.fromkeys(sorte.model for sorte in FICHES_SUIVIES)
    ]
    return first.union(*others, all=True)


def written(since):
    """Return the sorts of records of which something was written from `since` on, or ever without it."""
    last = {row["modele"]: row["derniere"] for row in dernieres_versions().all()}
    return [
        sorte
        for sorte in FICHES_SUIVIES
        if (day := last.get(sorte.model._meta.label_lower)) and (since is None or day >= since)
    ]


def recent_changes(perimetre, now):
    """Return what was changed in the last seven days, the latest first, in two queries."""
    return last_changes(perimetre, now - RECENT)


def last_changes(perimetre, since=None, most=VERSIONS):
    """Return what was changed from `since` on, the latest first, in two queries, of `most` versions.

    The sorts of records of which nothing was written, or none is there, are left out first: to write
    the query of all of them takes longer than to run it.
    """
    user = perimetre.user
    told = [sorte for sorte in written(since) if sorte.may_be_of(perimetre)]
    rows = [versions(sorte, perimetre, since) for sorte in told]
    if not rows:
        return []
    changes = {}
    for row in rows[0].union(*rows[1:], all=True).order_by("-quand", "cle_de_page")[:most]:
        jour = timezone.localtime(row["quand"]).date()
        key = row["page"], row["cle_de_page"], row["compte"], jour
        if key not in changes:
            changes[key] = change_of(row)
            if row["compte"] and (user.is_superuser or row["compte"] == user.username):
                model = apps.get_model(row["modele"])
                changes[key].annuler = undo_url(model, row["version"])
        changes[key].quoi.append(what_of(row))
    return list(changes.values())


def change_of(row):
    """Return the change that `row` is the latest version of."""
    model = apps.get_model(row["page"])
    gone = row["geste"] == "-" and row["modele"] == row["page"]
    url = admin_url(model, "change", row["cle_de_page"])
    person = f"{row['compte_prenom'] or ''} {row['compte_nom'] or ''}".strip() or row["compte"]
    return FicheChangee(
        fiche=row["fiche"] or capfirst(model._meta.verbose_name),
        url="" if gone else url,
        qui=person or "chargement de fichiers",
        quand=row["quand"],
        quoi=[],
    )


def what_of(row):
    """Say what a version tells: its reason if one was given, else what was done to what."""
    if row["raison"]:
        return row["raison"]
    kind = apps.get_model(row["modele"])._meta.verbose_name
    detail = f" ({row['detail']})" if row["detail"] else ""
    return f"{GESTES_D_HISTOIRE[row['geste']]} : {kind}{detail}"
