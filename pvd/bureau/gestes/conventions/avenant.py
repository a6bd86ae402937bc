"""An avenant is signed: all that it does to a convention, in one act."""

from django import forms
from django.contrib import admin
from django.db.models import Q

from communes.models import Commune, Intercommunalite
from ort.avertissements import apres_la_fin, des_entrees
from ort.models import Avenant, CommuneCouverte, Document, Organisme, Partie, Secteur
from ort.models.droits import Plume
from ort.regles import date_fin_au, duree_au
from pvd.bureau.gestes.base import CasesField, offer, save
from pvd.bureau.gestes.conventions.commun import ActeForm, GesteDeConvention
from socle.admin.choix import SearchedSelectMultiple
from socle.admin.portee import CommunesField, CommunesSelect
from socle.dates import add_years, bare, in_french, in_words, last_day
from socle.francais import liste, pluriel
from socle.recherche import search_key
from socle.sources import Affirmation, record_type

# What the national list says of a commune whose ORT is not known.
ENTREE_ORT = "date_entree_ort"
# The answer by which an avenant of a day that already has one is another act.
UN_AUTRE = "autre"

OTHERS_ARE_PROPOSED = (
    "Celles de vos départements ; la sortie des autres se propose, sur la fiche de la convention."
)
SEARCHED = "Tapez le début d'un nom ou un code INSEE ; plusieurs communes sont possibles."

# Each sort of party, by the field of the form that asks for some of it.
PARTIES = {
    "parties_communes": "commune",
    "parties_intercommunalites": "intercommunalite",
    "parties_organismes": "organisme",
}
# Each effect by the field that asks for it, as the reason of the act tells it.
EFFETS = {
    "communes": "ajoute des communes",
    "couvertures": "retire des communes",
    "duree_annees": "prolonge",
    "secteurs": "crée des secteurs",
    **dict.fromkeys(PARTIES, "ajoute des parties"),
}


