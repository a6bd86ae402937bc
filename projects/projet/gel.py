"""What is frozen of an ORT when one of its reviews is recorded: its plan, money and measures of that day.

The copy is made once, whatever the door by which the review comes, and never written again: what is
corrected later of an action does not change what a comité has read.
"""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils import timezone

from communes.models import Millesime
from ort.models import CommuneCouverte
from projects.actions.models import Action, FaitAction
from projects.actions.regles import in_order
from projects.etudes.exports import ETUDES, etude_rows
from projects.etudes.filtres import etudes_du_lieu
from projects.etudes.models import Etude
from projects.evaluations.models import Bilan
from projects.indicateurs.exports import INDICATEURS_PUBLICS, releve_rows
from projects.indicateurs.models.droits import de
from projects.indicateurs.publics import releves_publics
from projects.projet.du_jour import ActionsDatees
from projects.projet.exports import ACTIONS, action_rows
from projects.projet.exports_argent import (
    FINANCEMENTS,
    VERSEMENTS,
    Finances,
    lignes_accordees,
    versement_rows,
)
from projects.projet.publiques import publiques

# What the copy holds: raised when its content changes, so that a page knows what it reads.
VERSION = 1
ARGENT = ((FINANCEMENTS, lignes_accordees), (VERSEMENTS, versement_rows))
FAITS = ("action_identifiant", "jour", "precision", "nature", "phase")
# The stages that agents alone read.
INTERNES = ("prevu", "demande", "en_attente", "refuse", "retire")


def figer(convention, jour):
    """Return what is known of the plan of a convention on `jour`, as it is told today.

    What anybody reads that day is under `public`: the rows of the public files. What agents alone read
    is apart, under `interne`, and no public page opens it.
    """
    annee_cog = Millesime.objects.annee_cog(jour)
    known = publiques(jour).filter(convention=convention)
    # The money of the actions alone: that of the studies is in no sum of a plan.
    money = Finances(known, Etude.objects.none())
    told = [(ACTIONS, action_rows(known, jour))]
    told += [(table, rows(money, jour)) for table, rows in ARGENT]
    studies = etudes_du_lieu(jour, ort=convention.identifiant)
    told.append((ETUDES, etude_rows(studies, jour)))
    readings = releves(convention, known, jour)
    told.append((INDICATEURS_PUBLICS, releve_rows(readings, jour)))
    tables = {
        table.nom: {"entete": table.entete, "lignes": list(table.lignes(rows, jour, annee_cog))}
        for table, rows in told
    }
    return as_json(
        {
            "version": VERSION,
            "au": jour,
            "fige_le": timezone.localdate(),
            "public": tables | {"faits": faits(known, jour), "noms": noms(readings)},
            "interne": {"argent": argent_interne(convention, jour)},
        }
    )


def releves(convention, actions, jour):
    """Return the readings, known by `jour`, of an ORT, of its actions and of the communes that it covers."""
    covered = CommuneCouverte.objects.as_of(jour).filter(convention=convention).order_by()
    of_the_ort = de(actions.order_by().values("pk"), [convention.pk], covered.values("commune"))
    return releves_publics(jour).filter(of_the_ort)


def noms(readings):
    """Return how what is measured, and what it is measured of, are called: a copy asks nobody later."""
    fields = ("indicateur__identifiant", "indicateur__libelle", "commune", "commune__nom")
    called = {}
    for indicateur, libelle, code, nom in readings.order_by().values_list(*fields).distinct():
        called |= {indicateur: libelle} | ({code: nom} if code else {})
    return {"entete": ("identifiant", "nom"), "lignes": sorted(called.items())}


def faits(actions, jour):
    """Return what happened by `jour` to some actions, without the reasons, which are internal.

    Those of an action are in the order that its state is read in: the last one is told apart.
    """
    rows = FaitAction.objects.filter(action__in=actions.order_by().values("pk"), jour__lte=jour)
    cells = rows.order_by().values_list("action__identifiant", *FAITS[1:], named=True)
    told = sorted(cells, key=lambda row: (row.action__identifiant, in_order(row)))
    return {"entete": FAITS, "lignes": told}


def argent_interne(convention, jour):
    """Return the sums of the stages that agents alone read, of each action of a convention."""
    names = dict(
        Action.objects.filter(convention=convention)
        .order_by("identifiant")
        .values_list("pk", "identifiant")
    )
    known = ActionsDatees(names).du_jour(jour, interne=True) if names else {}
    return {
        "entete": ("action_identifiant", *INTERNES),
        "lignes": [
            [name, *(amount(getattr(known[pk].sommes, stage)) for stage in INTERNES)]
            for pk, name in names.items()
        ],
    }


def amount(somme):
    """Return a sum; None of no line, or if it is not known."""
    return somme.montant if somme.lignes and somme.connue else None


def as_json(content):
    """Return what a base keeps of `content`, and gives back: days and amounts as texts."""
    return json.loads(json.dumps(content, cls=DjangoJSONEncoder))


@receiver(pre_save, sender=Bilan)
def freeze(sender, instance, raw=False, **kwargs):
    """Freeze a review that is being recorded; leave the copy of one that is there as it was made."""
    if raw:
        return
    if not instance._state.adding:
        instance.gel = Bilan.objects.filter(pk=instance.pk).values_list("gel", flat=True).first()
    elif instance.gel is None:
        instance.gel = figer(instance.convention, instance.tenu_le)
