"""What an action is linked to: communes, adhésions, themes, sectors, partners, avenants."""

import datetime
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from communes.models import Commune, Intercommunalite, Labellisation
from communes.territoire.du_jour import DeCommuneQuerySet
from ort.models import Avenant, Organisme, Secteur
from projects.actions.models.actions import MAITRES_D_OUVRAGE, Action
from projects.actions.models.droits import DeLActionQuerySet
from projects.actions.models.themes import Theme
from socle.dates import Precision, in_words
from socle.ensembles import DUnEnsemble, refuse_to_come, says_anew
from socle.etages import held_above
from socle.historique import Historisee
from socle.sources import Sourcee


def une_fois(model, field, message, of="action"):
    """Return the constraint that an action, or what `of` names, is linked once to a record."""
    return models.UniqueConstraint(
        fields=[of, field],
        name=f"projects_{model}_une_fois",
        violation_error_message=message,
    )


class ActionCommuneQuerySet(DeCommuneQuerySet, DeLActionQuerySet):
    """The communes of the actions, in the name of whichever answers for them on a day."""


class ActionCommune(Historisee):
    """A commune where an action is done."""

    action = models.ForeignKey(Action, models.CASCADE, "communes_liees", verbose_name="action")
    commune = models.ForeignKey(Commune, models.PROTECT, "actions", verbose_name="commune")

    feminin = True

    objects = ActionCommuneQuerySet.as_manager()

    class Meta:
        verbose_name = "commune de l'action"
        verbose_name_plural = "communes de l'action"
        ordering = ["commune__nom_recherche"]
        constraints = [
            une_fois("actioncommune", "commune", "Cette commune est déjà celle de l'action.")
        ]

    def __str__(self):
        return f"{self.commune} : {self.action}"


class ActionAdhesion(DUnEnsemble, Historisee):
    """An adhésion that carries an action; one signed by several communes together is several rows."""

    action = models.ForeignKey(Action, models.CASCADE, "adhesions", verbose_name="action")
    labellisation = models.ForeignKey(
        Labellisation, models.RESTRICT, "actions", verbose_name="adhésion"
    )

    feminin = True

    ensemble = "action"

    objects = DeLActionQuerySet.as_manager()

    class Meta:
        verbose_name = "adhésion de l'action"
        verbose_name_plural = "adhésions de l'action"
        ordering = ["pk"]
        constraints = [
            une_fois("actionadhesion", "labellisation", "Cette adhésion porte déjà l'action.")
        ]

    def __str__(self):
        return f"{self.labellisation} : {self.action}"

    def clean(self):
        super().clean()
        self.refuse_beside_others()

    @staticmethod
    def refuse(rows):
        """Refuse adhésions that were not signed together: an action comes by one act."""
        days = {row.labellisation.date_signature_adhesion for row in rows}
        if len(days) > 1:
            raise ValidationError(
                {"labellisation": "Cette adhésion n'a pas été signée le même jour que les autres."}
            )


class ActionTheme(Historisee):
    """A theme of an action, beside its main one."""

    action = models.ForeignKey(Action, models.CASCADE, "themes_lies", verbose_name="action")
    theme = models.ForeignKey(Theme, models.PROTECT, verbose_name="thème")

    objects = DeLActionQuerySet.as_manager()

    class Meta:
        verbose_name = "thème secondaire"
        verbose_name_plural = "thèmes secondaires"
        ordering = ["theme__ordre"]
        constraints = [une_fois("actiontheme", "theme", "Ce thème est déjà celui de l'action.")]

    def __str__(self):
        return str(self.theme)


SECTEUR_AILLEURS = "Ce secteur est celui d'une autre convention."


class ActionSecteur(Historisee):
    """A secteur d'intervention where an action is done."""

    action = models.ForeignKey(Action, models.CASCADE, "secteurs_lies", verbose_name="action")
    secteur = models.ForeignKey(Secteur, models.CASCADE, verbose_name="secteur")

    objects = DeLActionQuerySet.as_manager()

    class Meta:
        verbose_name = "secteur de l'action"
        verbose_name_plural = "secteurs de l'action"
        ordering = ["secteur__nom"]
        constraints = [
            une_fois("actionsecteur", "secteur", "Ce secteur est déjà celui de l'action.")
        ]

    def __str__(self):
        return str(self.secteur)

    def clean(self):
        """Refuse a sector of another convention."""
        super().clean()
        elsewhere = self.secteur.convention_id != self.action.convention_id
        if elsewhere and (says_anew(self, "secteur") or says_anew(self.action, "convention")):
            raise ValidationError({"secteur": SECTEUR_AILLEURS})


