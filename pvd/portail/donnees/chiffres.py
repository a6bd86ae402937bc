"""The public file of the figures over time: one row a day, a territory and a figure."""

import django_filters

from communes.models import Departement, Tenue
from communes.programme.lecture import ouverture
from ort.exports import CODE_DEPARTEMENT
from pvd.portail.filtres import first_labellisation
from pvd.suivi.evolution import Evolution, Pas, limited
from pvd.suivi.models import Chiffre
from socle.fichiers.colonnes import Colonne, Table
from socle.francais import nombre
from socle.web.choix import FicheFilter
from socle.web.filtres import Filtres
from socle.web.jour import day_asked
from socle.web.refus import DemandeInvalide

LIGNES_AU_PLUS = 200_000


def publie(attribute):
    """Return how to read what a document says of a figure, where one does."""

    def read(point):
        found = point.publie
        for name in attribute.split("."):
            found = found and getattr(found, name)
        return found

    return read


CHIFFRES = Table(
    "chiffres",
    "Chiffres du programme au fil du temps",
    "Une ligne par jour, par territoire et par chiffre, du lancement du programme (ou de « du ») au jour "
    "demandé, à chaque fin de mois (« pas » : mois, trimestre, annee) ou, avec pas=evenement, aux jours "
    "où ce chiffre change ; et une ligne au jour de chaque chiffre publié. La France n'est pas la somme "
    "des départements.",
    (
        Colonne("jour", lambda p: p.jour, "Jour du chiffre.", "date", {"required": True}),
        Colonne(
            "code_departement",
            lambda p: p.territoire,
            "Code du département ; vide : la France.",
            contraintes=CODE_DEPARTEMENT,
        ),
        Colonne(
            "chiffre",
            lambda p: p.chiffre.value,
            "Ce qui est compté ; sa règle est à côté, et sur « Comprendre les chiffres ».",
            contraintes={"required": True, "enum": Chiffre.values},
        ),
        Colonne(
            "valeur",
            lambda p: p.valeur,
            "Valeur comptée ce jour-là sur ce qui est enregistré ; vide si elle n'est pas connue : zéro "
            "n'est écrit que là où tout est tenu.",
            "integer",
        ),
        Colonne("regle", lambda p: p.regle, "Ce que l'on compte, en une phrase."),
        Colonne(
            "tenue",
            lambda p: p.tenue,
            "Jusqu'où va aujourd'hui ce que compte ce chiffre : en entier, en partie, d'après les listes "
            "nationales, ou pas du tout ; pour la France, en partie dès que les départements diffèrent.",
            contraintes={"enum": Tenue.values},
        ),
        Colonne(
            "valeur_publiee",
            publie("valeur"),
            "Valeur qu'un document publie pour ce jour ; une ligne par document.",
            "integer",
        ),
        Colonne("source", publie("source.cle"), "Identifiant de ce document."),
        Colonne("source_titre", publie("source.titre"), "Titre de ce document."),
        Colonne("note", publie("note"), "Explication de l'écart, si elle est connue."),
    ),
)


class ChiffreFiltres(Filtres):
    """What a series is asked by: départements, the first day, the step; `rows` are its points.

    Without `du`, the series begins with the programme.
    """

    departement = FicheFilter(label="Département", queryset=Departement.objects.all())
    # One step at a time: two series would be one.
    pas = django_filters.ChoiceFilter(label="Pas", choices=Pas)

    class Meta(Filtres.Meta):
        model = Departement
        fields = []

    @property
    def lus(self):
        return [*self.form.fields, "du", "au"]

    def refuse_unknown(self):
        """Refuse too a first day that is none, or that comes after the last."""
        super().refuse_unknown()
        self.du()

    @property
    def rows(self):
        self.refuse_unknown()
        du = self.du()
        if du > self.jour:
            return []
        evolution = Evolution(self.chosen("departement"), du, self.jour, self.pas_choisi)
        found = limited(evolution, LIGNES_AU_PLUS)
        if found is None:
            raise DemandeInvalide(
                f"Cette série a plus de {nombre(LIGNES_AU_PLUS)} lignes. Demandez un département, un "
                "premier jour (du) plus tardif ou un pas plus grand."
            )
        return found

    @property
    def pas_choisi(self):
        return Pas(self.chosen("pas") or Pas.MOIS)

    def du(self):
        """Return the first day, asked for or that of the programme; raises `DemandeInvalide`."""
        text = self.data.get("du", "").strip()
        if not text:
            return ouverture() or first_labellisation(self.departement_choisi) or self.jour
        du = day_asked("du", text)
        if du > self.jour:
            raise DemandeInvalide(
                f"Le premier jour « du={du.isoformat()} » est après le dernier, "
                f"« au={self.jour.isoformat()} »."
            )
        return du


def points(chosen, jour):
    """Return the rows of the table: those that the filters have computed."""
    return chosen
