"""Who is where: intercommunalités and communes, with their dates.

Source: the official découpage of each year (INSEE, DGCL), read by `communes.territoire.decoupage`.
"""

from functools import reduce
from operator import or_

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, Value, When

from communes.territoire.codes import of_length, un_code_insee, un_siren
from communes.territoire.departements import Departement, plusieurs
from communes.territoire.designations import AncienCode, meant_by, named
from communes.territoire.interruptions import (
    Interrompue,
    InterrompueQuerySet,
    InterruptionCommune,
)
from communes.territoire.saisie import lire
from communes.territoire.successions import Bornes, Disparition, Suivie, suivies
from socle.periodes import Periode, PeriodeQuerySet
from socle.recherche import bare_key, bare_keys, search_key


class MillesimeQuerySet(models.QuerySet):
    def annee_cog(self, jour):
        """Return the year of the vintage in use on `jour`, or None: see `annee_en_usage`."""
        return annee_en_usage(self.order_by("annee").values_list("annee", flat=True), jour)


def annee_en_usage(annees, jour):
    """Return, of the years of the vintages loaded, in order, that in use on `jour`, or None.

    Before the earliest vintage, that one: it is taken as true since always.
    """
    known = list(annees)
    past = [annee for annee in known if annee <= jour.year]
    return past[-1] if past else (known or [None])[0]


class Millesime(models.Model):
    """A year of the official découpage that has been loaded, true from its 1 January."""

    annee = models.PositiveSmallIntegerField("année", primary_key=True)

    objects = MillesimeQuerySet.as_manager()

    class Meta:
        verbose_name = "millésime"
        ordering = ["annee"]

    def __str__(self):
        return str(self.annee)


class Renommable(models.Model):
    """A territory that changes its name and keeps its code: `anciens_noms` holds the former ones."""

    nom = models.CharField("nom", max_length=200)
    # What it is sorted by, then what it is found by.
    nom_recherche = models.CharField("clé de recherche", max_length=500, editable=False)
    cles = models.CharField("noms cherchés", max_length=520, editable=False)

    class Meta:
        abstract = True

    def __str__(self):
        return self.nom

    def save(self, *args, **kwargs):
        """Keep the keys equal to the names, the latest first, whoever saves."""
        former = [] if self._state.adding else self.anciens_noms.order_by("-fin")
        names = [self.nom, *(ancien.nom for ancien in former)]
        self.nom_recherche, self.cles = names_search_key(*names), bare_keys(*names)
        super().save(*args, **kwargs)

    def nom_au(self, jour):
        """Return the name in use on `jour`; reads `anciens_noms`, prefetch it for lists.

        A former name whose end is not known names no day.
        """
        for ancien in self.anciens_noms.all():
            if ancien.fin and ancien.holds_on(jour):
                return ancien.nom
        return self.nom


def names_search_key(*names):
    """Return the search key of a territory known by several names, the present one first."""
    return "|".join(dict.fromkeys(search_key(name) for name in names))


class Nature(models.TextChoices):
    CC = "CC", "communauté de communes"
    CA = "CA", "communauté d'agglomération"
    CU = "CU", "communauté urbaine"
    METROPOLE = "METRO", "métropole"
    METROPOLE_LYON = "MET69", "métropole de Lyon"


class IntercommunaliteQuerySet(InterrompueQuerySet):
    def for_user(self, user):
        """Keep those with a member commune, at any date, in a département of `user`."""
        members = Rattachement.objects.filter(
            commune__departement__in=Departement.objects.for_user(user)
        )
        return self.filter(pk__in=members.values("intercommunalite"))

    def search(self, text):
        """Keep those whose name, present or past, contains `text` as people type it, or its SIREN."""
        key = bare_key(text)
        if not key:
            return self.none() if text.strip() else self.all()
        return self.filter(Q(cles__contains=key) | Q(pk=key))


class Intercommunalite(Renommable, Interrompue):
    """An établissement public de coopération intercommunale à fiscalité propre."""

    siren = models.CharField("SIREN", max_length=9, primary_key=True, validators=[un_siren])
    nature = models.CharField("nature", max_length=5, choices=Nature)

    objects = IntercommunaliteQuerySet.as_manager()

    feminin = True

    class Meta(Periode.Meta):
        verbose_name = "intercommunalité"
        ordering = ["nom_recherche"]
        constraints = [*Periode.Meta.constraints, of_length("siren", 9)]

    @property
    def nature_a_dire(self):
        """Return its kind, to be said after its name; "" if the name spells it: « Grand Orb Communauté… »."""
        kind = self.get_nature_display()
        return "" if search_key(kind) in search_key(self.nom) else kind