class ActionPartenaire(Historisee):
    """A body that supports an action."""

    action = models.ForeignKey(Action, models.CASCADE, "partenaires_lies", verbose_name="action")
    organisme = models.ForeignKey(Organisme, models.PROTECT, verbose_name="organisme")

    objects = DeLActionQuerySet.as_manager()

    class Meta:
        verbose_name = "partenaire de l'action"
        verbose_name_plural = "partenaires de l'action"
        ordering = ["organisme__nom"]
        constraints = [
            une_fois("actionpartenaire", "organisme", "Ce partenaire est déjà celui de l'action.")
        ]

    def __str__(self):
        return str(self.organisme)


# By which an action comes into a plan, and goes out of it.
ACTES = ("convention", "entree", "sortie")
ANCIENS = ("ancien_commune", "ancien_intercommunalite", "ancien_organisme")
AVANT_L_ENTREE = "Cet avenant précède celui qui met l'action au plan, {}."
APRES_LA_SORTIE = "Cet avenant suit celui qui retire l'action du plan, {}."
MEME_MAITRE_D_OUVRAGE = (
    "L'ancien maître d'ouvrage serait aussi le nouveau : dites celui d'avant l'avenant, ou corrigez d'abord "
    "celui de l'action."
)


class EffetAvenant(DUnEnsemble, Historisee):
    """What an avenant does to an action that was there before, and stays: changed, or another owner's.

    Of a change of owner, the one that it was before is kept: the owner on a day is read from there.
    """

    class Nature(models.TextChoices):
        MODIFIEE = "modifiee", "action modifiée"
        TRANSFEREE = "transferee", "maître d'ouvrage changé"

    action = models.ForeignKey(Action, models.CASCADE, "effets", verbose_name="action")
    avenant = models.ForeignKey(
        Avenant, models.RESTRICT, "effets_sur_actions", verbose_name="avenant"
    )
    nature = models.CharField("effet", max_length=10, choices=Nature)
    texte = models.TextField(
        "ce que l'acte écrit", max_length=4000, blank=True, help_text="Public, comme l'acte."
    )
    ancien_commune = models.ForeignKey(
        Commune, models.PROTECT, "+", null=True, blank=True, verbose_name="avant : commune"
    )
    ancien_intercommunalite = models.ForeignKey(
        Intercommunalite,
        models.PROTECT,
        "+",
        null=True,
        blank=True,
        verbose_name="avant : intercommunalité",
    )
    ancien_organisme = models.ForeignKey(
        Organisme, models.PROTECT, "+", null=True, blank=True, verbose_name="avant : organisme"
    )

    textes_publics = ("texte",)

    ensemble = "action"

    objects = DeLActionQuerySet.as_manager()

    class Meta:
        verbose_name = "effet d'un avenant"
        verbose_name_plural = "effets d'avenants"
        ordering = ["avenant__date_signature", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "avenant", "nature"],
                name="projects_effetavenant_une_fois",
                violation_error_message="Cet avenant a déjà cet effet sur l'action.",
            ),
            models.CheckConstraint(
                condition=(
                    Q(ancien_commune__isnull=True, ancien_intercommunalite__isnull=True)
                    | Q(ancien_commune__isnull=True, ancien_organisme__isnull=True)
                    | Q(ancien_intercommunalite__isnull=True, ancien_organisme__isnull=True)
                )
                & (
                    Q(nature="transferee")
                    | Q(
                        ancien_commune__isnull=True,
                        ancien_intercommunalite__isnull=True,
                        ancien_organisme__isnull=True,
                    )
                ),
                name="projects_effetavenant_un_ancien",
                violation_error_message="Seul un changement de maître d'ouvrage en nomme l'ancien, un seul.",
            ),
        ]

    def __str__(self):
        return f"{self.get_nature_display()} par {self.avenant.nom}"

    def clean(self):
        """Refuse an avenant of another convention, or of a day when the action is not at the plan."""
        super().clean()
        refused = self.refus_de_l_avenant()
        if refused and (says_anew(self, "avenant") or says_anew(self.action, *ACTES)):
            raise ValidationError({"avenant": refused})
        if self.nature == EffetAvenant.Nature.TRANSFEREE:
            self.refuse_beside_others()

    def refus_de_l_avenant(self):
        """Say why its avenant cannot have this effect on an action of these acts; None if it can."""
        entree, sortie = self.action.entree, self.action.sortie
        if self.avenant.convention_id != self.action.convention_id:
            return "Cet avenant est celui d'une autre convention."
        if surely_precedes(self.avenant, entree):
            return AVANT_L_ENTREE.format(
                in_words(entree.date_signature, entree.precision_signature)
            )
        if surely_precedes(sortie, self.avenant):
            return APRES_LA_SORTIE.format(
                in_words(sortie.date_signature, sortie.precision_signature)
            )
        return None

    @property
    def ancien(self):
        """Return the keys of the owner before it, one of three; all None if unknown."""
        return tuple(getattr(self, f"{name}_id") for name in ANCIENS)

    @classmethod
    def refusal_anew(cls, rows, key):
        """Return it too of an action that is given another owner: each of its changes is said anew."""
        given = rows and says_anew(rows[0].action, *MAITRES_D_OUVRAGE)
        return cls.refusal(rows) if given else super().refusal_anew(rows, key)

    @staticmethod
    def refuse(rows):
        """Refuse a change of owner that changes nothing: the next one, or the action, tells the new owner."""
        changes = [row for row in rows if row.nature == EffetAvenant.Nature.TRANSFEREE]
        if not changes:
            return
        action = rows[0].action
        owners = [row.ancien for row in sorted(changes, key=in_order)]
        owners.append(tuple(getattr(action, f"{name}_id") for name in MAITRES_D_OUVRAGE))
        if any(before == after and any(before) for before, after in pairwise(owners)):
            raise ValidationError(MEME_MAITRE_D_OUVRAGE)


