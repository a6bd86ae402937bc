"""What the guided actions on actions, studies and money share: whose they are, what everyone reads."""

from typing import NamedTuple

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from communes.models import Commune, Departement
from ort.models import Convention, Organisme
from projects.actions.models import Action, FaitAction
from projects.actions.models.droits import of_communes
from projects.actions.regles import EtatAction
from projects.etudes.du_jour import EtudesDatees
from projects.etudes.models import Etude
from projects.etudes.regles import EtatEtude
from projects.financements import regles as argent
from projects.financements.models import Financement
from projects.projet.du_jour import ActionsDatees
from projects.projet.totaux import Totaux
from pvd.bureau.gestes.base import Geste
from pvd.bureau.gestes.formulaire import offer
from socle.admin.champs import TexteField
from socle.admin.choix import SearchedSelect, SearchedSelectMultiple
from socle.admin.page_d_agent import page_url
from socle.dates import in_words
from socle.francais import euros

INTERNE = "Interne : jamais publié."


def texte_long(label, help_text=INTERNE, rows=3, **kwargs):
    """Return the field of a text of several lines."""
    widget = forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"})
    asked = {"max_length": 2000, "required": False} | kwargs
    return TexteField(label=label, help_text=help_text, widget=widget, **asked)


def texte_court(label, help_text="", **kwargs):
    """Return the field of a text of one line."""
    widget = forms.TextInput(attrs={"class": "vTextField"})
    asked = {"max_length": 100, "required": False} | kwargs
    return forms.CharField(label=label, help_text=help_text, widget=widget, **asked)


def chercher(form, model, *names, rows=None):
    """Have fields of a form, named as those of `model`, search one record each."""
    for name in names:
        link = model._meta.get_field(name)
        offered = link.related_model._default_manager.all() if rows is None else rows
        offer(form, name, offered, SearchedSelect(link, admin.site))


def chercher_qui(form, model, names):
    """Have fields search one body each: a commune or an intercommunalité of the agent, any organisme."""
    for name in names:
        sort = model._meta.get_field(name).related_model
        rows = sort.objects.all() if sort is Organisme else sort.objects.for_user(form.user)
        chercher(form, model, name, rows=rows)


def chercher_plusieurs(form, name, link, rows):
    """Have a field of a form search several records, as the field `link` does."""
    offer(form, name, rows, SearchedSelectMultiple(link, admin.site))


def communes_a_portee(user):
    """Return the communes of an agent, and those that the conventions which it sees ever covered."""
    seen = Convention.objects.for_user(user).order_by().values("pk")
    covered = Commune.objects.filter(couvertures__convention__in=seen)
    within = Commune.objects.for_user(user) | covered
    return Commune.objects.filter(pk__in=within.order_by().values("pk"))


def tient_une(user, convention, communes):
    """Tell whether an agent keeps one of the communes of these keys, or the convention, if any."""
    if user.is_superuser:
        return True
    own = Departement.objects.for_user(user)
    kept = convention and own.filter(conventions=convention).exists()
    return kept or Commune.objects.for_user(user).filter(pk__in=communes).exists()


class ChiffreDuProjet(NamedTuple):
    """A figure of the plans of a département."""

    label: str


def chiffres_des_etudes(departement, jour):
    """Return what anybody reads on `jour` of the studies of a département, each with its label."""
    communes = Commune.objects.filter(departement=departement).order_by().values("pk")
    keys = Etude.objects.concernant(communes, jour).order_by().values_list("pk", flat=True)
    known = [e for e in EtudesDatees(keys).du_jour(jour).values() if e.connue]
    found = {f"études « {etat.label} »": 0 for etat in EtatEtude}
    for etude in known:
        found[f"études « {etude.etat.label} »"] += 1
    sommes = argent.sommes([ligne for etude in known for ligne in etude.subventions], jour)
    found["accordé pour des études, en €"] = sommes.accorde.montant
    found["versé pour des études, en €"] = sommes.verse.montant
    return {ChiffreDuProjet(label): value for label, value in found.items()}


def chiffres_du_projet(departement, jour):
    """Return what anybody reads on `jour` of the plans of a département, each with its label."""
    communes = Commune.objects.filter(departement=departement)
    keys = (
        Action.objects.filter(of_communes(Action, communes)).order_by().values_list("pk", flat=True)
    )
    actions = ActionsDatees(set(keys)).du_jour(jour).values()
    totaux = Totaux(actions, jour).de(communes.values_list("pk", flat=True))
    sommes = totaux.sommes
    found = {"actions au plan": len(totaux), "actions en retard": totaux.en_retard}
    found |= {f"actions « {etat.label} »": totaux.etats.get(etat, 0) for etat in EtatAction}
    found |= {
        "accordé, en €": sommes.accorde.montant,
        "accords sans montant": sommes.accorde.sans_montant,
        "versé, en €": sommes.verse.montant,
    }
    for base, label in (("HT", "coût HT, en €"), ("TTC", "coût TTC, en €"), ("", "coût, en €")):
        found[label] = sum(c.montant for c in totaux.couts if c.base == base)
    return {ChiffreDuProjet(label): value for label, value in found.items()}


DATEES = {Action: ActionsDatees, Etude: EtudesDatees}


