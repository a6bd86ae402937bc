"""What a rule put together from a national list, someone confirms: one convention, or many at once."""

from django.db.models import F, Prefetch
from django.urls import reverse

from communes.models import Departement
from ort.models import Avenant, CommuneCouverte, Convention
from ort.models.conventions import REGROUPEMENT
from pvd.bureau.gestes.base import GesteQuiCree
from pvd.bureau.gestes.conventions.commun import GesteDeConvention
from pvd.bureau.gestes.formulaire import CasesField, SansPrecisionForm
from socle.admin.evenements import Chapitre
from socle.dates import Precision, bare, in_words
from socle.francais import liste, pluriel

FAITE_PAR_REGLE = "la page ne dira plus que l'ORT est faite par règle"


class VerificationForm(SansPrecisionForm):
    def prepare(self):
        self.fields["date"].label = "Vérifié le"
        self.fields["date"].initial = self.jour
        self.fields[
            "date"
        ].help_text = (
            "Le jour où le service, ou le document, dit que ces communes ont bien signé ensemble."
        )


class GesteDeRegroupement(GesteDeConvention):
    """What is done to a convention that a rule put together, until the DDT that keeps it has confirmed it."""

    impossible = "Ce regroupement est déjà confirmé, ou n'a pas été fait par règle."

    def candidates(self, records, jour):
        """Keep the conventions that a rule put together, and that nobody has confirmed."""
        return records.filter(pk__in=self.model.objects.par_regle().values("pk"))

    @classmethod
    def writable(cls, records, user):
        """Keep the conventions that `user` keeps: the communes of another DDT are not for it to confirm."""
        return records.filter(pk__in=cls.model.objects.tenues_par(user).values("pk"))


class ConfirmerRegroupement(GesteDeRegroupement):
    """Nothing of the convention changes: it is said that it is as the rule made it, or as corrected since."""

    slug = "confirmer-le-regroupement"
    titre = "Confirmer le regroupement"
    fait = "Regroupement confirmé"
    form = VerificationForm

    def departements(self, record, data):
        """Return none: no figure can move."""
        return Departement.objects.none()

    def phrases(self, record, data):
        """Tell who came in by which act: that is what is confirmed."""
        (there,) = with_acts(Convention.objects.filter(pk=record.pk))
        told = [f"{day_of(act)} : {liste(entered)}." for act, entered in entries(there)]
        return [*told, f"Vérifié {in_words(data['date'])} : {FAITE_PAR_REGLE}."]

    def write(self, record, form, reason):
        return record, [(record, REGROUPEMENT, form.cleaned_data["date"], Precision.JOUR)]


RIEN_A_CONFIRMER = "Aucune ORT que vous tenez n'a de regroupement à confirmer."


class VerificationsForm(VerificationForm):
    conventions = CasesField(
        label="Regroupements exacts",
        queryset=Convention.objects.none(),
        help_text="Cochez les ORT dont ces communes ont bien signé ensemble. Corrigez d'abord les autres.",
    )
    field_order = ["date", "conventions"]

    def prepare(self):
        super().prepare()
        geste, field = ConfirmerRegroupement(), self.fields["conventions"]
        kept = geste.writable(Convention.objects.all(), self.user)
        field.queryset = geste.candidates(kept, self.jour)
        rows = with_acts(field.queryset.order_by("departement_reference", "intitule", "pk"))
        field.choices = [(row.pk, f"{row} : {in_short(row)}") for row in rows]
        if not field.choices:
            field.help_text = RIEN_A_CONFIRMER


class ConfirmerRegroupements(GesteQuiCree, ConfirmerRegroupement):
    """The same, of all those that the agent has ticked: one source, one day, one act to take back."""

    slug = "confirmer-les-regroupements"
    titre = "Confirmer plusieurs regroupements"
    form = VerificationsForm

    def communes(self, record, data):
        """Return none: what is confirmed is of the conventions, and moves no commune."""
        return []

    def chapitres(self, data):
        """A preview rests on the conventions that are ticked, on their avenants and their communes."""
        chosen = data["conventions"].order_by().values("pk")
        rows = [Avenant.history.filter(convention__in=chosen)]
        rows.append(CommuneCouverte.history.filter(convention__in=chosen))
        return [Chapitre(Convention.history.filter(id__in=chosen)), *map(Chapitre, rows)]

    def name(self, record):
        """Name none: many are confirmed."""
        return ""

    def reason(self, data):
        confirmed = "regroupement confirmé,regroupements confirmés"
        return pluriel(len(data["conventions"]), confirmed)

    def phrases(self, record, data):
        told = [f"{row} : {in_short(row)}." for row in with_acts(data["conventions"])]
        return [*told, f"Vérifié {in_words(data['date'])} : {FAITE_PAR_REGLE}."]

    def write(self, record, form, reason):
        data = form.cleaned_data
        chosen = list(data["conventions"])
        said = [(row, REGROUPEMENT, data["date"], Precision.JOUR) for row in chosen]
        return chosen[0], said

    def address(self, record):
        return f"{reverse('admin:ort_convention_changelist')}?regroupement=par_regle"


def with_acts(conventions):
    """Return conventions, their avenants in order and their communes: three queries, however many."""
    rows = CommuneCouverte.objects.select_related("commune").order_by("commune__nom_recherche")
    acts = Avenant.objects.order_by(F("date_signature").asc(nulls_last=True), "pk")
    return conventions.prefetch_related(Prefetch("avenants", acts), Prefetch("couvertures", rows))


def entries(convention):
    """Yield the acts that bring communes into a convention, each with those communes."""
    rows = list(convention.couvertures.all())
    for act in (None, *convention.avenants.all()):
        entered = [row.commune for row in rows if row.entree_id == (act and act.pk)]
        if entered:
            yield act or convention, entered


def day_of(acte):
    """Return how the act is called, with its day: « Convention, signée le 6 juillet 2023 »."""
    name = "Avenant" if isinstance(acte, Avenant) else "Convention"
    if acte.date_signature:
        return f"{name}, {in_words(acte.date_signature, acte.precision_signature)}"
    return f"{name}, non signé{'' if name == 'Avenant' else 'e'}"


def in_short(convention):
    """Return the same on one line: « 6 juillet 2023, Lodève ; avenant du 2 mai 2024, Clermont »."""
    return " ; ".join(
        f"{'avenant, ' if isinstance(acte, Avenant) else ''}{short_day(acte)}, {liste(entered)}"
        for acte, entered in entries(convention)
    )


def short_day(acte):
    if acte.date_signature:
        return bare(acte.date_signature, acte.precision_signature)
    planned = acte.date_signature_prevue
    return f"prévu le {bare(planned)}" if planned else "non signé"