@held_above(Action)
def refuse_effects(action):
    """Refuse acts, or an owner, by which what an avenant did to the action could not be."""
    if not says_anew(action, *ACTES, *MAITRES_D_OUVRAGE):
        return
    rows = list(action.effets.select_related("avenant"))
    for row in rows:
        row.action = action
        refused = row.refus_de_l_avenant()
        if refused and says_anew(action, *ACTES):
            raise ValidationError(f"« {row} » : {refused}")
    if refused := EffetAvenant.refusal_anew(rows, action.pk):
        raise ValidationError(refused.messages)


def surely_precedes(first, second):
    """Tell whether an act was signed before another, by what is known of the two days."""
    signed = first and second and first.date_signature and second.date_signature
    if not signed or second.precision_signature == Precision.AU_PLUS_TARD:
        return False
    return first.dernier_jour_signature < second.date_signature


def in_order(effet):
    """Return what an effect is sorted by: the day of its avenant, then its key; what is to come is last."""
    return effet.avenant.date_signature or datetime.date.max, effet.pk or float("inf")


class Derogation(Sourcee):
    """What the préfet allows for an action, against the rule: a smaller share, an early start."""

    class Objet(models.TextChoices):
        PARTICIPATION = "participation", "participation minimale (CGCT, art. L. 1111-10)"
        COMMENCEMENT = "commencement", "commencement avant dossier complet (CGCT, art. R. 2334-24)"

    action = models.ForeignKey(Action, models.CASCADE, "derogations", verbose_name="action")
    objet = models.CharField("objet", max_length=13, choices=Objet)
    jour = models.DateField("jour de la décision")
    reference = models.CharField("référence", max_length=100, blank=True)
    motif = models.CharField("fondement", max_length=400, help_text="Jamais publié.")

    feminin = True

    objects = DeLActionQuerySet.as_manager()

    class Meta:
        verbose_name = "dérogation du préfet"
        verbose_name_plural = "dérogations du préfet"
        ordering = ["jour", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "objet", "jour"],
                name="projects_derogation_une_fois",
                violation_error_message="Cette dérogation est déjà enregistrée.",
            )
        ]

    def __str__(self):
        return f"dérogation : {self.get_objet_display()}"

    def clean(self):
        """Refuse a decision of a day to come: nothing is allowed yet."""
        super().clean()
        refuse_to_come(self, "Cette décision est d'un jour à venir.", "jour")