def du_jour(objet, jour, interne=False):
    """Return what is known of an action, or of a study, on `jour`; by default, what anybody reads."""
    return DATEES[type(objet)]([objet.pk]).du_jour(jour, interne=interne)[objet.pk]


def en_public(objet, jour):
    """Return what anybody reads of an action, or of a study, on `jour`, by label."""
    public = du_jour(objet, jour)
    told = etat_d_action(public) if isinstance(objet, Action) else etat_d_etude(public)
    for label, somme in (("accordé", public.sommes.accorde), ("versé", public.sommes.verse)):
        told[label] = dire_somme(somme)
    return told | {"coût": dire_cout(public.cout)}


def etat_d_action(public):
    """Return what anybody reads of where an action stands, by label."""
    return {
        "état de l'action": str(public.etat.label),
        "au plan": "oui" if public.au_plan else "non",
        "en retard": "oui" if public.en_retard else "non",
        "fin prévue": dire_jour(public.fin_prevue),
    }


def etat_d_etude(public):
    """Return what anybody reads of where a study stands, by label."""
    return {
        "état de l'étude": str(public.etat.label),
        "connue du public": "oui" if public.connue else "non",
    }


def dire_somme(somme):
    """Write a sum of one stage, with what it leaves out."""
    if not somme.lignes:
        return "rien d'enregistré"
    without = f", {somme.sans_montant} sans montant" if somme.sans_montant else ""
    return (euros(somme.montant) if somme.connue else "montant inconnu") + without


def dire_cout(cout):
    """Write a cost with its base."""
    return f"{euros(cout.montant)} {cout.base}".strip() if cout else "non renseigné"


def dire_jour(prevision):
    """Write the day that a forecast gives."""
    return in_words(prevision.date_prevue, prevision.precision) if prevision else "non renseignée"


def derniere_nature(jour, pairs):
    """Return, of each action of the outer query, the nature of its last fact that `pairs`, a filter, keeps.

    Two facts of one day follow the order of the natures, which is that of their names.
    """
    facts = FaitAction.objects.filter(pairs, action=OuterRef("pk"), jour__lte=jour)
    return Subquery(facts.order_by("-jour", "-nature").values("nature")[:1])


def with_etats(records, jour):
    """Add to actions, as keys to choose by, what their facts of `jour` say of their state."""
    finished = Q(nature="relance") | Q(nature="fin", phase=OuterRef("aboutissement"))
    return records.alias(
        arret=derniere_nature(jour, Q(nature__in=["abandon", "relance"])),
        achevement=derniere_nature(jour, finished),
        obstacle=derniere_nature(jour, Q(nature__in=["blocage", "levee"])),
        rythme=derniere_nature(jour, Q(nature__in=["pause", "reprise"])),
    )


DROPPED, FINISHED = Q(arret="abandon"), Q(achevement="fin")


def vivantes(records, jour):
    """Keep the actions neither abandoned nor finished on `jour`: more is expected of them."""
    # A comparison with nothing is neither true nor false: nothing is no abandon.
    ended = with_etats(records, jour).filter(DROPPED | FINISHED).order_by().values("pk")
    return with_etats(records, jour).exclude(pk__in=ended)


class DuProjet(Geste):
    """A geste whose figures are those of the plans, or of the studies."""

    def objet(self, record):
        """Return the action, or the study, that a record is of."""
        raise NotImplementedError

    def communes(self, record, data):
        return du_jour(self.objet(record), timezone.localdate()).communes

    def etats(self, record, jour):
        return en_public(self.objet(record), jour)

    def address(self, record):
        return page_url(self.objet(record))


class GesteDAction(DuProjet):
    model = Action

    def chiffres(self, departement, jour):
        return chiffres_du_projet(departement, jour)

    def objet(self, record):
        return record

    @classmethod
    def writable(cls, records, user):
        """Keep the actions of the communes of the agent, and of the conventions that it keeps."""
        return records if user.is_superuser else records.filter(pk__in=a_ecrire(Action, user))

    def candidates(self, records, jour):
        return vivantes(records, jour)


class GesteDEtude(DuProjet):
    """Something that happens to a study."""

    model = Etude

    def chiffres(self, departement, jour):
        return chiffres_des_etudes(departement, jour)

    def objet(self, record):
        return record

    @classmethod
    def writable(cls, records, user):
        """Keep the studies of the communes of the agent, and of the conventions that it keeps."""
        return records if user.is_superuser else records.filter(pk__in=a_ecrire(Etude, user))


class GesteDeLigne(DuProjet):
    """Something that happens to a line of money, of an action or of a study."""

    model = Financement

    def chiffres(self, departement, jour):
        return chiffres_du_projet(departement, jour) | chiffres_des_etudes(departement, jour)

    def objet(self, record):
        return record.objet

    @classmethod
    def writable(cls, records, user):
        if user.is_superuser:
            return records
        return records.filter(
            Q(action__in=a_ecrire(Action, user)) | Q(etude__in=a_ecrire(Etude, user))
        )


def a_ecrire(model, user):
    """Return the keys of the actions, or of the studies, that an agent writes, as a subquery."""
    return model.objects.a_ecrire(user).order_by().values("pk")
