"""An act and the actions of its plan: those of adhésions join a convention, an avenant applies."""

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from communes.models import Commune
from ort.avertissements import Avertissement
from ort.models import Avenant, CommuneCouverte
from projects.actions.communes import communes_du_plan
from projects.actions.models import (
    MAITRES_D_OUVRAGE,
    Action,
    ActionAdhesion,
    ActionCommune,
    EffetAvenant,
    EntreePar,
)
from projects.financements.regles import montant_verse
from projects.projet.du_jour import ActionsDatees
from pvd.bureau.gestes.conventions.commun import GesteDeConvention
from pvd.bureau.gestes.ecriture import save, unused
from pvd.bureau.gestes.formulaire import CasesField, SansPrecisionForm
from pvd.bureau.gestes.projet.commun import (
    GesteDAction,
    chercher_qui,
    chiffres_du_projet,
    texte_long,
)
from pvd.bureau.gestes.projet.inscription import MaitreDOuvrageForm, dire, one_owner
from socle.admin.evenements import Chapitre
from socle.francais import datee, euros, liste, pluriel
from socle.recherche import search_key


class ActionsField(CasesField):
    """Some actions, each as its plan names it."""

    def __init__(self, **kwargs):
        super().__init__(queryset=Action.objects.none(), required=False, **kwargs)

    def label_from_instance(self, action):
        return str(action)


class AttacherForm(SansPrecisionForm):
    date = None
    actions = ActionsField(label="Actions des adhésions")

    def prepare(self):
        field = self.fields["actions"]
        field.required = True
        field.queryset = a_attacher(self.record, self.user)
        field.initial = [action.pk for action in field.queryset]


def des_adhesions(convention):
    """Return the condition that an action is of an adhésion of a commune that a convention covers."""
    covered = CommuneCouverte.objects.filter(convention=convention)
    joined = ActionAdhesion.objects.filter(
        labellisation__commune__in=covered.order_by().values("commune")
    )
    return Q(
        entree_par=EntreePar.ADHESION,
        convention__isnull=True,
        pk__in=joined.order_by().values("action"),
    )


def a_attacher(convention, user):
    """Return the actions of adhésions that `user` may attach to a convention."""
    rows = Action.objects.filter(des_adhesions(convention))
    return GesteDAction.writable(rows, user).order_by("numero", "identifiant")


class PlanDeConvention(GesteDeConvention):
    """A geste on the plan of a convention: its figures are those of the plans."""

    def chiffres(self, departement, jour):
        return chiffres_du_projet(departement, jour)

    def appuis(self, record):
        """A preview rests on the actions of the convention, and on those that may join it."""
        theirs = Action.objects.filter(Q(convention=record) | des_adhesions(record))
        keys = list(theirs.order_by().values_list("pk", flat=True))
        effects = EffetAvenant.history.filter(action__in=keys)
        return [Chapitre(Action.history.filter(id__in=keys)), Chapitre(effects)]


class AttacherActions(PlanDeConvention):
    slug = "attacher-les-actions-de-l-adhesion"
    titre = "Attacher les actions de l'adhésion"
    fait = "Actions de l'adhésion attachées à la convention"
    form = AttacherForm
    adds = (Action,)
    impossible = (
        "Cette convention n'est pas signée, ou aucune action d'une adhésion n'est à y attacher."
    )

    def candidates(self, records, jour):
        waiting = ActionAdhesion.objects.filter(
            action__entree_par=EntreePar.ADHESION, action__convention__isnull=True
        )
        covered = CommuneCouverte.objects.filter(
            convention=OuterRef("pk"),
            commune__in=waiting.order_by().values("labellisation__commune"),
        )
        return records.signees(jour).filter(Exists(covered))

    def phrases(self, record, data):
        count = pluriel(len(data["actions"]), "action est,actions sont")
        return [
            f"{count} du plan de « {record} » : {liste(data['actions'])}.",
            "Leur jour d'entrée reste celui de leur adhésion.",
        ]

    def write(self, record, form, reason):
        for action in fresh(form.cleaned_data["actions"]):
            action.convention = record
            save(action, reason)
        return record, []

    def say_besides(self, record, source, how):
        for action in record.actions.filter(entree_par=EntreePar.ADHESION):
            dire(action, "convention", record, source, how)


