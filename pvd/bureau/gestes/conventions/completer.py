"""A signed convention is completed with what it says itself, and that nobody had recorded."""

from ort.avertissements import des_entrees
from ort.models.publication import PAR_LA_CONVENTION
from pvd.bureau.gestes.conventions.contenu import CONTENU, PARTIES, ContenuForm, GesteDeContenu
from pvd.bureau.gestes.ecriture import save
from socle.dates import Precision, in_words


class CompletionForm(ContenuForm):
    date = precision = None

    parts = (
        ("Ce que la convention signée dit elle-même", ["communes"]),
        ("Secteurs et parties", ["secteurs", *PARTIES, "role"]),
    )

    def nom_de_l_acte(self, data):
        return str(self.record)

    def jour_de_l_acte(self, data):
        known = self.record.precision_signature == Precision.JOUR
        return self.record.date_signature if known else None

    def prepare(self):
        super().prepare()
        self.fields["communes"].label = "Communes couvertes dès la signature"

    def clean(self):
        data = super().clean()
        if not (self.errors or any(data.get(name) for name in CONTENU)):
            self.add_error(None, "Dites ce qui manque : une commune, un secteur ou une partie.")
        return data


class CompleterConvention(GesteDeContenu):
    slug = "completer-la-convention"
    titre = PAR_LA_CONVENTION
    fait = "Convention complétée"
    form = CompletionForm
    impossible = "Cette convention n'est pas signée : complétez sa fiche, rien n'en est public."

    def candidates(self, records, jour):
        """Keep the conventions that are signed."""
        return records.signees(jour)

    def phrases(self, record, data):
        signed = in_words(record.date_signature, record.precision_signature)
        return [
            f"La convention « {record} », signée {signed}, est complétée.",
            *self.told_entries(data, " dès ce jour-là"),
            *self.told_others(data),
        ]

    def warnings(self, record, data):
        return des_entrees(record, data["communes"], record.date_signature)

    def write(self, record, form, reason):
        data, day = form.cleaned_data, (record.date_signature, record.precision_signature)
        for row in self.rows_added(record, None, data):
            save(row, reason)
        return record, [(record, "date_signature", *day), *self.settled(data, *day)]
