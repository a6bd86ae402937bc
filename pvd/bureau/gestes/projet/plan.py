"""An act and the actions of its plan: one is written in, adhésions join a convention, an avenant applies."""

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from communes.models import Commune, Departement, Intercommunalite, Labellisation
from ort.avertissements import Avertissement
from ort.models import Avenant, CommuneCouverte, Convention, Organisme
from projects.actions.communes import communes_du_plan, refus_hors_de
from projects.actions.models import (
    MAITRES_D_OUVRAGE,
    Action,
    ActionAdhesion,
    ActionCommune,
    Axe,
    BaseMontant,
    Cout,
    EffetAvenant,
    EntreePar,
    Etendue,
    Phase,
    PlanSigne,
    Prevision,
    Theme,
)
from projects.financements.regles import montant_verse
from projects.projet.du_jour import ActionsDatees
from pvd.bureau.gestes.base import (
    CasesField,
    GesteForm,
    GesteQuiCree,
    SansPrecisionForm,
    offer,
    save,
    unused,
)
from pvd.bureau.gestes.conventions.commun import GesteDeConvention
from pvd.bureau.gestes.projet.calendrier import PRECISIONS, PREVUES
from pvd.bureau.gestes.projet.champs import MontantField
from pvd.bureau.gestes.projet.commun import (
    GesteDAction,
    chercher,
    chercher_plusieurs,
    chiffres_du_projet,
    texte_court,
    texte_long,
)
from socle.admin.champs import DayField
from socle.admin.choix import SearchedSelect
from socle.admin.evenements import Chapitre
from socle.admin.portee import CommunesField
from socle.dates import Precision, bare, first_day
from socle.francais import euros, liste, pluriel
from socle.historique import Historisee
from socle.recherche import search_key
from socle.sources import Affirmation, record_type

UN_SEUL = "Une action a un seul maître d'ouvrage."
PUBLIC = "Public, tel que l'acte l'écrit."


def dire(fiche: Historisee, champ, texte, source, how):
    """Record that a source says what a record is, in words: a date is told by `affirm`."""
    said = {"content_type": record_type(fiche), "object_id": str(fiche.pk), "champ": champ}
    identity = said | {"source": source, "valeur_brute": str(texte)[:250]}
    if not Affirmation.objects.filter(**identity).exists():
        Affirmation(**identity, detail_interne=how).save()


def one_owner(form, data, names=MAITRES_D_OUVRAGE):
    """Refuse two owners; return the name of the field that names the one, or None."""
    chosen = [name for name in names if data.get(name)]
    if len(chosen) > 1:
        form.add_error(chosen[1], UN_SEUL)
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
        chercher(self, Action, "maitre_ouvrage_organisme")
        chercher(self, Action, "convention", rows=Convention.objects.for_user(user))
        chercher(self, Action, "axe", rows=Axe.objects.for_user(user))
        for name, model in (
            ("maitre_ouvrage_commune", Commune),
            ("maitre_ouvrage_intercommunalite", Intercommunalite),
        ):
            chercher(self, Action, name, rows=model.objects.for_user(user))
        entree = SearchedSelect(Action._meta.get_field("entree"), admin.site)
        offer(self, "avenant", Avenant.objects.for_user(user), entree)
        adhesion = ActionAdhesion._meta.get_field("labellisation")
        chercher_plusieurs(self, "adhesions", adhesion, Labellisation.objects.for_user(user))
        within = Commune.objects.for_user(user) | Commune.objects.filter(
            couvertures__convention__in=Convention.objects.for_user(user).order_by().values("pk")
        )
        reach = Commune.objects.filter(pk__in=within.order_by().values("pk"))
        chercher_plusieurs(self, "communes", ActionCommune._meta.get_field("commune"), reach)

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
        elif not self.reachable(data, keys):
            self.add_error("communes", "Dites au moins une commune de vos départements.")

    def hors_de_l_acte(self, data, keys):
        """Return which communes the act of entry does not concern, in French, or None."""
        if data["adhesions"]:
            return refus_hors_de({row.commune_id for row in data["adhesions"]}, keys)
        if not data["convention"]:
            return None
        act = data["avenant"] or data["convention"]
        return refus_hors_de(communes_du_plan(data["convention"], act.date_signature), keys)

    def reachable(self, data, keys):
        """Tell whether the agent keeps one of these communes, or the convention."""
        if self.user.is_superuser:
            return True
        own = Departement.objects.for_user(self.user)
        kept = data["convention"] and own.filter(conventions=data["convention"]).exists()
        return kept or Commune.objects.for_user(self.user).filter(pk__in=keys).exists()


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
    return GesteDAction().writable(rows, user).order_by("numero", "identifiant")


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
        chercher(self, Action, "maitre_ouvrage_organisme")
        for name, model in (
            ("maitre_ouvrage_commune", Commune),
            ("maitre_ouvrage_intercommunalite", Intercommunalite),
        ):
            chercher(self, Action, name, rows=model.objects.for_user(self.user))
        self.fields["avenant"].queryset = self.record.avenants.all()
        there = Action.objects.filter(convention=self.record, sortie__isnull=True)
        there = GesteDAction().writable(there, self.user).order_by("numero", "identifiant")
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
        day = f"du {bare(signed, data['avenant'].precision_signature)}" if signed else "non signé"
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
        save(effect, reason)
        for name, value in owner.items():
            setattr(action, name, value)
        save(action, reason)


def fresh(actions):
    """Return the actions as they are now: the form may have been tried, and what it holds changed."""
    return list(Action.objects.filter(pk__in=[action.pk for action in actions]).order_by("pk"))