class AvenantAuPlanForm(MaitreDOuvrageForm, SansPrecisionForm):
    date = None
    avenant = forms.ModelChoiceField(label="L'avenant", queryset=Avenant.objects.none())
    ajoutees = texte_long(
        "Actions ajoutées",
        "Une par ligne : numéro ; intitulé ; communes. « A4 ; Kiosque ; Lodève, Gignac ».",
        rows=4,
        max_length=10_000,
    )
    retirees = ActionsField(label="Actions retirées")
    modifiees = ActionsField(label="Actions modifiées")
    texte = texte_long("Ce que l'acte en écrit", "Public, comme l'acte.", max_length=4000)
    transferees = ActionsField(label="Actions données à un autre maître d'ouvrage")

    parts = (
        ("L'acte", ["avenant"]),
        ("Ce qu'il ajoute et retire", ["ajoutees", "retirees"]),
        ("Ce qu'il change", ["modifiees", "texte"]),
        ("À qui il donne", ["transferees", *MAITRES_D_OUVRAGE]),
    )

    def prepare(self):
        chercher_qui(self, Action, MAITRES_D_OUVRAGE)
        self.fields["avenant"].queryset = self.record.avenants.all()
        there = Action.objects.filter(convention=self.record, sortie__isnull=True)
        there = GesteDAction.writable(there, self.user).order_by("numero", "identifiant")
        for name in ("retirees", "modifiees", "transferees"):
            self.fields[name].queryset = there.select_related(*MAITRES_D_OUVRAGE, "entree")

    def clean(self):
        data = super().clean()
        data["nouvelles"] = self.read_actions(data)
        owner = one_owner(self, data)
        if data.get("transferees") and not owner:
            self.add_error("maitre_ouvrage_commune", "Dites à qui ces actions sont données.")
        if owner and not data.get("transferees"):
            self.add_error("transferees", "Dites quelles actions changent de maître d'ouvrage.")
        for action in data.get("retirees") or ():
            if data.get("avenant") and action.entree_id == data["avenant"].pk:
                self.add_error("retirees", f"« {action} » : c'est cet avenant qui l'a ajoutée.")
        effects = ("nouvelles", "retirees", "modifiees", "transferees")
        if not self.errors and not any(data.get(name) for name in effects):
            self.add_error(None, "Dites ce que l'avenant fait au plan : un effet au moins.")
        return data

    def read_actions(self, data):
        """Return the actions typed, each as its number, its title and its communes."""
        avenant = data.get("avenant")
        if avenant is None:
            return []
        keys = communes_du_plan(self.record, avenant.date_signature)
        inside = {search_key(c.nom): c for c in Commune.objects.filter(pk__in=keys)}
        read = []
        for line in filter(None, map(str.strip, (data.get("ajoutees") or "").splitlines())):
            numero, title, names = (*map(str.strip, line.split(";")), "", "")[:3]
            asked = [name for name in map(str.strip, names.split(",")) if name]
            out = [name for name in asked if search_key(name) not in inside]
            if not (title and asked) or len(numero) > 20 or len(title) > 300:
                self.add_error(
                    "ajoutees", f"« {line} » : écrivez « numéro ; intitulé ; communes »."
                )
            elif out:
                self.add_error(
                    "ajoutees",
                    f"« {line} » : {liste(out)} n'est pas couverte par la convention le jour de l'avenant.",
                )
            else:
                read.append((numero, title, [inside[search_key(name)] for name in asked]))
        return read


