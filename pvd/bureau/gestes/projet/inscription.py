"""An action is written in, by the act that brings it, or as a document tells it."""

from django import forms
from django.contrib import admin

from communes.models import Commune, Intercommunalite, Labellisation
from ort.avertissements import Avertissement
from ort.models import Avenant, Convention, Organisme
from projects.actions.communes import communes_du_plan, refus_hors_de
from projects.actions.models import (
    MAITRES_D_OUVRAGE,
    Action,
    ActionAdhesion,
    ActionCommune,
    Axe,
    BaseMontant,
    Cout,
    EntreePar,
    Etendue,
    Phase,
    PlanSigne,
    Prevision,
    Theme,
)
from pvd.bureau.gestes.base import GesteQuiCree
from pvd.bureau.gestes.ecriture import save, unused
from pvd.bureau.gestes.formulaire import GesteForm, offer
from pvd.bureau.gestes.projet.calendrier import PRECISIONS, PREVUES
from pvd.bureau.gestes.projet.champs import MontantField
from pvd.bureau.gestes.projet.commun import (
    GesteDAction,
    chercher,
    chercher_plusieurs,
    chercher_qui,
    communes_a_portee,
    texte_court,
    texte_long,
    tient_une,
)
from socle.admin.champs import DayField
from socle.admin.choix import SearchedSelect
from socle.admin.evenements import Chapitre
from socle.admin.portee import CommunesField
from socle.dates import Precision, bare, first_day
from socle.francais import euros, liste
from socle.historique import Historisee
from socle.sources import Affirmation, record_type

UN_SEUL = "Une action a un seul maître d'ouvrage."
PUBLIC = "Public, tel que l'acte l'écrit."


def dire(fiche: Historisee, champ, texte, source, how):
    """Record that a source says what a record is, in words: a date is told by `affirm`."""
    said = {"content_type": record_type(fiche), "object_id": str(fiche.pk), "champ": champ}
    identity = said | {"source": source, "valeur_brute": str(texte)[:250]}
    held = Affirmation.objects.filter(**identity).first()
    if held is None:
        Affirmation(**identity, detail_interne=how).save()
    elif not held.retenue:
        held.retenue = True
        held.save()


def one_owner(form, data, names=MAITRES_D_OUVRAGE, refused=UN_SEUL):
    """Refuse two owners; return the name of the field that names the one, or None."""
    chosen = [name for name in names if data.get(name)]
    if len(chosen) > 1:
        form.add_error(chosen[1], refused)
    return chosen[0] if chosen else None


def owner_field(label, model):
    return forms.ModelChoiceField(label=label, queryset=model.objects.none(), required=False)


class MaitreDOuvrageForm(forms.Form):
    maitre_ouvrage_commune = owner_field("Maître d'ouvrage : commune", Commune)
    maitre_ouvrage_intercommunalite = owner_field("ou intercommunalité", Intercommunalite)
    maitre_ouvrage_organisme = owner_field("ou autre organisme", Organisme)


