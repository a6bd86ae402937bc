"""Who may write of an action, or of a study, refused when it is done: the last door, whatever leads to it.

The agents of its reference département, and those of its communes, write its facts and its money. Who
takes something of it from another DDT has to keep its convention: its end, its owner, its communes.
"""

from django.core.exceptions import ValidationError
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from simple_history.models import HistoricalRecords
from simple_history.signals import post_create_historical_record

from communes.models import Commune
from ort.models import Convention
from ort.models.droits import Plume
from projects.actions.models import (
    MAITRES_D_OUVRAGE,
    Action,
    ActionAdhesion,
    ActionCommune,
    ActionPartenaire,
    ActionSecteur,
    ActionTheme,
    Cout,
    Derogation,
    EffetAvenant,
    Etendue,
    FaitAction,
    Prevision,
)
from projects.etudes.models import BENEFICIAIRES, Etude, EtudeAction, EtudeCommune, FaitEtude
from projects.evaluations.models import Bilan, EcheanceAcceptee, Presentation
from projects.financements.models import AlerteAcceptee, FaitFinancement, Financement
from projects.pieces.models import Piece
from projects.projet.demandes import EN_DEMANDE
from socle.historique import CREATED, ONGOING, REMOVED

# An action, a study, and what is known of each, which those who keep it, or one of its communes, write.
OBJETS = (Action, Etude)
LIGNES = [
    *(ActionAdhesion, ActionCommune, ActionPartenaire, ActionSecteur, ActionTheme),
    *(Cout, Derogation, EffetAvenant, FaitAction, Prevision),
    *(EtudeAction, EtudeCommune, FaitEtude),
    *(AlerteAcceptee, FaitFinancement, Financement, Piece),
]
# What is known of a convention, which those who keep it, or a commune that it ever covered, write.
DE_LA_CONVENTION = [Bilan, EcheanceAcceptee, Presentation]
COMMUNES = (ActionCommune, EtudeCommune)
# What says where it is done, by whom or for whom, and by which acts.
D_UN_AUTRE = {
    Action: {*MAITRES_D_OUVRAGE, "etendue", "convention", "entree_par", "entree", "sortie"},
    Etude: {*BENEFICIAIRES, "convention"},
}

PAS_LA_SIENNE = {
    Action: "« {} » n'est pas une action de vos communes, ni d'une convention que vous tenez : "
    "demandez-le à la DDT de l'une de ses communes.",
    Etude: "« {} » n'est pas une étude de vos communes, ni d'une convention que vous tenez : "
    "demandez-le à la DDT de l'une de ses communes.",
}
PAS_DES_VOTRES = (
    "« {} » ne couvre aucune commune de vos départements : demandez-le à la DDT de référence."
)
A_PLUSIEURS = {
    Action: "« {} » est aussi d'une commune d'un autre département : qui la porte, où elle se fait, les "
    "actes qui l'ajoutent ou la retirent se proposent, depuis sa fiche, à la DDT qui tient sa convention.",
    Etude: "« {} » est aussi d'une commune d'un autre département : son bénéficiaire, ses communes, sa "
    "convention et son retrait se demandent à la DDT qui tient sa convention.",
}
SANS_CONVENTION = (
    "« {} » est aussi d'une commune d'un autre département, et aucune convention ne la porte : qui la "
    "porte et où elle se fait se demandent au niveau national."
)


def objet_of(row):
    """Return the action, or the study, that a row is of; either is of itself.

    None for the file of a review, which is of a convention.
    """
    if isinstance(row, OBJETS):
        return row
    if isinstance(row, Piece):
        return None if row.bilan else row.objet
    if isinstance(row, FaitFinancement):
        return row.financement.objet
    if isinstance(row, EtudeAction):
        return row.etude
    return getattr(row, "action", None) or row.etude


def writes(agent, objet):
    """Tell whether `agent` writes the facts of an action, or of a study: see their `a_ecrire`."""
    rows = type(objet).objects
    return agent.is_superuser or rows.a_ecrire(agent).filter(pk=objet.pk).exists()


def writes_piece(agent, piece):
    """Tell whether `agent` writes the files of what a file is about."""
    if piece.bilan:
        return Convention.objects.for_user(agent).filter(pk=piece.bilan.convention_id).exists()
    return writes(agent, piece.objet)


def keeps(agent, objet, reference=None, besides=None):
    """Tell whether `agent` decides of it alone: it keeps its convention, or has all its communes.

    `reference` is the key of the reference département of its convention; `besides`, a row of a commune
    that is being judged, is not one of its own.
    """
    plume = Plume(agent)
    if reference is None and objet.convention_id:
        kept = Convention.objects.filter(pk=objet.convention_id)
        reference = kept.values_list("departement_reference", flat=True).first()
    if plume.tient(reference):
        return True
    if isinstance(objet, Action) and objet.etendue == Etendue.ORT:
        return False
    rows = objet.communes_liees.exclude(pk=besides and besides.pk)
    of_communes = set(rows.order_by().values_list("commune__departement", flat=True))
    return of_communes <= plume.departements


def author():
    """Return who is about to write, None for what nobody signs: a load of files, a test."""
    user = getattr(getattr(HistoricalRecords.context, "request", None), "user", None)
    return user if user and user.is_authenticated else None


