"""What an act brings into a convention, itself or an avenant: communes, sectors, parties."""

from django import forms
from django.contrib import admin

from communes.models import Commune, Intercommunalite
from ort.models import CommuneCouverte, Document, Organisme, Partie, Secteur
from pvd.bureau.gestes.conventions.commun import ActeDeConventionForm, GesteDActe
from pvd.bureau.gestes.formulaire import offer
from pvd.suivi.non_suivi import ENTREE_ORT
from socle.admin.choix import SearchedSelectMultiple
from socle.admin.portee import CommunesField, CommunesSelect
from socle.francais import liste
from socle.recherche import search_key
from socle.sources import Affirmation, record_type

SEARCHED = "Tapez le début d'un nom ou un code INSEE ; plusieurs communes sont possibles."

# Each sort of party, by the field of the form that asks for some of it.
PARTIES = {
    "parties_communes": "commune",
    "parties_intercommunalites": "intercommunalite",
    "parties_organismes": "organisme",
}
CONTENU = ["communes", "secteurs", *PARTIES]


class ContenuForm(ActeDeConventionForm):
    communes = CommunesField(
        label="Communes ajoutées",
        queryset=Commune.objects.none(),
        required=False,
        help_text=SEARCHED,
    )
    secteurs = forms.CharField(
        label="Secteurs d'intervention créés",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text="Un par ligne : la commune, deux points, le nom. « Lodève : centre ancien ».",
    )
    parties_communes = forms.ModelMultipleChoiceField(
        label="Parties ajoutées : communes", queryset=Commune.objects.none(), required=False
    )
    parties_intercommunalites = forms.ModelMultipleChoiceField(
        label="intercommunalités", queryset=Intercommunalite.objects.none(), required=False
    )
    parties_organismes = forms.ModelMultipleChoiceField(
        label="organismes", queryset=Organisme.objects.none(), required=False
    )
    role = forms.ChoiceField(
        label="Leur rôle", choices=Partie.RolePartie, initial=Partie.RolePartie.SIGNATAIRE,
        required=False,
    )  # fmt: skip

    textes_publics = (*ActeDeConventionForm.textes_publics, "secteurs")

    def prepare(self):
        joining = self.record.communes_within_reach(self.user)
        offer(self, "communes", joining, CommunesSelect(CommuneCouverte, admin.site, self.record))
        for name, rows in {
            "parties_communes": Commune.objects.for_user(self.user),
            "parties_intercommunalites": Intercommunalite.objects.for_user(self.user),
            "parties_organismes": Organisme.objects.all(),
        }.items():
            link = Partie._meta.get_field(PARTIES[name])
            offer(self, name, rows, SearchedSelectMultiple(link, admin.site))

    def clean_communes(self):
        """Refuse a commune that the convention covers already: an exit not signed is no exit."""
        chosen = self.cleaned_data["communes"]
        covered = chosen.filter(
            couvertures__convention=self.record, couvertures__sortie__date_signature__isnull=True
        )
        if names := liste(covered.distinct()):
            raise forms.ValidationError(f"Déjà dans cette ORT : {names}.")
        return chosen

    def clean(self):
        data = super().clean()
        data["secteurs"] = self.read_secteurs(data)
        return data

    def read_secteurs(self, data):
        """Return the sectors typed, each as its commune and its name; a line that is none is refused."""
        covered = Commune.objects.filter(
            couvertures__convention=self.record, couvertures__sortie__isnull=True
        )
        inside = {c.pk: c for c in [*covered, *(data.get("communes") or [])]}.values()
        by_name = {search_key(commune.nom): commune for commune in inside}
        read = []
        for line in filter(None, map(str.strip, (data.get("secteurs") or "").splitlines())):
            town, _, name = line.partition(":")
            commune, name = by_name.get(search_key(town)), name.strip()
            if commune and name:
                read.append((commune, name))
            else:
                self.add_error(
                    "secteurs", f"« {line} » : une commune de l'ORT, deux points, puis un nom."
                )
        return read


class GesteDeContenu(GesteDActe):
    adds = [CommuneCouverte, Document, Partie, Secteur]

    def told_entries(self, data, since=""):
        if entering := data["communes"]:
            verb = "Y entrent" if len(entering) > 1 else "Y entre"
            yield f"{verb}{since} : {liste(entering)}."

    def told_others(self, data):
        if data["secteurs"]:
            told = liste(f"{name} ({commune})" for commune, name in data["secteurs"])
            yield f"Secteurs d'intervention créés : {told}."
        if parties := [partie for name in PARTIES for partie in data[name]]:
            role = Partie.RolePartie(data["role"] or Partie.RolePartie.SIGNATAIRE)
            yield f"Parties ajoutées ({role.label}) : {liste(parties)}."

    def rows_added(self, convention, avenant, data):
        """Yield the records that the act makes: an avenant, or the convention itself when it is None."""
        of_act = {"convention": convention, "avenant": avenant}
        for commune in data["communes"]:
            yield CommuneCouverte(convention=convention, commune=commune, entree=avenant)
        for commune, name in data["secteurs"]:
            yield Secteur(commune=commune, nom=name, **of_act)
        role = data["role"] or Partie.RolePartie.SIGNATAIRE
        for name, identity in PARTIES.items():
            for partie in data[name]:
                yield Partie(role=role, **of_act, **{identity: partie})

    def settled(self, data, jour, precision):
        """Settle besides what a source said, and nobody retained, of the entry of these communes."""
        doubted = Affirmation.objects.ecartees().filter(
            content_type=record_type(Commune), champ=ENTREE_ORT
        )
        return [
            (commune, ENTREE_ORT, jour, precision)
            for commune in data["communes"].filter(pk__in=doubted.values("object_id"))
        ]

    def typed_already(self, facts):
        """Return, by field, what the rows of a form say of an act, for nobody to type it twice."""
        typed = {}
        for fiche, _ in facts:
            if isinstance(fiche, CommuneCouverte):
                typed.setdefault("communes", []).append(fiche.commune_id)
            elif isinstance(fiche, Secteur):
                typed.setdefault("lignes", []).append(f"{fiche.commune} : {fiche.nom}")
            elif isinstance(fiche, Partie):
                name = next(n for n, identity in PARTIES.items() if getattr(fiche, identity))
                typed.setdefault(name, []).append(fiche.qui.pk)
                typed["role"] = fiche.role
        if lines := typed.pop("lignes", None):
            typed["secteurs"] = "\n".join(lines)
        return typed
