"""The filters of the list of actions and of its files, and of the results of a place."""

import django_filters
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Exists, Min, OuterRef, Q
from django.utils.functional import cached_property

from communes.models import Commune, Departement, Intercommunalite, Rattachement
from communes.territoire.faits import fiches_du_departement, successions_lues
from communes.territoire.lieux import DepartementsFilter, LieuFiltres, RegionsFilter
from ort.models import Convention, Organisme
from projects.actions.faits import transferts
from projects.actions.models import MAITRES_D_OUVRAGE, Action, Axe, Theme
from projects.actions.regles import EtatAction, PhaseAction, maitre_au
from projects.financements.faits import OF_SCHEME
from projects.financements.models import (
    Dispositif,
    FaitFinancement,
    Financement,
)
from projects.projet.annuaire import NomsDuJour, Tiers
from projects.projet.du_jour import ActionsDatees
from projects.projet.lecture import LIEES, situer, somme_montree
from projects.projet.publiques import (
    communes_des_actions,
    departements_des_publiques,
    publiques,
)
from socle.dates import known_by
from socle.recherche import search_key
from socle.web.adresses import AdressesDeListe
from socle.web.choix import ChoixFilter, FicheFilter, Plusieurs, texts
from socle.web.filtres import RechercheFilter
from socle.web.jour import jour_of
from socle.web.ordre import Calcule
from socle.web.refus import DemandeInvalide, quoted

PAYEURS = ("financeur_commune", "financeur_intercommunalite", "paye")
AXE_SANS_ORT = "Un axe est celui d'un plan : demandez « axe={} » avec son ORT, « ort=… »."


class TiersField(Plusieurs, forms.CharField):
    """Some of those who have actions done, or pay for them, asked for by `Tiers.cle`."""

    empty_label = settings.FILTERS_EMPTY_CHOICE_LABEL

    def __init__(self, **kwargs):
        super().__init__(max_length=200, **kwargs)

    def read(self, text):
        """Return the `Tiers` of that code, or of that name."""
        asked = super().read(text)
        if commune := Commune.objects.filter(pk=asked).first():
            return Tiers("commune", commune.pk, commune.nom)
        if intercommunalite := Intercommunalite.objects.filter(pk=asked).first():
            return Tiers("intercommunalite", intercommunalite.pk, intercommunalite.nom)
        named = Organisme.objects.filter(Q(siren=asked) | Q(nom=asked)).order_by("pk").first()
        if named is None:
            raise ValidationError("Ni un code ni un nom connu.")
        return Tiers(named.nature, named.siren, named.nom)

    def prepare_value(self, value):
        if isinstance(value, list):
            return [self.prepare_value(one) for one in value]
        return value.cle if isinstance(value, Tiers) else value


class TiersFilter(django_filters.Filter):
    field_class = TiersField


def axes_de_l_ort(request):
    """Return the axes, known on its day, of the signed ORT that the address asks for; none without one."""
    asked = texts(request.GET.getlist("ort"))
    jour = jour_of(request)
    signed = Convention.objects.signees(jour).filter(identifiant__in=asked)
    return Axe.objects.connus(jour).filter(convention__in=signed.order_by())


class AdressesDesActions(AdressesDeListe):
    """The addresses of the list of actions: an axe goes with the ORT that has it."""

    def asked_with(self, **changed):
        """Return what is asked, changed; without its ORT, without its axe."""
        if "ort" in changed and changed["ort"] is None:
            changed = {"axe": None} | changed
        return super().asked_with(**changed)


def by_etat(actions, jour):
    """Sort by the state of the action on the day, in the order of `EtatAction`."""
    ranks = {etat: rank for rank, etat in enumerate(EtatAction)}
    return {cle: ranks[action.etat] for cle, action in on_the_day(actions, jour).items()}


def by_fin(actions, jour):
    """Sort by the end, or by the last one announced."""
    found = {}
    for cle, action in on_the_day(actions, jour).items():
        forecast = action.fin_prevue
        found[cle] = action.fin.jour if action.fin else forecast and forecast.date_prevue
    return found


def by_cout(actions, jour):
    """Sort by the last cost announced."""
    found = on_the_day(actions, jour)
    return {cle: action.cout and action.cout.montant for cle, action in found.items()}


def by_somme(stage):
    """Return how to sort by what is granted, or paid, as the list writes it; what is unknown comes last."""

    def values(actions, jour):
        found = situer(list(actions.select_related(*LIEES)), jour)
        return {action.pk: somme_montree(action, stage) for action in found}

    return values


def on_the_day(actions, jour):
    """Return what is known on `jour` of each of `actions`, a queryset, by key."""
    return ActionsDatees(actions.order_by().values_list("pk", flat=True)).du_jour(jour)