class InscriptionForm(MaitreDOuvrageForm, GesteForm):
    numero = texte_court("Numéro", "Tel que le plan l'écrit : « A1 », « 1.10 ».", max_length=20)
    intitule = texte_court("Intitulé", PUBLIC, max_length=300, required=True)
    description = texte_long("Description", PUBLIC, max_length=20_000)
    convention = forms.ModelChoiceField(
        label="Convention",
        queryset=Convention.objects.none(),
        required=False,
        help_text="Vide : le plan d'une adhésion, ou une opération relevée dans un document.",
    )
    avenant = forms.ModelChoiceField(
        label="Ajoutée par l'avenant",
        queryset=Avenant.objects.none(),
        required=False,
        help_text="Vide : la convention elle-même la met au plan.",
    )
    adhesions = forms.ModelMultipleChoiceField(
        label="ou adhésions, signées ensemble",
        queryset=Labellisation.objects.none(),
        required=False,
    )
    axe = forms.ModelChoiceField(label="Axe", queryset=Axe.objects.none(), required=False)
    theme = forms.ModelChoiceField(label="Thème", queryset=Theme.objects.none(), required=False)
    toute_l_ort = forms.BooleanField(
        label="Elle se fait dans toutes les communes que l'ORT couvre", required=False
    )
    communes = CommunesField(
        label="Communes",
        queryset=Commune.objects.none(),
        required=False,
        help_text="Où elle se fait. Tapez le début d'un nom ou un code INSEE.",
    )
    aboutissement = forms.ChoiceField(
        label="Ce qui l'achève", choices=Phase, initial=Phase.OPERATION
    )
    plan_signe = forms.ChoiceField(
        label="Au plan signé", choices=[("", "non précisé"), *PlanSigne.choices], required=False
    )
    montant = MontantField(label="Coût estimé, en €", zero=True, required=False)
    base = forms.ChoiceField(label="Base", choices=BaseMontant, required=False)
    debut = DayField(label="Début prévu", required=False)
    precision_debut = forms.ChoiceField(label="connu", choices=PRECISIONS, required=False)
    fin = DayField(label="Fin prévue", required=False)
    precision_fin = forms.ChoiceField(label="connue", choices=PRECISIONS, required=False)

    parts = (
        ("L'action", ["numero", "intitule", "description"]),
        ("L'acte qui la met au plan", ["convention", "avenant", "adhesions", "axe", "theme"]),
        ("Où, et par qui", ["toute_l_ort", "communes", *MAITRES_D_OUVRAGE]),
        (
            "Ce que le document en dit",
            [
                *("date", "precision", "aboutissement", "plan_signe", "montant", "base"),
                *("debut", "precision_debut", "fin", "precision_fin"),
            ],
        ),
    )

    def prepare(self):
        self.fields["date"].label = "Jour du document"
        self.fields["date"].help_text = "Le coût et le calendrier sont annoncés ce jour-là."
        user = self.user
        chercher(self, Action, "theme")
        chercher_qui(self, Action, MAITRES_D_OUVRAGE)
        chercher(self, Action, "convention", rows=Convention.objects.for_user(user))
        chercher(self, Action, "axe", rows=Axe.objects.for_user(user))
        entree = SearchedSelect(Action._meta.get_field("entree"), admin.site)
        offer(self, "avenant", Avenant.objects.for_user(user), entree)
        adhesion = ActionAdhesion._meta.get_field("labellisation")
        chercher_plusieurs(self, "adhesions", adhesion, Labellisation.objects.for_user(user))
        commune = ActionCommune._meta.get_field("commune")
        chercher_plusieurs(self, "communes", commune, communes_a_portee(user))

    def clean(self):
        data = super().clean()
        one_owner(self, data)
        for objet in PREVUES:
            data[f"precision_{objet}"] = data.get(f"precision_{objet}") or Precision.JOUR.value
            if data.get(objet):
                data[objet] = first_day(data[objet], data[f"precision_{objet}"])
        if not self.errors:
            self.check_the_act(data)
        if not self.errors:
            self.check_the_communes(data)
        return data

    def check_the_act(self, data):
        """Refuse an avenant, or an axe, of another plan, and two acts of entry."""
        convention = data.get("convention")
        if data["avenant"] and not convention:
            data["convention"] = convention = data["avenant"].convention
        if data["avenant"] and data["avenant"].convention_id != convention.pk:
            self.add_error("avenant", "Cet avenant est celui d'une autre convention.")
        if data["adhesions"] and data["avenant"]:
            self.add_error("adhesions", "Une action entre au plan par un seul acte : choisissez.")
        days = {row.date_signature_adhesion for row in data["adhesions"]}
        if len(days) > 1:
            self.add_error("adhesions", "Ces adhésions n'ont pas été signées le même jour.")
        axe = data["axe"]
        if axe and not (
            (axe.convention_id and convention and axe.convention_id == convention.pk)
            or axe.labellisation_id in {row.pk for row in data["adhesions"]}
        ):
            self.add_error(
                "axe", "Cet axe est celui d'un autre plan : choisissez-en un de cet acte."
            )

    def check_the_communes(self, data):
        """Ask where it is done, in communes that its act concerns, one of them of the agent."""
        if data["toute_l_ort"]:
            if not data["convention"]:
                self.add_error(
                    "toute_l_ort", "Choisissez la convention dont l'ORT couvre ces communes."
                )
            return
        keys = {commune.pk for commune in data["communes"]}
        if not keys:
            self.add_error("communes", "Dites au moins une commune où l'action se fait.")
        elif refused := self.hors_de_l_acte(data, keys):
            self.add_error("communes", refused)
        elif not tient_une(self.user, data["convention"], keys):
            self.add_error("communes", "Dites au moins une commune de vos départements.")

    def hors_de_l_acte(self, data, keys):
        """Return which communes the act of entry does not concern, in French, or None."""
        if data["adhesions"]:
            return refus_hors_de({row.commune_id for row in data["adhesions"]}, keys)
        if not data["convention"]:
            return None
        act = data["avenant"] or data["convention"]
        return refus_hors_de(communes_du_plan(data["convention"], act.date_signature), keys)


