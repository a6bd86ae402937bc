"""« Rien de nouveau »: the agent has looked at many actions, and says so of each at once."""

from django.urls import reverse

from projects.actions.models import Action, ActionCommune, FaitAction
from projects.projet.du_jour import ActionsDatees
from pvd.bureau.gestes.base import GesteQuiCree
from pvd.bureau.gestes.ecriture import save
from pvd.bureau.gestes.formulaire import CasesField, SansPrecisionForm
from pvd.bureau.gestes.projet.commun import GesteDAction, vivantes
from socle.admin.evenements import Chapitre
from socle.dates import Precision, in_words
from socle.francais import liste, pluriel

# A page shows so many actions, those without news for the longest first.
LINES = 200


class PointForm(SansPrecisionForm):
    actions = CasesField(
        label="Rien de nouveau pour",
        queryset=Action.objects.none(),
        help_text="Cochez celles dont vous avez vérifié que rien n'a changé depuis leur dernière nouvelle.",
    )
    field_order = ["date", "actions"]

    def prepare(self):
        self.fields["date"].label = "Vérifié le"
        self.fields["date"].initial = self.jour
        field = self.fields["actions"]
        field.queryset = vivantes(GesteDAction.writable(Action.objects.all(), self.user), self.jour)
        keys = list(field.queryset.order_by().values_list("pk", flat=True))
        self.today = ActionsDatees(keys).du_jour(self.jour, interne=True)
        field.choices = self.lines()

    def lines(self):
        """Return one line an action: its name, its state and its last news, the oldest news first."""
        rows = {action.pk: action for action in self.fields["actions"].queryset}
        oldest = sorted(rows, key=lambda key: (str(self.today[key].derniere_nouvelle or ""), key))
        return [(key, f"{rows[key]} : {told(self.today[key])}") for key in oldest[:LINES]]


def told(action):
    """Say where an action stands, and since when nothing was heard of it."""
    news = action.nouvelle_en_date
    heard = f"dernière nouvelle {in_words(*news)}" if news else "aucune nouvelle"
    return f"{action.etat.label}, {heard}"


class FaireLePoint(GesteQuiCree, GesteDAction):
    slug = "faire-le-point"
    titre = "Faire le point"
    fait = "Point fait"
    form = PointForm
    adds = (FaitAction,)

    def communes(self, record, data):
        links = ActionCommune.objects.filter(action__in=data["actions"])
        return sorted(set(links.order_by().values_list("commune", flat=True)))

    def reason(self, data):
        return f"{self.fait} : rien de nouveau"

    def phrases(self, record, data):
        count = pluriel(len(data["actions"]), "action,actions")
        return [
            f"Rien de nouveau {in_words(data['date'])}, pour {count} : {liste(data['actions'])}."
        ]

    def etats(self, record, jour):
        """Nothing of an action is read otherwise: many are looked at."""
        return {}

    def chapitres(self, data):
        """A preview rests on what was already told of these actions."""
        return [Chapitre(FaitAction.history.filter(action__in=data["actions"]))]

    def write(self, record, form, reason):
        data, said = form.cleaned_data, []
        for action in data["actions"]:
            fait = FaitAction(action=action, nature="point", jour=data["date"])
            save(fait, reason)
            said.append((fait, "jour", fait.jour, Precision.JOUR))
        return data["actions"][0], said

    def address(self, record):
        return reverse("admin:projects_action_changelist")