class CommuneQuerySet(InterrompueQuerySet):
    def for_user(self, user):
        """Keep the communes of the départements where `user` may act."""
        return self.filter(departement__in=Departement.objects.for_user(user))

    def search(self, text):
        """Keep the communes that `text` may mean: see `Saisie`.

        By a part of a name that they bear, or bore, or that a commune déléguée bears; by a code that
        leads to them; by a postcode.
        """
        return self.filter(meant_by(saisie_of(text))) if text.strip() else self.all()

    def nearest(self, text):
        """Return those of `search`, the ones that bear that very name first, then those that it begins."""
        if not text.strip():
            return self.all()
        cle = saisie_of(text).cle
        near = [
            When(named(start), then=Value(n)) for n, start in enumerate((f"|{cle}|", f"|{cle} "))
        ]
        rang = Case(*near, default=Value(len(near)))
        return self.search(text).order_by(rang, "nom_recherche", "code_insee")

    def resolve(self, code, jour):
        """Return the commune that `code` names on `jour`, through mergers, or None.

        A code may be that of a commune, of a vanished commune (its successor answers, if it is
        known), of a commune déléguée or associée, or one that a commune bore before (its chef-lieu
        answers).
        """
        commune = self.filter(pk=code).first()
        if commune is None:
            ancien = AncienCode.objects.select_related("commune").filter(code=code).first()
            commune = ancien.commune if ancien else None
        if commune is None or (commune.debut and commune.debut > jour):
            return commune
        followed = Succession.objects.as_of(jour).filter(commune=commune).select_related("devient")
        return next((row.devient for row in followed), commune)


def saisie_of(text):
    """Return what a person typed, read."""
    return lire(text, lambda: {search_key(d.nom): d.pk for d in Departement.objects.all()})


class Commune(Renommable, Interrompue):
    """A commune of the Code officiel géographique; a vanished one is kept, with its successor."""

    code_insee = models.CharField(
        "code INSEE", max_length=5, primary_key=True, validators=[un_code_insee]
    )
    type_liaison = models.PositiveSmallIntegerField("type de liaison", default=0)
    siren = models.CharField("SIREN", max_length=9, blank=True, validators=[un_siren])
    departement = models.ForeignKey(
        Departement, models.PROTECT, "communes", verbose_name="département"
    )
    successeur = models.ForeignKey(
        "self", models.PROTECT, "predecesseurs", null=True, blank=True, verbose_name="successeur"
    )

    # What sources say of a commune, and that none of its fields holds: see `Affirmation.clean`.
    autres_champs_dits = ("date_entree_ort",)

    objects = CommuneQuerySet.as_manager()

    feminin = True

    class Meta(Periode.Meta):
        verbose_name = "commune"
        ordering = ["nom_recherche", "code_insee"]
        indexes = [models.Index(fields=["departement", "nom_recherche"])]
        constraints = [
            *Periode.Meta.constraints,
            of_length("code_insee", 5),
            of_length("siren", 9, empty=True),
            models.CheckConstraint(
                condition=~Q(successeur=F("code_insee")),
                name="communes_commune_autre_successeur",
                violation_error_message="Une commune n'est pas son propre successeur.",
            ),
        ]

    def save(self, *args, **kwargs):
        """Keep the successions equal to what the communes say of their ends."""
        alone = self._state.adding and not self.successeur_id
        super().save(*args, **kwargs)
        if not alone:
            Succession.objects.rewrite()

    def clean(self):
        """Refuse a successor that leads back here, itself or through its own successors."""
        super().clean()
        met, successor = {self.pk}, self.successeur
        while successor is not None:
            if successor.pk in met:
                raise ValidationError({"successeur": "Ces communes se succèdent en rond."})
            met.add(successor.pk)
            successor = successor.successeur

    @property
    def population_lue(self):
        """Return the `Population` of the day for which a list has read them (`en_usage`), or None."""
        return next(iter(self.populations.all()), None)

    @property
    def avec_de(self):
        """Return « de Lodève », « d'Olonzac », « du Vigan », « de La Salvetat-sur-Agout »."""
        for article, merged in (("Le ", "du "), ("Les ", "des ")):
            if self.nom.startswith(article):
                return merged + self.nom.removeprefix(article)
        return ("d'" if self.type_liaison == 1 else "de ") + self.nom

    @property
    def a_qui_demander(self):
        """Return whom to ask for what touches it out of one's own départements."""
        ddt = f"la DDT {self.departement.avec_de}"
        return f"demandez l'accord de {ddt}, puis l'ajout à l'administrateur national"


