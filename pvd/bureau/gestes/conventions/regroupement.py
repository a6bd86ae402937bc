"""What a rule put together from a national list, someone confirms."""

from ort.models.conventions import REGROUPEMENT
from pvd.bureau.gestes.base import SansPrecisionForm
from pvd.bureau.gestes.conventions.commun import GesteDeConvention
from socle.dates import Precision, in_words
from socle.francais import liste


class VerificationForm(SansPrecisionForm):
    def prepare(self):
        self.fields["date"].label = "Vérifié le"
        self.fields["date"].initial = self.jour
        self.fields[
            "date"
        ].help_text = (
            "Le jour où le service, ou le document, dit que ces communes ont bien signé ensemble."
        )


class ConfirmerRegroupement(GesteDeConvention):
    """Nothing of the convention changes: it is said that it is as the rule made it, or as corrected since."""

    slug = "confirmer-le-regroupement"
    titre = "Confirmer le regroupement"
    fait = "Regroupement confirmé"
    form = VerificationForm
    impossible = "Ce regroupement est déjà confirmé, ou n'a pas été fait par règle."

    def candidates(self, records, jour):
        """Keep the conventions that a rule put together, and that nobody has confirmed."""
        return records.filter(pk__in=self.model.objects.par_regle().values("pk"))

    def phrases(self, record, data):
        """Tell who came in by which act: that is what is confirmed."""
        told = []
        rows = list(record.couvertures.select_related("commune", "entree", "convention"))
        for act in acts_of(record):
            entered = [row.commune for row in rows if row.acte_entree == act]
            if entered:
                told.append(f"{day_of(act)} : {liste(entered)}.")
        checked = in_words(data["date"])
        return [*told, f"Vérifié {checked} : la page ne dira plus que l'ORT est faite par règle."]

    def write(self, record, form, reason):
        return record, [(record, REGROUPEMENT, form.cleaned_data["date"], Precision.JOUR)]


def acts_of(convention):
    """Return the convention, then its avenants in the order of their signature."""
    return [convention, *convention.avenants.order_by("date_signature", "pk")]


def day_of(acte):
    """Return how the act is called, with its day: « Convention, signée le 6 juillet 2023 »."""
    name = "Avenant" if hasattr(acte, "convention_id") else "Convention"
    if acte.date_signature:
        return f"{name}, {in_words(acte.date_signature, acte.precision_signature)}"
    return f"{name}, non signé{'' if name == 'Avenant' else 'e'}"