class AvenantForm(ActeForm):
    numero = forms.IntegerField(
        label="Numéro de l'avenant",
        min_value=1,
        max_value=999,
        required=False,
        help_text="Celui que porte l'acte ; vide s'il n'est pas connu.",
    )
    acte = forms.CharField(
        label="Est-ce le même acte ?",
        required=False,
        widget=forms.RadioSelect(attrs={"class": "radiolist"}),
    )
    communes = CommunesField(
        label="Communes ajoutées",
        queryset=Commune.objects.none(),
        required=False,
        help_text=SEARCHED,
    )
    couvertures = CasesField(
        label="Communes retirées", queryset=CommuneCouverte.objects.none(), required=False
    )
    duree_annees = forms.IntegerField(
        label="Nouvelle durée totale, en années",
        min_value=1,
        max_value=99,
        required=False,
        help_text="Depuis la signature de la convention.",
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
    objet = forms.CharField(
        label="Objet",
        max_length=250,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Public. Ce que l'acte fait d'autre, en quelques mots.",
    )

    textes_publics = (*ActeForm.textes_publics, "objet", "secteurs")
    parts = (
        ("L'acte", ["date", "precision", "numero", "acte"]),
        ("Ce qu'il fait : remplissez chacun de ses effets", ["communes", "couvertures"]),
        ("Durée", ["duree_annees"]),
        ("Secteurs et parties", ["secteurs", *PARTIES, "role", "objet"]),
    )

    def nom_de_l_acte(self, data):
        number = f" n° {data['numero']}" if data["numero"] else ""
        return f"Avenant{number} du {bare(data['date'], data['precision'])}, {self.record}"

    def prepare(self):
        self.fields["date"].label = "Avenant signé le"
        joining = self.record.communes_within_reach(self.user)
        offer(self, "communes", joining, CommunesSelect(CommuneCouverte, admin.site, self.record))
        self.offer_exits()
        for name, rows in {
            "parties_communes": Commune.objects.for_user(self.user),
            "parties_intercommunalites": Intercommunalite.objects.for_user(self.user),
            "parties_organismes": Organisme.objects.all(),
        }.items():
            link = Partie._meta.get_field(PARTIES[name])
            offer(self, name, rows, SearchedSelectMultiple(link, admin.site))

    def offer_exits(self):
        """Offer the communes inside; to whoever does not keep the convention, its own alone."""
        inside = CommuneCouverte.objects.filter(convention=self.record, sortie__isnull=True)
        field, plume = self.fields["couvertures"], Plume(self.user)
        if not plume.tient(self.record.departement_reference_id):
            inside = inside.filter(commune__departement__in=plume.departements)
            field.help_text = OTHERS_ARE_PROPOSED
        field.queryset = inside.select_related("commune", "convention", "entree")
        field.label_from_instance = lambda couverture: str(couverture.commune)

    @property
    def unasked(self):
        """Leave out the question about the act of the same day until there is one."""
        return () if self.fields["acte"].widget.choices else ("acte",)

    def clean_communes(self):
        """Refuse a commune that the convention covers already: an exit not signed is no exit."""
        chosen = self.cleaned_data["communes"]
        covered = chosen.filter(
            couvertures__convention=self.record, couvertures__sortie__date_signature__isnull=True
        )
        if names := liste(covered.distinct()):
            raise forms.ValidationError(f"Déjà dans cette ORT : {names}.")
        return chosen

    def clean_duree_annees(self):
        """Refuse a duration that does not extend the one in force."""
        duration, current = self.cleaned_data["duree_annees"], duree_au(self.record, self.jour)
        if duration and current and duration <= current:
            raise forms.ValidationError(
                f"La durée est déjà de {pluriel(current, 'an,ans')} : un avenant qui prolonge "
                "la porte à davantage."
            )
        return duration

    def clean(self):
        data = super().clean()
        data["secteurs"] = self.read_secteurs(data)
        data["avenant"] = None
        if data.get("date"):
            self.refuse_before_the_convention(data)
            self.refuse_early_exits(data)
            self.find_the_same_act(data)
        if not (self.errors or data.get("objet") or any(data.get(name) for name in EFFETS)):
            self.add_error(None, "Dites ce que fait l'avenant : un effet au moins, ou son objet.")
        return data

    def refuse_before_the_convention(self, data):
        signed = self.record.date_signature
        if signed and last_day(data["date"], data["precision"]) < signed:
            self.add_error(
                "date",
                "Un avenant ne peut pas être signé avant sa convention, "
                f"signée {in_words(signed, self.record.precision_signature)}.",
            )

    def refuse_early_exits(self, data):
        """Refuse that a commune leaves before it has come in, or on that very day."""
        for couverture in data.get("couvertures") or []:
            entered = couverture.acte_entree.date_signature
            if "date" in data and (entered is None or data["date"] <= entered):
                self.add_error("couvertures", f"{couverture.commune} n'y était pas encore entrée.")

    def find_the_same_act(self, data):
        """Ask whether an avenant of that day is the same act, to complete it; keep it as `avenant`."""
        same = self.record.avenants.filter(date_signature=data.get("date"))
        if data.get("numero"):
            same = same.filter(Q(numero=data["numero"]) | Q(numero__isnull=True))
        known = {str(avenant.pk): avenant for avenant in same}
        if not known:
            return
        self.fields["acte"].widget.choices = [
            *((key, f"Oui : compléter l'{named(avenant)}") for key, avenant in known.items()),
            (UN_AUTRE, "Non : c'est un autre acte"),
        ]
        answer = data.get("acte")
        if answer in known:
            data["avenant"] = known[answer]
        elif answer != UN_AUTRE:
            told = liste(f"l'{named(avenant)}" for avenant in known.values())
            self.add_error("acte", f"Un acte de ce jour est déjà enregistré : {told}.")

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


def named(avenant):
    """Name an avenant by its day, its number if it has one, and what it does already."""
    does = [EFFETS_DITS[objet] for objet in avenant.objets()]
    told = f", qui {liste(does)}" if does else ""
    return f"{avenant.nom} du {bare(avenant.date_signature, avenant.precision_signature)}{told}"


# What `Avenant.objets` tells, in the same words.
EFFETS_DITS = {
    "ajout_communes": EFFETS["communes"],
    "retrait_communes": EFFETS["couvertures"],
    "prolongation": EFFETS["duree_annees"],
    "secteurs": EFFETS["secteurs"],
    "parties": EFFETS["parties_communes"],
}


class SignerAvenant(GesteDeConvention):
    slug = "avenant"
    titre = "Avenant"
    fait = "Avenant"
    form = AvenantForm
    adds = [Avenant, CommuneCouverte, Document, Partie, Secteur]
    impossible = "Cette convention n'est pas signée : elle ne peut pas avoir d'avenant."

    def candidates(self, records, jour):
        """Keep the conventions that are signed."""
        return records.signees(jour)

    def reason(self, data):
        """Tell what the act does: the history and « Fiches modifiées » show it."""
        does = dict.fromkeys(told for name, told in EFFETS.items() if data[name])
        return f"{self.fait} qui {liste(does)}" if does else self.fait

    def phrases(self, record, data):
        return [
            self.head(record, data),
            *self.told_communes(data),
            *self.told_duration(record, data),
            *self.told_others(data),
        ]

    def head(self, record, data):
        """Say which avenant will be written, or completed."""
        if data["avenant"]:
            return f"L'{named(data['avenant'])} est complété."
        number = f" n° {data['numero']}" if data["numero"] else ""
        jour = in_words(data["date"], data["precision"])
        return f"Un avenant{number} à la convention « {record} » est signé {jour}."

    def told_communes(self, data):
        if entering := data["communes"]:
            verb = "Y entrent" if len(entering) > 1 else "Y entre"
            yield f"{verb} : {liste(entering)}."
        if leaving := data["couvertures"]:
            verb = "En sortent" if len(leaving) > 1 else "En sort"
            yield f"{verb} : {liste(couverture.commune for couverture in leaving)}."

    def told_duration(self, record, data):
        if data["duree_annees"]:
            before = date_fin_au(record, data["date"])
            after = add_years(record.date_signature, data["duree_annees"])
            ended = f", au lieu du {in_french(before)}" if before else ""
            yield (
                f"Sa durée totale est portée à {pluriel(data['duree_annees'], 'an,ans')} : "
                f"la convention prend fin le {in_french(after)}{ended}."
            )

    def told_others(self, data):
        if data["secteurs"]:
            told = liste(f"{name} ({commune})" for commune, name in data["secteurs"])
            yield f"Secteurs d'intervention créés : {told}."
        if parties := [partie for name in PARTIES for partie in data[name]]:
            role = Partie.RolePartie(data["role"] or Partie.RolePartie.SIGNATAIRE)
            yield f"Parties ajoutées ({role.label}) : {liste(parties)}."
        if data["objet"]:
            yield f"Objet : {data['objet']}."

    def warnings(self, record, data):
        entering = des_entrees(record, data["communes"], data["date"])
        return [*apres_la_fin(record, data["date"]), *entering]

    def write(self, record, form, reason):
        data = form.cleaned_data
        avenant = self.written_act(record, data, reason)
        for row in self.rows(avenant, data):
            save(row, reason)
        said = [(avenant, "date_signature", data["date"], data["precision"])]
        return record, said + self.settled(data)

    def written_act(self, record, data, reason):
        """Return the act, written: a new one, or that of the day with what it does besides."""
        if data["avenant"]:
            # Read again: the form has already been tried, and what it holds was changed then.
            avenant = Avenant.objects.get(pk=data["avenant"].pk)
        else:
            avenant = Avenant(
                convention=record,
                date_signature=data["date"],
                precision_signature=data["precision"],
            )
        for name in ("numero", "duree_annees", "objet"):
            if data[name]:
                setattr(avenant, name, data[name])
        return save(avenant, reason)

    def rows(self, avenant, data):
        """Yield the records that the act makes, and those that it ends."""
        convention = avenant.convention
        for commune in data["communes"]:
            yield CommuneCouverte(convention=convention, commune=commune, entree=avenant)
        for couverture in data["couvertures"]:
            couverture.sortie = avenant
            yield couverture
        for commune, name in data["secteurs"]:
            yield Secteur(convention=convention, commune=commune, nom=name, avenant=avenant)
        role = data["role"] or Partie.RolePartie.SIGNATAIRE
        for name, identity in PARTIES.items():
            for partie in data[name]:
                party = {identity: partie}
                yield Partie(convention=convention, avenant=avenant, role=role, **party)

    def settled(self, data):
        """Settle besides what a source said, and nobody retained, of the entry of these communes."""
        doubted = Affirmation.objects.ecartees().filter(
            content_type=record_type(Commune), champ=ENTREE_ORT
        )
        return [
            (commune, ENTREE_ORT, data["date"], data["precision"])
            for commune in data["communes"].filter(pk__in=doubted.values("object_id"))
        ]