class SuccessionQuerySet(PeriodeQuerySet):
    def d_un_autre_departement(self):
        """Keep the successions that lead out of the département of the commune recorded: a rare merger."""
        return self.exclude(commune__departement=F("devient__departement"))

    def rewrite(self):
        """Write what the ends of the communes say, where it is not yet written."""
        linked = Q(successeur__isnull=False) | Q(predecesseurs__isnull=False)
        gone = InterruptionCommune.objects.order_by()
        linked |= Q(pk__in=gone.values("commune")) | Q(pk__in=gone.values("successeur"))
        communes = Commune.objects.filter(linked).order_by().distinct()
        rows = communes.values_list(*Bornes._fields)
        told = set(suivies(rows, gone.values_list(*Disparition._fields)))
        written = {Suivie(*row): pk for pk, *row in self.values_list("pk", *Suivie._fields)}
        self.filter(pk__in=[pk for row, pk in written.items() if row not in told]).delete()
        self.bulk_create(
            Succession(commune_id=row.commune, devient_id=row.devient, debut=row.debut, fin=row.fin)
            for row in sorted(told - written.keys(), key=str)
        )


class Succession(Periode):
    """While it holds, what is recorded of `commune` is of another one: its code has vanished.

    It is written from the ends and the successors of the communes alone (`suivies`), a row for
    each commune that followed, so that a day is asked in one step. A commune whose successor is not
    known has none: it goes on under its own name.
    """

    commune = models.ForeignKey(Commune, models.CASCADE, "successions", verbose_name="commune")
    devient = models.ForeignKey(Commune, models.CASCADE, "heritages", verbose_name="devient")

    objects = SuccessionQuerySet.as_manager()

    feminin = True

    class Meta(Periode.Meta):
        verbose_name = "succession"

    def __str__(self):
        return f"{self.commune_id} → {self.devient_id}"


class AncienNom(Periode):
    """A name that a territory has borne and no longer bears."""

    nom = models.CharField("nom", max_length=200)

    objects = PeriodeQuerySet.as_manager()

    class Meta(Periode.Meta):
        abstract = True

    def __str__(self):
        return self.nom


class AncienNomCommune(AncienNom):
    commune = models.ForeignKey(Commune, models.CASCADE, "anciens_noms")

    class Meta(AncienNom.Meta):
        verbose_name = "ancien nom de commune"
        verbose_name_plural = "anciens noms de communes"


class AncienNomIntercommunalite(AncienNom):
    intercommunalite = models.ForeignKey(Intercommunalite, models.CASCADE, "anciens_noms")

    class Meta(AncienNom.Meta):
        verbose_name = "ancien nom d'intercommunalité"
        verbose_name_plural = "anciens noms d'intercommunalités"


class RattachementQuerySet(PeriodeQuerySet):
    def for_user(self, user):
        """Keep the memberships of the communes of `user`."""
        return self.filter(commune__in=Commune.objects.for_user(user))

    def communes_de(self, intercommunalites, jour):
        """Return the keys of the communes of some intercommunalités, or of one, on `jour`, to choose by."""
        theirs = self.as_of(jour).filter(intercommunalite__in=plusieurs(intercommunalites))
        return theirs.order_by().values("commune")

    def membres(self, intercommunalite, jours):
        """Return the keys of the communes that are of an intercommunalité on one of `jours`, to choose by."""
        on_a_day = [Q(pk__in=Rattachement.objects.as_of(jour).values("pk")) for jour in jours]
        theirs = self.filter(intercommunalite=intercommunalite)
        return theirs.filter(reduce(or_, on_a_day)).order_by().values("commune")


class Rattachement(Periode):
    """A commune belongs to an intercommunalité; a commune may belong to none (L'Île-d'Yeu)."""

    commune = models.ForeignKey(Commune, models.PROTECT, "rattachements", verbose_name="commune")
    intercommunalite = models.ForeignKey(
        Intercommunalite, models.PROTECT, "rattachements", verbose_name="intercommunalité"
    )

    siblings_by = ("commune",)
    overlap_message = "Cette commune appartient déjà à une intercommunalité à ces dates."

    objects = RattachementQuerySet.as_manager()

    class Meta(Periode.Meta):
        verbose_name = "rattachement"
        constraints = [
            *Periode.Meta.constraints,
            models.UniqueConstraint(
                fields=["commune"],
                condition=Q(fin__isnull=True),
                name="communes_un_rattachement_en_cours",
                violation_error_message="Cette commune a déjà une intercommunalité en cours.",
            ),
        ]

    def __str__(self):
        return f"{self.commune} : {self.intercommunalite}"