class ActionFiltres(LieuFiltres):
    """The actions that anybody reads on a day, out of their plan since or « relevées » included."""

    q = RechercheFilter(label="Intitulé ou numéro de l'action, ou commune")
    departement = DepartementsFilter()
    region = RegionsFilter()
    epci = FicheFilter(label="Intercommunalité", queryset=Intercommunalite.objects.all())
    commune = FicheFilter(label="Commune", queryset=Commune.objects.all())
    ort = FicheFilter(label="ORT", queryset=Convention.objects.ort(), to_field_name="identifiant")
    axe = FicheFilter(
        label="Axe, une fois l'ORT choisie", queryset=axes_de_l_ort, to_field_name="code"
    )
    theme = FicheFilter(label="Thème", queryset=Theme.objects.all(), to_field_name="cle")
    phase = ChoixFilter(label="Phase", choices=PhaseAction)
    etat = ChoixFilter(label="État", choices=EtatAction)
    retard = ChoixFilter(label="En retard", choices=[("oui", "oui")])
    financeur = TiersFilter(label="Financeur, qui a accordé")
    dispositif = FicheFilter(
        label="Dispositif, qui a accordé", queryset=Dispositif.objects.all(), to_field_name="cle"
    )
    maitre_ouvrage = TiersFilter(label="Maître d'ouvrage")

    tris = {
        "nom": "intitule",
        "numero": "numero",
        "etat": Calcule(by_etat),
        "fin": Calcule(by_fin),
        "cout": Calcule(by_cout),
        "accorde": Calcule(by_somme("accorde")),
        "verse": Calcule(by_somme("verse")),
    }

    class Meta(LieuFiltres.Meta):
        model = Action
        fields = []

    def __init__(self, *args, **kwargs):
        self.read_of = {}
        super().__init__(*args, **kwargs)

    @cached_property
    def annuaire(self):
        """Return the names that the page has read: those of its choices, then of its rows."""
        return NomsDuJour(self.jour)

    @cached_property
    def successions(self):
        """Return who answers for whom, read once for the choices and the rows."""
        return successions_lues()

    @property
    def adresses(self):
        return AdressesDesActions(self.data, self.lus, list(self.form.fields))

    def refuse_unknown(self):
        """Refuse an axe without its ORT too: « A » is an axe of many plans."""
        axes = texts(self.data.getlist("axe"))
        if axes and not texts(self.data.getlist("ort")):
            raise DemandeInvalide(AXE_SANS_ORT.format(quoted(axes[0])))
        super().refuse_unknown()

    def offered(self):
        """Offer what the actions of the day have, in the chosen département if there is one."""
        codes = departements_des_publiques(self.jour)
        departements = list(Departement.objects.select_related("region").filter(pk__dans=codes))
        departement = self.departement_of_choices(departements)
        signed = [o for o in self.chosen("ort") or [] if known_by(o.date_signature, self.jour)]
        found = {
            "departement": departements,
            "theme": Theme.objects.all(),
            "dispositif": Dispositif.objects.all(),
            "axe": Axe.objects.filter(convention__in=signed) if signed else [],
        }
        if departement is None:
            local = ("epci", "commune", "ort", "financeur", "maitre_ouvrage")
            return found | dict.fromkeys(local)
        return found | self.offered_there(departement)

    def actions_of(self, departements):
        """Return the actions of some départements that day, read once for list and choices.

        The key of each, of its convention, and those of its owner.
        """
        asked = tuple(departement.pk for departement in departements)
        if asked not in self.read_of:
            fiches = fiches_du_departement(departements, self.jour, self.successions)
            there = Commune.objects.order_by().filter(pk__dans=fiches).values("pk")
            found = publiques(self.jour).des_fiches(there, self.jour).order_by()
            self.read_of[asked] = list(found.values_list("pk", "convention", *MAITRES_D_OUVRAGE))
        return self.read_of[asked]

    def cles_of(self, departements):
        """Return the keys of these actions."""
        return [cle for cle, *_ in self.actions_of(departements)]

    def maitres_of(self, actions):
        """Return the keys of the owners that `actions` have that day: an avenant may still be to sign."""
        changed = transferts([cle for cle, *_ in actions])
        owners = (maitre_au(tuple(k), changed.get(cle, ()), self.jour) for cle, _, *k in actions)
        return {keys for keys in owners if any(keys)}

    def offered_there(self, departement):
        """Offer what the actions of a département, and their communes that are of it, have."""
        actions, cles = self.actions_of([departement]), self.cles_of([departement])
        its = communes_des_actions(cles, self.jour, self.successions).items()
        codes = [code for code, of_commune in its if of_commune == departement.pk]
        members = Rattachement.objects.as_of(self.jour).filter(commune__dans=codes)
        sirens = set(members.order_by().values_list("intercommunalite", flat=True))
        granted = FaitFinancement.objects.filter(
            financement=OuterRef("pk"), nature="accord", jour__lte=self.jour
        )
        lines = Financement.objects.filter(Exists(granted), action__dans=cles)
        payeurs = lines.annotate(paye=OF_SCHEME).order_by().values_list(*PAYEURS).distinct()
        financeurs = {keys for keys in payeurs if any(keys)}
        maitres = self.maitres_of(actions)
        lieux = {(code, None, None) for code in codes} | {(None, siren, None) for siren in sirens}
        plans = {ort for _, ort, *_ in actions}
        annuaire = self.annuaire.lire(financeurs | maitres | lieux)
        return {
            "epci": by_name(annuaire.intercommunalites[siren] for siren in sirens),
            "commune": by_name(annuaire.communes[code] for code in codes),
            "ort": Convention.objects.ort().signees(self.jour).filter(pk__dans=plans),
            "financeur": annuaire.par_nom(financeurs),
            "maitre_ouvrage": annuaire.par_nom(maitres),
        }

    def premier_jour(self):
        """Return the day of the first act that brought an action of the département chosen."""
        actions = Action.objects.exclude(entree_par="")
        if departement := self.departement_choisi:
            actions = actions.filter(communes_liees__commune__departement=departement)
        days = actions.order_by().aggregate(
            adhesion=Min("adhesions__labellisation__date_signature_adhesion"),
            convention=Min("convention__date_signature", filter=Q(entree_par="convention")),
            avenant=Min("entree__date_signature"),
        )
        return min(filter(None, days.values()), default=None)

    def filter_queryset(self, queryset):
        chosen = self.form.cleaned_data
        kept = self.of_places(chosen)
        if chosen["ort"]:
            kept = kept.du_plan(chosen["ort"], self.jour)
        if chosen["axe"]:
            kept = kept.filter(axe__in=chosen["axe"])
        if chosen["theme"]:
            kept = kept.du_theme(chosen["theme"])
        if chosen["q"].strip():
            kept = kept.filter(pk__dans=self.found(kept, chosen["q"]))
        return self.of_the_day(kept, chosen)

    def of_places(self, chosen):
        """Return the actions of the places chosen, of France when none is."""
        if self.departements is not None:
            kept = Action.objects.filter(pk__dans=self.cles_of(self.departements))
        else:
            kept = publiques(self.jour)
        if chosen["epci"]:
            members = Rattachement.objects.communes_de(chosen["epci"], self.jour)
            kept = kept.concernant(members, self.jour)
        if chosen["commune"]:
            kept = kept.concernant([commune.pk for commune in chosen["commune"]], self.jour)
        return kept

    def found(self, kept, text):
        """Return the keys of the actions whose title or number, or one of whose communes, is named so."""
        key = search_key(text)
        named = Commune.objects.search(text).order_by().values("pk")
        of_communes = kept.concernant(named, self.jour).order_by().values_list("pk", flat=True)
        titles = kept.order_by().values_list("pk", "numero", "intitule", "sous_intitule")
        return {pk for pk, *words in titles if key in search_key(" ".join(words))} | set(
            of_communes
        )

    def of_the_day(self, kept, chosen):
        """Keep the actions of which what is chosen is true on the day."""
        asked = [test for name, test in TESTS.items() if chosen[name]]
        if not asked:
            return kept
        days = on_the_day(kept, self.jour)
        tiers = chosen["financeur"] or chosen["maitre_ouvrage"]
        annuaire = NomsDuJour.des(days.values(), self.jour) if tiers else None
        return kept.filter(
            pk__dans=[
                cle
                for cle, action in days.items()
                if all(test(action, chosen, annuaire) for test in asked)
            ]
        )