class AppliquerAvenant(PlanDeConvention):
    slug = "appliquer-un-avenant-au-plan"
    titre = "Appliquer un avenant au plan"
    fait = "Avenant appliqué au plan"
    form = AvenantAuPlanForm
    adds = (Action, ActionCommune, EffetAvenant)
    impossible = "Cette convention n'a pas d'avenant : enregistrez d'abord l'acte."

    def candidates(self, records, jour):
        return records.filter(Exists(Avenant.objects.filter(convention=OuterRef("pk"))))

    def phrases(self, record, data):
        signed = data["avenant"].date_signature
        day = datee(signed, data["avenant"].precision_signature) if signed else "non signé"
        told = [f"L'{data['avenant'].nom} {day} change le plan de « {record} »."]
        names = [f"{numero} {title}".strip() for numero, title, _ in data["nouvelles"]]
        owner = next((data[name] for name in MAITRES_D_OUVRAGE if data[name]), None)
        for label, actions in (
            ("Y entrent", names),
            ("En sortent", data["retirees"]),
            ("Sont modifiées", data["modifiees"]),
            (f"Ont pour maître d'ouvrage {owner}", data["transferees"]),
        ):
            if actions:
                told.append(f"{label} : {liste(actions)}.")
        return told

    def warnings(self, record, data):
        """Tell which of the actions dropped were paid: what was paid stays recorded."""
        today = ActionsDatees([action.pk for action in data["retirees"]])
        for action in data["retirees"]:
            lines = today.lignes.get(action.pk, [])
            paid = sum(montant_verse(line, timezone.localdate()) for line in lines)
            if paid:
                yield Avertissement(
                    f"« {action} » a reçu {euros(paid)}, et sort du plan.",
                    "Ses versements restent enregistrés, hors des sommes du plan.",
                )
        if data["avenant"].date_signature is None:
            yield Avertissement(
                "Cet avenant n'est pas signé.",
                "Ce qu'il fait au plan ne se voit que du jour où sa signature est enregistrée.",
            )

    def write(self, record, form, reason):
        data = form.cleaned_data
        avenant = data["avenant"]
        for numero, title, communes in data["nouvelles"]:
            self.add_action(record, avenant, numero, title, communes, reason)
        for action in fresh(data["retirees"]):
            action.sortie = avenant
            save(action, reason)
        for action in fresh(data["modifiees"]):
            effect = {"nature": EffetAvenant.Nature.MODIFIEE, "texte": data["texte"]}
            save(EffetAvenant(action=action, avenant=avenant, **effect), reason)
        owner = {name: data[name] for name in MAITRES_D_OUVRAGE}
        for action in fresh(data["transferees"]):
            self.give(action, avenant, owner, reason)
        return record, []

    def add_action(self, record, avenant, numero, title, communes, reason):
        """Write an action that the avenant brings, and where it is done."""
        name = unused(Action, "identifiant", f"{numero} {title}", "action")
        action = Action(
            identifiant=name,
            numero=numero,
            intitule=title,
            convention=record,
            entree_par=EntreePar.AVENANT,
            entree=avenant,
        )
        save(action, reason)
        for commune in communes:
            save(ActionCommune(action=action, commune=commune), reason)

    def give(self, action, avenant, owner, reason):
        """Give an action to another owner; the one that it was before is kept with the act."""
        former = {name.replace("maitre_ouvrage", "ancien"): getattr(action, name) for name in owner}
        effect = EffetAvenant(
            action=action, avenant=avenant, nature=EffetAvenant.Nature.TRANSFEREE, **former
        )
        for name, value in owner.items():
            setattr(action, name, value)
        # Judged with its effect, which comes after it.
        action.alone = True
        save(action, reason)
        save(effect, reason)


def fresh(actions):
    """Return the actions as they are now: the form may have been tried, and what it holds changed."""
    return list(Action.objects.filter(pk__in=[action.pk for action in actions]).order_by("pk"))
