"""Each change of an account is written in a journal that nobody rewrites, and mailed."""

from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import is_password_usable
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from communes.territoire.departements import Departement
from socle.courriels import mail_admins, send_mail

NOBODY = "ligne de commande"
INCONNU = (
    "Si vous ne reconnaissez pas ce changement, prévenez aussitôt votre référent départemental ou "
    "l'administrateur national."
)
NEVER = "Le journal des droits ne se récrit pas."


class Droit(models.TextChoices):
    """What an account holds, each in the order in which it is told."""

    COMPTE = "compte", "compte"
    IDENTIFIANT = "username", "identifiant"
    NOM = "last_name", "nom"
    PRENOM = "first_name", "prénom"
    COURRIEL = "email", "adresse électronique"
    ROLE = "role", "rôle"
    DEPARTEMENTS = "departements", "départements"
    NATIONAL = "is_superuser", "niveau national"
    ESPACE_AGENTS = "is_staff", "accès à l'espace agents"
    MOT_DE_PASSE = "password", "mot de passe"


# What a new account has, and a deleted one no longer has: that goes without saying.
SANS_DIRE = {
    Droit.IDENTIFIANT,
    Droit.NOM,
    Droit.PRENOM,
    Droit.COURRIEL,
    Droit.MOT_DE_PASSE,
}


class JournalDroitsQuerySet(models.QuerySet):
    def for_user(self, user):
        """Keep the lines that name, before or after, a département of `user`; national: all."""
        if user.is_active and user.is_superuser:
            return self
        return self.filter(departements__in=Departement.objects.for_user(user)).distinct()

    def update(self, **kwargs):
        raise PermissionDenied(NEVER)

    def delete(self):
        raise PermissionDenied(NEVER)


class JournalDroits(models.Model):
    """One right of one account, given or taken, or what names it: by whom, when, from what to what.

    Names are kept as text beside the accounts, which may be deleted: the line stays.
    """

    quand = models.DateTimeField("quand", default=timezone.now, editable=False)
    par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="par"
    )
    par_nom = models.CharField("par", max_length=150)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="journal",
        verbose_name="agent",
    )
    agent_nom = models.CharField("agent", max_length=150)
    droit = models.CharField("droit", max_length=12, choices=Droit)
    avant = models.TextField("avant", blank=True)
    apres = models.TextField("après", blank=True)
    departements = models.ManyToManyField(
        Departement, related_name="+", verbose_name="départements concernés"
    )

    objects = JournalDroitsQuerySet.as_manager()

    class Meta:
        verbose_name = "droit donné ou retiré"
        verbose_name_plural = "journal des droits"
        ordering = ["-quand", "-pk"]

    def __str__(self):
        texte = f"{self.agent_nom} : {self.get_droit_display()}"
        return f"{texte} : {self.avant or 'aucun'} → {self.apres or 'aucun'}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise PermissionDenied(NEVER)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise PermissionDenied(NEVER)


@contextmanager
def watched(par, *agents):
    """Write in the journal what the block changes of the rights of `agents`, by the hand of `par`."""
    with transaction.atomic():
        before = [(agent.pk, agent, agent.droits()) for agent in agents]
        yield
        for pk, agent, avant in before:
            agent.pk = pk
            record(par, agent, avant)


def record(par, agent, avant):
    """Write in the journal how the rights of `agent` differ from `avant`, and mail it.

    `avant` is what `Agent.droits` gave, empty for a new account; `par` is None on the command line.
    A mail that cannot be sent is logged and undoes nothing.
    """
    apres = agent.droits()
    changed = [droit for droit in Droit if avant.get(droit, "") != apres.get(droit, "")]
    lines = [
        JournalDroits.objects.create(
            par=par,
            par_nom=par.username if par else NOBODY,
            agent=agent if apres else None,
            agent_nom=agent.username,
            droit=droit,
            **avant_apres(droit, avant, apres),
        )
        for droit in changed
        if droit not in SANS_DIRE or (avant and apres)
    ]
    departements = codes(avant) | codes(apres)
    for line in lines:
        line.departements.set(departements)
    if lines:
        tell(lines, {avant.get(Droit.COURRIEL), apres.get(Droit.COURRIEL)}, departements)


def avant_apres(droit, avant, apres):
    """Return how a right reads before and after; of a password, nothing but that it changed."""
    if droit == Droit.MOT_DE_PASSE:
        usable = is_password_usable(apres[droit])
        return {"avant": "", "apres": "changé" if usable else "retiré"}
    return {"avant": avant.get(droit, ""), "apres": apres.get(droit, "")}


def codes(droits):
    """Return the codes of the départements of some rights."""
    return set(filter(None, droits.get(Droit.DEPARTEMENTS, "").split(", ")))


def tell(lines, addresses, departements):
    """Mail some lines, once they are written: to the administrators, and to those concerned.

    Those are the person, at `addresses`, the former and the new, and the référents of its
    `departements`, but whoever did it. Each has a mail of its own, and tells the others nothing.
    """
    first = lines[0]
    referents = get_user_model().objects.referents(departements).exclude(pk=first.par_id)
    concerned = {*addresses, *referents.values_list("email", flat=True)} - {None, ""}
    when = f"{timezone.localtime(first.quand):%d/%m/%Y à %H:%M}"
    subject = f"Droits de {first.agent_nom}"
    text = "\n".join([f"Par {first.par_nom}, le {when} :", "", *map(str, lines)])

    def mail_to(address):
        transaction.on_commit(
            lambda: send_mail(subject, f"{text}\n\n{INCONNU}", [address]), robust=True
        )

    transaction.on_commit(lambda: mail_admins(subject, text), robust=True)
    for address in sorted(concerned):
        mail_to(address)