class ResultatFiltres(LieuFiltres):
    """The place whose results are told, a département or France: a page without order."""

    tri = ""

    departement = DepartementsFilter()
    region = RegionsFilter()

    class Meta(LieuFiltres.Meta):
        model = Action
        fields = []

    def offered(self):
        """Offer the départements of the actions of the day."""
        codes = departements_des_publiques(self.jour)
        return {"departement": Departement.objects.select_related("region").filter(pk__in=codes)}


def by_name(territoires):
    """Return communes, or intercommunalités, sorted by name."""
    return sorted(territoires, key=lambda territoire: territoire.nom_recherche)


def est(tiers, asked):
    """Tell whether someone is one of those who are asked for."""
    return tiers is not None and any(one.cle in (tiers.code, tiers.nom) for one in asked)


# What is known of an action once its dates are read, by the name of the filter that asks for it.
TESTS = {
    "etat": lambda action, asked, _: action.etat in asked["etat"],
    "phase": lambda action, asked, _: action.phase in asked["phase"],
    "retard": lambda action, asked, _: action.en_retard,
    "dispositif": lambda action, asked, _: any(
        ligne.dispositif in {dispositif.cle for dispositif in asked["dispositif"]}
        for ligne in action.accordes
    ),
    "financeur": lambda action, asked, annuaire: any(
        est(annuaire.financeur(ligne), asked["financeur"]) for ligne in action.accordes
    ),
    "maitre_ouvrage": lambda action, asked, annuaire: est(
        annuaire.maitre_ouvrage(action), asked["maitre_ouvrage"]
    ),
}