def known_to_the_act(name):
    """Return what the ongoing act has already been allowed, by object; nothing lasts outside an act."""
    acte = ONGOING.get()
    return acte.__dict__.setdefault(name, set()) if acte else set()


def known_as(agent, objet):
    """Return what an agent, and an action or a study, are known by in an act."""
    return agent.pk, type(objet), objet.pk


@receiver(post_create_historical_record)
def watch_who_writes(history_instance, **kwargs):
    """Refuse a version of what its agent may not write; removals are judged before: see below."""
    version, agent = history_instance, history_instance.history_user
    if is_of_conventions(version):
        refuse_unseen_conventions(agent, version)
        return
    judged = version.instance_type in (*OBJETS, *LIGNES)
    if not judged or agent is None or agent.is_superuser:
        return
    demande = EN_DEMANDE.get()
    if demande is not None:
        demande.versions.append(version)
    if version.history_type == REMOVED:
        return
    row = version.instance
    if isinstance(row, OBJETS) and version.history_type == CREATED:
        refuse_unseen(agent, row)
        known_to_the_act("objets_faits").add(known_as(agent, row))
        return
    objet = objet_of(row)
    if known_as(agent, objet) in known_to_the_act("objets_faits"):
        return
    refuse_others(agent, objet)
    refuse_taken(agent, objet, version)


def refuse_unseen(agent, objet):
    """Refuse what is of a convention that its agent does not see."""
    seen = Convention.objects.for_user(agent)
    if objet.convention_id and not seen.filter(pk=objet.convention_id).exists():
        raise ValidationError(PAS_LA_SIENNE[type(objet)].format(objet))


def is_of_conventions(version):
    """Tell whether a version is of what hangs on a convention: the file of a review is."""
    if version.instance_type is Piece:
        return version.bilan_id is not None
    return version.instance_type in DE_LA_CONVENTION


def convention_of(version):
    """Return the key of the convention that a version is of: a file is of that of its review.

    None of a file that goes after its review, whose own removal is judged.
    """
    if version.instance_type is Piece:
        review = Bilan.objects.filter(pk=version.bilan_id)
        return review.values_list("convention", flat=True).first()
    return version.convention_id


def refuse_unseen_conventions(agent, version):
    """Refuse what is written of a convention, or taken from one, that its agent does not see.

    A removal is judged likewise: the convention is still there, or goes with its rows by its own rule.
    """
    if agent is None or agent.is_superuser:
        return
    before = version.prev_record if version.history_type != CREATED else None
    for key in {convention_of(row) for row in (version, before) if row}:
        convention = Convention.objects.filter(pk=key).first()
        seen = Convention.objects.for_user(agent).filter(pk=key).exists()
        if convention and not seen:
            raise ValidationError(PAS_DES_VOTRES.format(convention))


def refuse_others(agent, objet):
    """Refuse what is written of what its agent only reads; asked once in an act."""
    allowed = known_to_the_act("objets_ecrits")
    if known_as(agent, objet) in allowed:
        return
    if not writes(agent, objet):
        raise ValidationError(PAS_LA_SIENNE[type(objet)].format(objet))
    allowed.add(known_as(agent, objet))


def refuse_taken(agent, objet, version):
    """Refuse a change that takes something from another DDT, of whoever does not keep the convention."""
    before, held = version.prev_record, objet.convention_id
    if version.instance_type in COMMUNES:
        allowed = keeps(agent, objet, besides=version.instance) and (
            before is None or of_theirs(agent, before.commune_id)
        )
    elif version.instance_type in OBJETS and before is not None:
        fields = version.tracked_fields
        changed = {
            f.name for f in fields if getattr(version, f.attname) != getattr(before, f.attname)
        }
        if not changed & D_UN_AUTRE[version.instance_type]:
            return
        held = before.convention_id or version.convention_id
        kept = Convention.objects.filter(pk=held)
        reference = kept.values_list("departement_reference", flat=True).first()
        allowed = keeps(agent, objet, reference)
    else:
        return
    if not allowed:
        refuse_or_ask(objet, held)


def refuse_or_ask(objet, convention):
    """Refuse what takes something from another DDT, unless it is written to be proposed to it."""
    if convention is None and isinstance(objet, Action):
        raise ValidationError(SANS_CONVENTION.format(objet))
    demande = EN_DEMANDE.get()
    if demande is None or isinstance(objet, Etude):
        raise ValidationError(A_PLUSIEURS[type(objet)].format(objet))
    demande.conventions.add(convention)


def of_theirs(agent, commune):
    """Tell whether a commune is of a département of `agent`."""
    return Commune.objects.for_user(agent).filter(pk=commune).exists()


def judge_removal(sender, instance, **kwargs):
    """Refuse a removal, while what it leads to is still there to be judged by."""
    agent = author()
    if agent is None or agent.is_superuser:
        return
    objet = objet_of(instance)
    if objet is None or known_as(agent, objet) in known_to_the_act("objets_faits"):
        return
    refuse_others(agent, objet)
    if sender in (*OBJETS, *COMMUNES) and not keeps(agent, objet):
        refuse_or_ask(objet, objet.convention_id)


for model in (*OBJETS, *LIGNES):
    pre_delete.connect(judge_removal, sender=model)
