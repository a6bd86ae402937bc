"""The PDF of the act that a geste tells: it is joined to it, and is its source unless told otherwise."""

from django import forms

from pvd.bureau.gestes.formulaire import GesteForm
from socle.dates import Precision
from socle.documents import Visibilite
from socle.fichiers import depot as depots
from socle.fichiers.documents import refuse_what_is_no_pdf
from socle.models import Source


class ActeForm(GesteForm):
    """The fact that an act says, and the PDF of that act, which is then its source unless told otherwise."""

    # Read before the file: it names the one that was sent with an earlier answer.
    acte_envoi = forms.CharField(required=False, widget=forms.HiddenInput)
    acte_pdf = forms.FileField(
        label="Fichier",
        required=False,
        help_text="Joint à l'acte ; il en est aussi la source, si vous n'en nommez pas d'autre "
        "ci-dessous : son titre est celui de l'acte, son éditeur le porteur si vous ne dites rien.",
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )
    acte_public = forms.BooleanField(
        label="Tout le monde peut le télécharger",
        required=False,
        help_text="Sinon, il reste entre agents. Son titre, lui, est publié comme source.",
    )
    joint = ("acte_pdf", "acte_public")
    # What the document is, as a source.
    genre = Source.Genre.ACTE

    def nom_de_l_acte(self, data):
        """Return the title of the act, as its document and its source bear it."""
        raise NotImplementedError

    def jour_de_l_acte(self, data):
        """Return the day of the act, if it is known to the day."""
        return data["date"] if data["precision"] == Precision.JOUR else None

    def clean_acte_pdf(self):
        """Return the file, or the one that was kept since an earlier answer: no browser sends it again."""
        upload, kept = self.cleaned_data["acte_pdf"], self.cleaned_data["acte_envoi"]
        if upload:
            try:
                refuse_what_is_no_pdf(upload)
            except forms.ValidationError as error:
                raise forms.ValidationError(error.messages) from None
            self.data = self.data.copy()
            self.data["acte_envoi"] = depots.keep_sent(upload, self.user)
        elif kept:
            upload = depots.sent(kept, self.user)
            if upload is None:
                raise forms.ValidationError(
                    "Le fichier n'est plus gardé : choisissez-le de nouveau."
                )
        if upload:
            told = f"Gardé : {upload.name}. Choisissez-en un autre pour le remplacer."
            self["acte_pdf"].help_text = told
        return upload

    def brings_its_source(self, data):
        return bool(data.get("acte_pdf"))

    def new_source(self, data):
        """Return the source that is told, or the act whose file is there."""
        if data["source_titre"] or not data["acte_pdf"]:
            return super().new_source(data)
        return Source(
            titre=self.nom_de_l_acte(data)[:250],
            editeur=data["source_editeur"] or self.auteur(data),
            genre=self.genre,
            date_document=data["source_date"] or self.jour_de_l_acte(data),
        )

    def auteur(self, data):
        """Return who wrote the act, as its source says it unless told otherwise."""
        raise NotImplementedError


class JointEnsuite:
    """Put before a form of an act: the PDF of what is recorded already, of which the day is known."""

    date = None
    precision = None

    def prepare(self):
        super().prepare()
        self.fields["acte_pdf"].required = not self.data.get("acte_envoi")

    @property
    def connu(self):
        """Return what is recorded as `affirm` takes it: record, field of its day, day, precision."""
        raise NotImplementedError

    def jour_de_l_acte(self, data):
        *_, jour, precision = self.connu
        return jour if precision == Precision.JOUR else None


class AvecActe:
    """A geste whose form takes the PDF of the act: see `ActeForm`."""

    # What the PDF is joined to.
    joint_a = "à l'acte"

    def told_document(self, data):
        if data["acte_pdf"]:
            where = "public" if data["acte_public"] else "interne"
            yield f"« {data['acte_pdf'].name} » est joint {self.joint_a}, {where}."
        if data["acte_pdf"] and not (
            data["source"] or data["connaissance"] or data["source_titre"]
        ):
            yield "Il est la source de ce qui est enregistré."

    def document_de(self, acte):
        """Return the document of an act, not saved: of what, it says."""
        raise NotImplementedError

    def deposit(self, form, sayings, reason):
        """Attach the PDF to the act: the record of which the source says the date first."""
        data = form.cleaned_data
        if not data["acte_pdf"]:
            return
        document = self.document_de(sayings[0][0])
        document.titre = form.nom_de_l_acte(data)[:200]
        document.fichier = data["acte_pdf"]
        document.visibilite = Visibilite.PUBLIC if data["acte_public"] else Visibilite.INTERNE
        # Its name and its size are read of the file when it is saved.
        document.full_clean(exclude=["nom", "taille"])
        document.because(reason).save()


class JoindreEnsuite(AvecActe):
    """A geste that joins a PDF to what is recorded already: see `JointEnsuite`."""

    def write(self, record, form, reason):
        return record, [form.connu]
