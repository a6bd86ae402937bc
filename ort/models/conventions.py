"""The conventions: which are an ORT, in force on a day, over some communes, within reach of an agent."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import BigIntegerField, F, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from communes.models import (
    Commune,
    Departement,
    Intercommunalite,
    Labellisation,
    Rattachement,
)
from ort.models.avenants import Avenant
from ort.models.couvertures import CommuneCouverte
from ort.models.jours import as_number, in_number, refusals
from ort.models.validations import AValiderQuerySet
from ort.regles import DUREE_EN_ANNEES, DUREE_IMPOSSIBLE, LOI_ELAN, signe
from socle.dates import PrecisionField, stored_on_first_day
from socle.ensembles import says_anew
from socle.etages import refuse_above
from socle.remarques import Avant
from socle.sources import Affirmation, Sourcee, record_type
from socle.verrou import lock

# What sources say of how the communes of a convention were put together: see `ConventionQuerySet.par_regle`.
REGROUPEMENT = "regroupement"


def regroupements():
    """Return what national lists are made to say of conventions that a rule put together: no day yet."""
    of_convention = {"content_type": record_type(Convention), "champ": REGROUPEMENT}
    return Affirmation.objects.retenues().filter(**of_convention, valeur="")


class ConventionQuerySet(AValiderQuerySet):
    def for_user(self, user):
        """Keep the conventions that cover, at any date, a commune of `user`, or refer to its département.

        A convention over two départements is thus shared by the agents of both.
        """
        covered = CommuneCouverte.objects.filter(commune__in=Commune.objects.for_user(user))
        return self.filter(
            Q(pk__in=covered.values("convention"))
            | Q(departement_reference__in=Departement.objects.for_user(user))
        )

    def tenues_par(self, user):
        """Keep the conventions that `user` keeps: those of its reference département, see `Plume`."""
        return self.filter(departement_reference__in=Departement.objects.for_user(user))

    def removed_for_user(self, user):
        """Return the removals of conventions that had ever covered a commune of `user`, or referred to it."""
        covered = CommuneCouverte.history.filter(commune__in=Commune.objects.for_user(user))
        return self.model.history.removed().filter(
            Q(id__in=covered.values("convention"))
            | Q(departement_reference__in=Departement.objects.for_user(user))
        )

    def ort(self):
        """Keep the conventions that are an ORT: a convention without its ville principale is not."""
        return self.filter(vaut_ort=True)

    def signees(self, jour):
        """Keep the conventions signed on `jour` or before; a planned date is not a signature."""
        return self.filter(date_signature__lte=jour)

    def with_jour_fin(self, jour):
        """Add `jour_fin`, the first day out of force as known on `jour`, or nothing if it never ends.

        It is the anniversary of the signature, by the duration that the avenants signed by `jour`
        give; a convention whose duration is unknown never ends by itself. Days are written as
        numbers: see `in_number`.
        """
        last_extension = (
            Avenant.objects.signes(jour)
            .filter(convention=OuterRef("pk"), duree_annees__isnull=False)
            .order_by("-date_signature", "-pk")
            .values("duree_annees")[:1]
        )
        duration = Coalesce(Subquery(last_extension), F("duree_annees"))
        return self.alias(jour_fin=in_number("date_signature") + duration * 10_000)

    def ended(self, jour):
        """Keep the conventions signed by `jour` and out of force on `jour`."""
        return self.signees(jour).with_jour_fin(jour).filter(jour_fin__lte=as_number(jour))

    def en_vigueur(self, jour):
        """Keep the conventions signed on `jour` or before and not ended on `jour`."""
        running = Q(jour_fin__isnull=True) | Q(jour_fin__gt=as_number(jour))
        return self.signees(jour).with_jour_fin(jour).filter(running)

    def covering(self, communes, jour):
        """Keep the conventions that cover on `jour` at least one of `communes`, a queryset."""
        couvertures = CommuneCouverte.objects.as_of(jour).des(
            communes.order_by().values("pk"), jour
        )
        return self.filter(pk__in=couvertures.values("convention"))

    def du_programme(self, departement, jour):
        """Keep the ORT signed by `jour` that cover on `jour` a commune lauréate of `departement`.

        `departement` None speaks of France. An ORT over two départements is kept once for each.
        Ended ORT are kept: chain with `en_vigueur(jour)` to count.
        """
        laureates = Labellisation.objects.as_of(jour).counted_in(departement, jour)
        covering = CommuneCouverte.objects.as_of(jour).des(laureates.communes_du_jour(jour), jour)
        return self.ort().signees(jour).filter(pk__in=covering.values("convention"))

    def sans_laureate(self, departement, jour):
        """Keep the ORT signed by `jour`, over a commune of `departement`, that no laureate ever entered.

        `departement` None speaks of France. An ORT that the programme joined later is not one of
        them, even before: it is known because of it.
        """
        laureates = Labellisation.objects.communes_du_jour(jour)
        there = CommuneCouverte.objects.with_dates().filter(date_entree__lte=jour)
        if departement is not None:
            there = there.filter(commune__departement=departement)
        joined = CommuneCouverte.objects.des(laureates, jour).order_by()
        kept = self.ort().signees(jour).filter(pk__in=there.order_by().values("convention"))
        return kept.exclude(pk__in=joined.values("convention"))

    def par_regle(self):
        """Keep those that a rule put together from a national list, and that nobody has confirmed since.

        The list names no convention: see `ort.liste.groupes`. Who confirms it says on which day.
        """
        key = Cast("object_id", BigIntegerField())
        return self.filter(pk__in=regroupements().annotate(cle=key).values("cle"))

    def sans_fin(self, jour):
        """Keep the conventions in force on `jour` whose duration is not known: nobody sees them end."""
        return self.en_vigueur(jour).filter(jour_fin__isnull=True)

    def finissant(self, jour, depuis, horizon):
        """Keep the conventions signed by `jour` that end, as known then, after `depuis`, by `horizon`."""
        ends = {"jour_fin__gt": as_number(depuis), "jour_fin__lte": as_number(horizon)}
        return self.signees(jour).with_jour_fin(jour).filter(**ends)


class Convention(Sourcee):
    """A convention-cadre signed by the State, an intercommunalité and communes; often an ORT."""

    class Origine(models.TextChoices):
        PVD = "PVD", "Petites villes de demain"
        ACV = "ACV", "Action cœur de ville"
        AUTRE = "autre", "autre"

    identifiant = models.SlugField(
        "identifiant", unique=True, help_text="Adresse publique de l'ORT : ne change plus."
    )
    intitule = models.CharField("intitulé", max_length=250)
    porteur = models.ForeignKey(
        Intercommunalite,
        models.PROTECT,
        "conventions",
        null=True,
        blank=True,
        verbose_name="intercommunalité porteuse",
    )
    departement_reference = models.ForeignKey(
        Departement, models.PROTECT, "conventions", verbose_name="département de référence"
    )
    date_signature = models.DateField("date de signature", null=True, blank=True)
    precision_signature = PrecisionField("précision", date="date_signature")
    date_signature_prevue = models.DateField("signature prévue", null=True, blank=True)
    duree_annees = models.PositiveSmallIntegerField("durée, en années", null=True, blank=True)
    vaut_ort = models.BooleanField(
        "vaut ORT",
        default=True,
        help_text="Une convention-cadre sans la ville principale n'est pas une ORT, sauf dérogation.",
    )
    ville_principale = models.ForeignKey(
        Commune, models.PROTECT, null=True, blank=True, verbose_name="ville principale"
    )
    derogation_l303_3 = models.BooleanField(
        "dérogation du préfet (article L. 303-3 du CCH)", null=True, blank=True
    )
    origine = models.CharField("origine", max_length=5, choices=Origine, default=Origine.PVD)
    note_interne = models.TextField("note interne", blank=True, help_text="Jamais publiée.")

    # What sources say of a convention, and that none of its fields holds.
    autres_champs_dits = (REGROUPEMENT,)
    publie_par = {"date_signature": "Signer la convention"}
    remarques_possibles = (
        Avant(
            "date_signature",
            lambda: LOI_ELAN,
            "L'ORT est signée avant la loi qui a créé les ORT, le 23 novembre 2018.",
            {"vaut_ort": True},
        ),
    )

    objects = ConventionQuerySet.as_manager()

    feminin = True
    textes_publics = ("intitule",)

    class Meta:
        verbose_name = "convention"
        ordering = ["identifiant"]
        constraints = [
            models.CheckConstraint(
                condition=Q(duree_annees__isnull=True) | Q(duree_annees__range=DUREE_EN_ANNEES),
                name="ort_convention_duree_positive",
                violation_error_message=DUREE_IMPOSSIBLE,
            ),
            stored_on_first_day("date_signature", "precision_signature"),
        ]

    def __str__(self):
        return self.intitule

    def nom_au(self, jour):
        """Return what a list calls it on `jour`: its identifier before its signature, which nobody reads."""
        return self.intitule if signe(self, jour) else self.identifiant

    def clean(self):
        """Refuse a signature that an avenant, or a commune, could not follow."""
        super().clean()
        if not self.pk:
            return
        lock(Convention, self.pk)
        # What was recorded before its rule keeps nobody from correcting the rest.
        if says_anew(self, "date_signature", "precision_signature"):
            self.refuse_days_of_avenants()
            refuse_above(self)
        self.refuse_days_of_communes()

    def refuse_days_of_avenants(self):
        """Refuse no signature, or one after that of an avenant, or by which one came after the end."""
        signee = self.date_signature
        signed = self.avenants.filter(date_signature__isnull=False)
        if signed and not signee:
            raise ValidationError({"date_signature": "Un avenant de cette convention est signé."})
        for avenant in signed:
            if avenant.dernier_jour_signature < signee:
                raise ValidationError(
                    {"date_signature": "Un avenant de cette convention a été signé avant ce jour."}
                )
            if refused := avenant.refus_de_la_duree(self):
                raise ValidationError({"date_signature": refused})

    def refuse_days_of_communes(self, avenant=None):
        """Refuse days that the communes of this convention cannot have, once its acts have theirs.

        The date of the convention is the one that it bears here, that of `avenant` likewise; the
        others are read in the base.
        """
        rows = self.couvertures.select_related("commune", "entree", "sortie")
        if avenant is not None:
            rows = rows.filter(commune__in=self.communes_moved_by(avenant))
        rows = list(rows)
        for row in rows if avenant is not None else ():
            row.entree = avenant if row.entree_id == avenant.pk else row.entree
            row.sortie = avenant if row.sortie_id == avenant.pk else row.sortie
        if refused := refusals(rows):
            raise ValidationError({"date_signature": refused})

    def communes_moved_by(self, avenant):
        """Return the keys of the communes that `avenant` brings in or takes out, as a subquery."""
        moved = Q(entree=avenant) | Q(sortie=avenant)
        return self.couvertures.order_by().filter(moved).values("commune")

    def communes_within_reach(self, user):
        """Return the communes that `user` may bring into this convention.

        Those of its départements, those that the convention covers or covered, and the members, today
        or on the day of its signature, of the intercommunalité that carries it. Any other is for the
        DDT of its département to bring in.
        """
        theirs = Q(departement__in=Departement.objects.for_user(user))
        if self.pk:
            days = {timezone.localdate(), self.date_signature} - {None}
            theirs |= Q(pk__in=self.couvertures.order_by().values("commune"))
            theirs |= Q(pk__in=Rattachement.objects.membres(self.porteur_id, days))
        return Commune.objects.filter(theirs)

    def avenants_au(self, jour):
        """Return the avenants signed on `jour` or before, in order; reads `avenants`, prefetch for lists."""
        signed = [avenant for avenant in self.avenants.all() if signe(avenant, jour)]
        return sorted(signed, key=lambda avenant: (avenant.date_signature, avenant.pk))

    @property
    def regroupement(self):
        """Return what says that a rule put the convention together, until someone confirms it, or None."""
        said = regroupements().filter(object_id=str(self.pk)).select_related("source")
        return said.order_by("-pk").first()

    @property
    def prolongations(self):
        """Return the avenants that give a duration, in the order of signature, for the rules."""
        signed = [a for a in self.avenants.all() if a.date_signature and a.duree_annees]
        return sorted(signed, key=lambda avenant: (avenant.date_signature, avenant.pk))