def entree_par(data):
    """Return the sort of act that brings the action; none: « opération relevée »."""
    if data["adhesions"]:
        return EntreePar.ADHESION
    if data["avenant"]:
        return EntreePar.AVENANT
    return EntreePar.CONVENTION if data["convention"] else ""


class InscrireAction(GesteQuiCree, GesteDAction):
    slug = "inscrire-une-action"
    titre = "Inscrire une action"
    fait = "Action inscrite"
    form = InscriptionForm
    adds = (Action, ActionCommune, ActionAdhesion, Cout, Prevision)
    par_commune = ActionCommune
    annonce = True

    def communes(self, record, data):
        if data["toute_l_ort"]:
            return sorted(communes_du_plan(data["convention"], None))
        return [commune.pk for commune in data["communes"]]

    def chapitres(self, data):
        """A preview rests on the actions of the same communes, and on those of the same plan."""
        plan = Action.history.filter(convention=data["convention"])
        return [*super().chapitres(data), Chapitre(plan)]

    def phrases(self, record, data):
        name = f"{data['numero']} {data['intitule']}".strip()
        where = "toutes les communes de l'ORT" if data["toute_l_ort"] else liste(data["communes"])
        owner = next((data[name] for name in MAITRES_D_OUVRAGE if data[name]), None)
        told = [
            f"L'action « {name} » est inscrite : {self.acte(data)}.",
            f"Où : {where}. Maître d'ouvrage : {owner or 'non renseigné'}.",
        ]
        if data["montant"] is not None:
            told.append(f"Coût estimé : {euros(data['montant'])} {data['base']}".strip() + ".")
        for objet, label in PREVUES.items():
            if data[objet]:
                told.append(f"{label} : prévu {bare(data[objet], data[f'precision_{objet}'])}.")
        return told

    def acte(self, data):
        """Name the act that brings the action."""
        if data["adhesions"]:
            return f"adhésion de {liste(row.commune for row in data['adhesions'])}"
        if data["avenant"]:
            return f"{data['avenant'].nom} à la convention « {data['convention']} »"
        if data["convention"]:
            return f"convention « {data['convention']} »"
        return "opération relevée, hors plan connu"

    def warnings(self, record, data):
        """Tell of an act that is not signed: the action is then seen by agents alone."""
        act = data["avenant"] or data["convention"]
        unsigned = act is not None and act.date_signature is None and not data["adhesions"]
        late = [row for row in data["adhesions"] if row.date_signature_adhesion is None]
        if not (unsigned or late):
            return []
        return [
            Avertissement(
                "L'acte qui met cette action au plan n'est pas signé.",
                "Elle n'est vue que des agents, jusqu'à ce que sa signature soit enregistrée.",
            )
        ]

    def write(self, record, form, reason):
        data = form.cleaned_data
        for name in ("numero", "intitule", "description", "convention", "axe", "theme"):
            setattr(record, name, data[name])
        for name in ("aboutissement", "plan_signe", *MAITRES_D_OUVRAGE):
            setattr(record, name, data[name])
        record.entree, record.entree_par = data["avenant"], entree_par(data)
        record.etendue = Etendue.ORT if data["toute_l_ort"] else Etendue.COMMUNES
        title = f"{data['numero']} {data['intitule']}"
        record.identifiant = unused(Action, "identifiant", title, "action")
        save(record, reason)
        for commune in () if data["toute_l_ort"] else data["communes"]:
            save(ActionCommune(action=record, commune=commune), reason)
        for labellisation in data["adhesions"]:
            save(ActionAdhesion(action=record, labellisation=labellisation), reason)
        return record, [*self.cout(record, data, reason), *self.calendrier(record, data, reason)]

    def cout(self, record, data, reason):
        """Write the cost that the document gives; yield what it says."""
        if data["montant"] is not None:
            asked = {"jour": data["date"], "precision": data["precision"], "base": data["base"]}
            told = save(Cout(action=record, montant=data["montant"], **asked), reason)
            yield (told, "jour", told.jour, told.precision)

    def calendrier(self, record, data, reason):
        """Write the days that the document announces; yield what it says."""
        for objet in PREVUES:
            if data[objet]:
                told = Prevision(
                    action=record,
                    objet=objet,
                    date_prevue=data[objet],
                    precision=data[f"precision_{objet}"],
                    etablie_le=data["date"],
                )
                save(told, reason)
                yield (told, "etablie_le", told.etablie_le, Precision.JOUR)

    def say_besides(self, record, source, how):
        dire(record, "intitule", record.intitule, source, how)
