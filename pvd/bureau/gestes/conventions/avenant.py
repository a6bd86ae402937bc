"""An avenant is signed: all that it does to a convention, in one act."""

from django import forms
from django.db.models import Q

from communes.models import Commune
from ort.avertissements import apres_la_fin, de_l_avenant, des_entrees
from ort.models import Avenant, CommuneCouverte
from ort.models.droits import Plume
from ort.models.publication import PAR_AVENANT
from ort.regles import date_fin_au, duree_au
from pvd.bureau.gestes.conventions.contenu import PARTIES, ContenuForm, GesteDeContenu
from pvd.bureau.gestes.ecriture import save
from pvd.bureau.gestes.formulaire import CasesField, day_typed
from socle.dates import add_years, in_french, in_words, last_day
from socle.francais import datee, liste, pluriel

# The answer by which an avenant of a day that already has one is another act.
UN_AUTRE = "autre"

OTHERS_ARE_PROPOSED = (
    "Celles de vos départements ; la sortie des autres se propose, sur la fiche de la convention."
)

# Each effect by the field that asks for it, as the reason of the act tells it.
EFFETS = {
    "communes": "ajoute des communes",
    "couvertures": "retire des communes",
    "duree_annees": "prolonge",
    "secteurs": "crée des secteurs",
    **dict.fromkeys(PARTIES, "ajoute des parties"),
}


class AvenantForm(ContenuForm):
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
    objet = forms.CharField(
        label="Objet",
        max_length=250,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Public. Ce que l'acte fait d'autre, en quelques mots.",
    )

    textes_publics = (*ContenuForm.textes_publics, "objet")
    parts = (
        ("L'acte", ["date", "precision", "numero", "acte"]),
        ("Ce qu'il fait : remplissez chacun de ses effets", ["communes", "couvertures"]),
        ("Durée", ["duree_annees"]),
        ("Secteurs et parties", ["secteurs", *PARTIES, "role", "objet"]),
    )

    def nom_de_l_acte(self, data):
        number = f" n° {data['numero']}" if data["numero"] else ""
        return f"Avenant{number} {datee(data['date'], data['precision'])}, {self.record}"

    def prepare(self):
        super().prepare()
        self.fields["date"].label = "Avenant signé le"
        self.offer_exits()

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
        """Ask whether an avenant of that day, or not signed yet, is the same act; keep it as `avenant`."""
        same = self.record.avenants.filter(
            Q(date_signature=data.get("date")) | Q(date_signature__isnull=True)
        )
        if data.get("numero"):
            same = same.filter(Q(numero=data["numero"]) | Q(numero__isnull=True))
        known = {str(avenant.pk): avenant for avenant in same}
        if not known:
            return
        self.fields["acte"].widget.choices = [
            *((key, f"Oui : c'est l'{named(avenant)}") for key, avenant in known.items()),
            (UN_AUTRE, "Non : c'est un autre acte"),
        ]
        answer = data.get("acte")
        if answer in known:
            data["avenant"] = known[answer]
        elif answer != UN_AUTRE:
            told = liste(f"l'{named(avenant)}" for avenant in known.values())
            self.add_error("acte", f"Un acte de ce jour, ou prévu, est déjà enregistré : {told}.")


def named(avenant):
    """Name an avenant by its day, its number if it has one, and what it does already."""
    does = [EFFETS_DITS[objet] for objet in avenant.objets()]
    told = f", qui {liste(does)}" if does else ""
    signed = avenant.date_signature
    day = datee(signed, avenant.precision_signature) if signed else "non signé"
    return f"{avenant.nom} {day}{told}"


# What `Avenant.objets` tells, in the same words.
EFFETS_DITS = {
    "ajout_communes": EFFETS["communes"],
    "retrait_communes": EFFETS["couvertures"],
    "prolongation": EFFETS["duree_annees"],
    "secteurs": EFFETS["secteurs"],
    "parties": EFFETS["parties_communes"],
}


