"""What an agent may not write of a shared convention, it proposes: the other DDT accepts it, or not.

A proposal changes nothing by itself: no page, no figure. Accepted, it is written by whoever accepts it,
under the same rules as by hand.
"""

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils import timezone

from communes.models import Departement
from ort.models.conventions import Convention
from socle.dates import in_french, keep_first_days
from socle.historique import one_act
from socle.sources import said_by, set_aside

ANSWERED = "Cette proposition a déjà une réponse."
CHANGED = "« {} » a changé depuis la proposition : refusez-la, puis corrigez la fiche vous-même."


class PropositionQuerySet(models.QuerySet):
    def for_user(self, user):
        """Keep the proposals about conventions that `user` sees, and those made to its départements.

        A commune that would come in is of a département that the convention may not touch yet.
        """
        return self.filter(
            Q(convention__in=Convention.objects.for_user(user))
            | Q(destinataire__in=Departement.objects.for_user(user))
        )

    def en_attente(self):
        """Keep the proposals that have no answer yet."""
        return self.filter(reponse="")

    def with_a_examiner(self, user):
        """Add `a_examiner`: whether the proposal is made to a département of `user`."""
        theirs = Q(destinataire__in=Departement.objects.for_user(user))
        return self.annotate(a_examiner=ExpressionWrapper(theirs, BooleanField()))

    def a_examiner(self, user):
        """Keep those that await the answer of the départements of `user`."""
        return self.en_attente().filter(destinataire__in=Departement.objects.for_user(user))


class Proposition(models.Model):
    """Changes of a convention, or of its rows, that one DDT asks of another.

    `changements` are the fields that would change, each with its texts before and after: see
    `change_of`. A row without key would come in; one that goes is `retire`: see `removal_of`. Without
    any, the text says what to do by hand.
    """

    class Reponse(models.TextChoices):
        ACCEPTEE = "acceptee", "acceptée"
        REFUSEE = "refusee", "refusée"
        RETIREE = "retiree", "retirée par son auteur"

    convention = models.ForeignKey(
        Convention, models.PROTECT, "propositions", verbose_name="convention"
    )
    destinataire = models.ForeignKey(
        Departement, models.PROTECT, "propositions", verbose_name="proposée à la DDT"
    )
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, "+", null=True, verbose_name="par"
    )
    moment = models.DateTimeField("faite le")
    texte = models.TextField("ce qui est proposé, et pourquoi", max_length=2000)
    changements = models.JSONField("changements", default=list, blank=True)
    reponse = models.CharField("réponse", max_length=8, choices=Reponse, blank=True)
    repondu_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, "+", null=True, blank=True
    )
    repondu_le = models.DateTimeField("répondue le", null=True, blank=True)
    suite = models.TextField("motif de la réponse", max_length=400, blank=True)

    objects = PropositionQuerySet.as_manager()

    feminin = True

    class Meta:
        verbose_name = "proposition"
        ordering = ["-moment", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reponse="", repondu_le__isnull=True)
                | (~Q(reponse="") & Q(repondu_le__gte=models.F("moment"))),
                name="ort_proposition_reponse_datee",
                violation_error_message="Une réponse a une date, après la proposition.",
            )
        ]

    def __str__(self):
        return f"Proposition du {in_french(timezone.localdate(self.moment))} sur {self.convention}"

    def may_be_answered_by(self, user):
        """Tell whether `user` is of the DDT that the proposal is made to."""
        return type(self).objects.a_examiner(user).filter(pk=self.pk).exists()

    def answer(self, reponse, par, suite=""):
        """Give the proposal its one answer; write what it proposes if it is accepted.

        Raises `ValidationError`, and writes nothing, when it has one already, when a record has
        changed since, or when the records refuse what is proposed.
        """
        with transaction.atomic():
            held = type(self).objects.select_for_update(of=["self"]).get(pk=self.pk)
            if held.reponse:
                raise ValidationError(ANSWERED)
            if reponse == self.Reponse.ACCEPTEE:
                with one_act(f"Proposition acceptée : {held.texte}"[:250]):
                    held.write_changes()
            held.reponse, held.repondu_par = reponse, par
            held.repondu_le, held.suite = timezone.now(), suite
            held.save()
        return held

    def write_changes(self):
        """Write the fields as proposed, each record once.

        What a source says of a date that changes is set aside: nobody says yet who says the new one.
        """
        fiches, dires = {}, []
        for change in self.changements:
            if change.get("retire"):
                self.remove(change)
                continue
            key = change["modele"], change["cle"], change.get("nouvelle")
            fiche = fiches.setdefault(key, self.fiche_of(change))
            champ = fiche._meta.get_field(change["champ"])
            if written(fiche, champ) != change["avant"]:
                raise ValidationError(CHANGED.format(fiche))
            before = champ.value_from_object(fiche)
            if before and isinstance(champ, models.DateField):
                dires += said_by(fiche, champ.name, before)
            nothing = not change["apres"] and champ.null
            setattr(fiche, champ.attname, None if nothing else champ.to_python(change["apres"]))
        for fiche in fiches.values():
            keep_first_days(fiche)
            fiche.full_clean()
            fiche.save()
        set_aside(dires)

    def remove(self, change):
        """Remove a record as proposed, if it is still the one that was named."""
        fiche = self.fiche_of(change)
        if str(fiche) != change["avant"]:
            raise ValidationError(CHANGED.format(fiche))
        fiche.delete()

    def fiches(self):
        """Return the records that would change, in groups of one model, the convention first."""
        keys = {}
        for change in self.changements:
            if change["cle"] is not None:
                keys.setdefault(apps.get_model(change["modele"]), set()).add(change["cle"])
        there = [list(m._base_manager.filter(pk__in=found)) for m, found in keys.items()]
        return [[self.convention], *filter(None, there)]

    def fiche_of(self, change):
        """Return the record of a change as it is now; a new row, of the convention, if it has no key."""
        model = apps.get_model(change["modele"])
        if change["cle"] is None:
            named = {field.name for field in model._meta.concrete_fields}
            return model(convention=self.convention) if "convention" in named else model()
        fiche = model._base_manager.filter(pk=change["cle"]).first()
        if fiche is None:
            raise ValidationError(CHANGED.format(self.convention))
        return fiche


def change_of(fiche, nom, apres, **nouvelle):
    """Return the change of a field of a record, to the text `apres`, as a proposal keeps it.

    `nouvelle` tells one new row from another, which have no key yet.
    """
    champ = fiche._meta.get_field(nom)
    return {
        "modele": fiche._meta.label_lower,
        "cle": fiche.pk,
        "champ": nom,
        "avant": written(fiche, champ),
        "apres": apres,
    } | nouvelle


def removal_of(fiche):
    """Return the removal of a record, as a proposal keeps it."""
    named = {"modele": fiche._meta.label_lower, "cle": fiche.pk, "champ": ""}
    return named | {"avant": str(fiche), "apres": "", "retire": True}


def written(fiche, champ):
    """Return the value of a field as a proposal writes it: empty, or its text."""
    value = champ.value_from_object(fiche)
    return "" if value is None else champ.value_to_string(fiche)
