"""What chooses the rows of the files of money: the actions, and the studies, by the same names."""

from communes.models import Commune
from projects.actions.regles import EtatAction
from projects.etudes.du_jour import EtudesDatees
from projects.etudes.filtres import etudes_du_lieu, lieu
from projects.etudes.models import Etude
from projects.projet.annuaire import NomsDuJour
from projects.projet.exports_argent import ETATS_ACCORDES, Finances
from projects.projet.filtres import TESTS, ActionFiltres
from socle.recherche import search_key
from socle.web.choix import ChoixFilter
from socle.web.refus import DemandeInvalide

# What an action alone has: a study that is asked for by it is not there.
D_UNE_ACTION = ("axe", "theme", "phase", "etat", "retard", "maitre_ouvrage")


class ArgentFiltres(ActionFiltres):
    """The actions, and the studies, of which a file tells the money: the same names choose both.

    `etat` is that of the action, or that of the line: it has the values of its column too.
    """

    etat = ChoixFilter(
        label="État", choices=[*EtatAction.choices, *((etat, etat) for etat in ETATS_ACCORDES)]
    )

    @property
    def rows(self):
        actions, chosen = super().rows, self.form.cleaned_data
        return Finances(actions, self.etudes(self.of_action(chosen)), self.etats_de_ligne)

    @property
    def etats_de_ligne(self):
        """The states of lines asked for."""
        return [etat for etat in self.form.cleaned_data["etat"] if etat in ETATS_ACCORDES]

    def of_action(self, chosen):
        """Return what is chosen, without the states of lines."""
        return chosen | {"etat": [etat for etat in chosen["etat"] if etat not in ETATS_ACCORDES]}

    def refuse_unknown(self):
        """Refuse the state of an action with that of a line: which of the two would tell a row?"""
        super().refuse_unknown()
        asked = self.form.cleaned_data["etat"]
        if len({etat in ETATS_ACCORDES for etat in asked}) > 1:
            told = " » et « ".join(f"etat={etat}" for etat in asked[:2])
            raise DemandeInvalide(
                f"Le filtre « {told} » mêle l'état d'une action et celui d'un financement : "
                "demandez l'un ou l'autre."
            )

    def of_the_day(self, kept, chosen):
        return super().of_the_day(kept, self.of_action(chosen))

    def etudes(self, chosen):
        """Return the studies chosen, none when only an action could be."""
        if any(chosen[name] for name in D_UNE_ACTION):
            return Etude.objects.none()
        kept = etudes_du_lieu(self.jour, **lieu(self))
        if chosen["q"].strip():
            key = search_key(chosen["q"])
            named = Commune.objects.search(chosen["q"]).order_by().values("pk")
            there = set(kept.concernant(named, self.jour).values_list("pk", flat=True))
            titles = kept.order_by().values_list("pk", "intitule")
            there |= {pk for pk, title in titles if key in search_key(title)}
            kept = kept.filter(pk__dans=there)
        return self.payees_par(kept, chosen)

    def payees_par(self, kept, chosen):
        """Keep the studies granted by the scheme, or by the funder, chosen."""
        asked = [test for name, test in TESTS.items() if chosen[name]]
        if not asked:
            return kept
        days = EtudesDatees(kept.order_by().values_list("pk", flat=True)).du_jour(self.jour)
        annuaire = NomsDuJour.des(days.values(), self.jour)
        return kept.filter(
            pk__dans=[
                cle
                for cle, etude in days.items()
                if all(test(etude, chosen, annuaire) for test in asked)
            ]
        )