def not_signed(data):
    """Return the avenant that the act completes, if it was only planned, or None."""
    avenant = data["avenant"]
    return avenant if avenant and avenant.date_signature is None else None


class SignerAvenant(GesteDeContenu):
    slug = "avenant"
    titre = PAR_AVENANT
    fait = "Avenant"
    form = AvenantForm
    adds = [Avenant, *GesteDeContenu.adds]
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
            *self.told_planned(data),
            *self.told_entries(data),
            *self.told_exits(data),
            *self.told_duration(record, data),
            *self.told_others(data),
        ]

    def head(self, record, data):
        """Say which avenant will be written, or completed."""
        if planned := not_signed(data):
            return f"L'{named(planned)} est signé {in_words(data['date'], data['precision'])}."
        if data["avenant"]:
            return f"L'{named(data['avenant'])} est complété."
        number = f" n° {data['numero']}" if data["numero"] else ""
        jour = in_words(data["date"], data["precision"])
        return f"Un avenant{number} à la convention « {record} » est signé {jour}."

    def told_planned(self, data):
        """Say whom an act that was only planned brings in and takes out, now that it is signed."""
        if planned := not_signed(data):
            if entering := liste(Commune.objects.filter(couvertures__entree=planned)):
                yield f"Déjà prévu, y entre : {entering}."
            if leaving := liste(Commune.objects.filter(couvertures__sortie=planned)):
                yield f"Déjà prévu, en sort : {leaving}."

    def told_exits(self, data):
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
        yield from super().told_others(data)
        if data["objet"]:
            yield f"Objet : {data['objet']}."

    def warnings(self, record, data):
        if not_signed(data):
            return de_l_avenant(data["avenant"], data["date"])
        entering = des_entrees(record, data["communes"], data["date"])
        return [*apres_la_fin(record, data["date"]), *entering]

    def write(self, record, form, reason):
        data = form.cleaned_data
        avenant = self.written_act(record, data, reason)
        for row in self.rows_added(record, avenant, data):
            save(row, reason)
        for couverture in data["couvertures"]:
            couverture.sortie = avenant
            save(couverture, reason)
        day = (data["date"], data["precision"])
        return record, [(avenant, "date_signature", *day), *self.settled(data, *day)]

    def written_act(self, record, data, reason):
        """Return the act, written: a new one, or that of the day with what it does besides."""
        if data["avenant"]:
            # Read again: the form has already been tried, and what it holds was changed then.
            avenant = Avenant.objects.get(pk=data["avenant"].pk)
        else:
            avenant = Avenant(convention=record)
        if avenant.date_signature is None:
            avenant.date_signature, avenant.precision_signature = data["date"], data["precision"]
        for name in ("numero", "duree_annees", "objet"):
            if data[name]:
                setattr(avenant, name, data[name])
        return save(avenant, reason)

    def typed_already(self, facts):
        """Return besides the act that rows name, or the one that a form was about to sign; and the exits."""
        leaving = [fiche for fiche, champ in facts if champ == "sortie"]
        typed = super().typed_already([fact for fact in facts if fact[1] != "sortie"])
        if leaving:
            typed["couvertures"] = [fiche.pk for fiche in leaving]
        for fiche, champ in facts:
            typed |= identity(acte_de(fiche, champ))
            if isinstance(fiche, Avenant):
                typed |= filled_in(fiche, ("duree_annees", "objet"))
        return typed


# The field of a row that names the avenant by which each of its facts is public.
ACTES = {"commune": "entree", "sortie": "sortie", "avenant": "avenant"}


def acte_de(fiche, champ):
    """Return the avenant that a fact speaks of."""
    return fiche if isinstance(fiche, Avenant) else getattr(fiche, ACTES[champ])


def identity(avenant):
    """Return, by field, by what an act is known."""
    return filled_in(avenant, ["numero"]) | day_typed(avenant, "date_signature")


def filled_in(avenant, names):
    return {name: value for name in names if (value := getattr(avenant, name))}
