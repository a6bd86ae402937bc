"""The made-up action plans of the made-up France, and their money: for `make bench`."""

import datetime
from decimal import Decimal

from communes.models import Departement, Tenue
from ort.models import CommuneCouverte, Convention
from projects.actions.models import Action, ActionCommune, Axe, Cout, FaitAction, Prevision, Theme
from projects.financements.models import Dispositif, FaitFinancement, Financement
from socle.dates import ONE_DAY

# The order of size of the programme (ANCT, 31/12/2024: 28,000 actions), and of what each would have.
ACTIONS, LIGNES, FAITS = 28_000, 85_000, 300_000
AXES = "ABC"
LOT = 1000


class Plans:
    """The actions drawn: as many for each ORT; `chance` gives the same ones each time."""

    def __init__(self, chance):
        self.chance = chance
        # The plans that are shipped stay as they are.
        signed = Convention.objects.filter(date_signature__isnull=False, axes__isnull=True)
        rows = CommuneCouverte.objects.filter(convention__in=signed.values("pk"))
        self.covered = sorted(rows.values_list("convention", "commune"))
        self.signed = dict(signed.values_list("pk", "date_signature"))

    def all(self):
        themes, schemes = self.themes(), self.dispositifs()
        axes = self.axes()
        actions = self.actions(axes, themes)
        self.of_actions(actions)
        self.money(actions, schemes)
        Departement.objects.update(tenue_plans=Tenue.COMPLETE)

    def themes(self):
        known = list(Theme.objects.all())
        names = ["habitat", "commerce", "mobilites", "espaces-publics"]
        return known or Theme.objects.bulk_create(
            Theme(cle=name, libelle=name, ordre=rank) for rank, name in enumerate(names)
        )

    def dispositifs(self):
        known = list(Dispositif.objects.all())
        natures = {"detr": "etat", "dsil": "etat", "region": "collectivite"}
        return known or Dispositif.objects.bulk_create(
            Dispositif(cle=cle, libelle=cle.upper(), nature=nature)
            for cle, nature in natures.items()
        )

    def axes(self):
        # A real plan has real axes, some of the same code.
        found = {(axe.convention_id, axe.code): axe for axe in Axe.objects.all()}
        drawn = [
            Axe(convention_id=key, code=code, intitule=f"Axe {code}")
            for key in self.signed
            for code in AXES
            if (key, code) not in found
        ]
        Axe.objects.bulk_create(drawn, LOT)
        return found | {(axe.convention_id, axe.code): axe for axe in drawn}

    def actions(self, axes, themes):
        drawn, places = [], []
        for rank in range(ACTIONS):
            convention, commune = self.covered[rank % len(self.covered)]
            code = self.chance.choice(AXES)
            drawn.append(
                Action(
                    identifiant=f"action-inventee-{rank}",
                    numero=f"{code}{rank}",
                    intitule=f"Action inventée n° {rank}",
                    convention_id=convention,
                    entree_par="convention",
                    axe=axes[convention, code],
                    theme=self.chance.choice(themes),
                    maitre_ouvrage_commune_id=commune,
                    investissement=True,
                )
            )
            places.append(commune)
        drawn = Action.objects.bulk_create(drawn, LOT)
        ActionCommune.objects.bulk_create(
            [
                ActionCommune(action=action, commune_id=commune)
                for action, commune in zip(drawn, places, strict=True)
            ],
            LOT,
        )
        return drawn

    def of_actions(self, actions):
        faits, previsions, couts = [], [], []
        for action in actions:
            signed = self.signed[action.convention_id]
            couts.append(Cout(action=action, jour=signed, montant=self.amount(), base="HT"))
            end = signed + self.chance.randint(300, 2000) * ONE_DAY
            previsions.append(
                Prevision(action=action, objet="fin", date_prevue=end, etablie_le=signed)
            )
            begun = self.later(signed)
            if self.chance.random() < 0.6:
                faits.append(fact(action, "debut", begun))
                if self.chance.random() < 0.4:
                    faits.append(fact(action, "fin", self.later(begun)))
        for model, rows in ((FaitAction, faits), (Prevision, previsions), (Cout, couts)):
            model.objects.bulk_create(rows, LOT)
        self.written = len(faits) + len(previsions) + len(couts)

    def money(self, actions, schemes):
        lines = Financement.objects.bulk_create(
            [
                Financement(
                    identifiant=f"financement-invente-{rank}",
                    action=actions[rank % ACTIONS],
                    dispositif=self.chance.choice(schemes),
                )
                for rank in range(LIGNES)
            ],
            LOT,
        )
        faits = []
        for line in lines:
            asked = self.later(self.signed[line.action.convention_id])
            amount = self.amount()
            faits.append(money(line, "demande", asked, amount))
            granted = asked + 90 * ONE_DAY
            faits.append(money(line, "accord", granted, amount))
            if len(faits) + self.written < FAITS:
                paid = amount / 4
                faits.append(money(line, "versement", granted + 200 * ONE_DAY, paid, "avance"))
        FaitFinancement.objects.bulk_create(faits, LOT)

    def amount(self):
        return Decimal(self.chance.randrange(10_000, 2_000_000, 4))

    def later(self, jour):
        return min(jour + self.chance.randint(30, 900) * ONE_DAY, datetime.date(2026, 10, 1))


def fact(action, nature, jour):
    return FaitAction(action=action, nature=nature, phase="operation", jour=jour)


def money(line, nature, jour, montant, sorte=""):
    return FaitFinancement(
        financement=line, nature=nature, jour=jour, montant=montant, sorte_versement=sorte
    )
