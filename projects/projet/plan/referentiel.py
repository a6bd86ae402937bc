"""What the rows of a plan name: communes, owners, themes, partners, schemes, read in a few queries."""

from collections import defaultdict
from functools import cached_property
from itertools import chain

from django.core.exceptions import ObjectDoesNotExist

from communes.models import Commune, Intercommunalite, Rattachement
from communes.programme.lecture import ouverture
from communes.territoire.champs import CommuneWidget
from ort.models import Organisme
from projects.actions.communes import communes_du_plan
from projects.actions.models import Theme
from projects.projet.plan.lecture import BETWEEN_PLACES
from projects.projet.plan.mots import bare_words, is_unknown
from socle.fichiers.champs import RecordWidget
from socle.fichiers.entetes import whole_code
from socle.fichiers.lignes import as_read
from socle.fichiers.temoins import names_of, telling_words

COMMUNE = "maitre_ouvrage_commune"
INTERCOMMUNALITE = "maitre_ouvrage_intercommunalite"
ORGANISME = "maitre_ouvrage_organisme"
# What says the commune, or the intercommunalité, of the action without its name.
LA_COMMUNE = {"commune", "ville", "mairie", "la commune", "la ville", "communes"}
L_INTERCOMMUNALITE = {
    "epci",
    "cc",
    "ca",
    "cu",
    "intercommunalite",
    "communaute de communes",
    "communaute d'agglomeration",
    "agglomeration",
    "interco",
}


class Referentiel:
    """The records that the rows of a plan may name, as `user` reaches them."""

    def __init__(self, plan, dispositifs, reponses, jour, user):
        self.plan, self.user, self.reponses, self.jour = plan, user, reponses, jour
        self.dispositifs = dispositifs
        self.libelles = {key: scheme.libelle for key, scheme in dispositifs.items()}

    def load(self, lignes):
        """Read what the cells of the rows name."""
        places = self.pieces(lignes, "communes", BETWEEN_PLACES)
        owners = self.pieces(lignes, "maitre_ouvrage", None)
        self.communes = CommuneWidget("", ouverture)
        self.communes.load("", [{"": code_of(text, 5)} for text in {*places, *owners}], self.user)
        self.epci = RecordWidget(Intercommunalite, noms_courts=True)
        self.epci.load("", [{"": text} for text in owners], self.user)

    @staticmethod
    def pieces(lignes, column, between):
        """Return the texts that a column holds, parted where a cell may hold several."""
        cells = {ligne.cellules.get(column, "").strip() for ligne in lignes}
        found = {p for cell in cells for p in (between.split(cell) if between else [cell])}
        return {piece for piece in found if piece and not is_unknown(piece)}

    @cached_property
    def communes_du_plan(self):
        """Return the communes where the new actions of the plan may be, by key."""
        if self.plan.convention is None:
            return {a.commune_id: a.commune for a in self.plan.adhesions}
        keys = communes_du_plan(self.plan.convention, self.plan.jour_d_entree)
        rows = Commune.objects.filter(pk__dans=keys).select_related("departement")
        return {commune.pk: commune for commune in rows.order_by("pk")}

    @property
    def admises(self):
        """Return the keys of the communes that the act of the plan concerns on its day."""
        return self.communes_du_plan.keys()

    @property
    def seule_commune(self):
        return len(self.communes_du_plan) == 1

    def places_of(self, lu):
        """Return where the action is: what the row says, else the one commune of its plan."""
        if lu.communes or lu.etendue:
            return lu.communes or []
        return list(self.communes_du_plan.values()) if self.seule_commune else []

    @cached_property
    def plan_by_words(self):
        """Return the communes of the plan, by the telling words of each of their names."""
        found = {}
        for commune in self.communes_du_plan.values():
            for name in names_of(commune):
                found[frozenset(telling_words(name))] = commune
        return found

    def commune(self, text):
        """Return the commune that a text names; raises `ObjectDoesNotExist`, or `ValueError` for several."""
        code = code_of(text, 5)
        named = self.communes_du_plan.get(code) or self.plan_by_words.get(
            frozenset(telling_words(text))
        )
        return named or self.communes.clean(code, {})

    @cached_property
    def themes(self):
        return list(Theme.objects.all())

    def theme(self, text):
        """Return the theme of a label, whole or by its words; None if none, or several, may be meant."""
        words = telling_words(text)
        exact = [t for t in self.themes if bare_words(text) in (bare_words(t.libelle), t.cle)]
        near = exact or [t for t in self.themes if words and words <= telling_words(t.libelle)]
        return near[0] if len(near) == 1 else None

    @cached_property
    def organismes(self):
        """Return the organismes by the telling words of their name; two alike are not told apart."""
        found = defaultdict(list)
        for organisme in Organisme.objects.all():
            found[frozenset(telling_words(organisme.nom))].append(organisme)
            for sigle in sigles_of(organisme.nom):
                found[frozenset(telling_words(sigle))].append(organisme)
        return found

    @cached_property
    def noms_d_organismes(self):
        """Return the names of the organismes, as a file writes them."""
        records = chain.from_iterable(self.organismes.values())
        return {as_read(organisme.nom) for organisme in records}

    def organisme(self, text):
        """Return the one organisme of a name, or None."""
        found = self.organismes.get(frozenset(telling_words(text)), [])
        return found[0] if len(found) == 1 else None

    def body(self, text, places):
        """Return who a text names, with the link of an action that says so; None for nobody known.

        Raises `ValueError`, in French, where several may be meant.
        """
        words = bare_words(text)
        if words in LA_COMMUNE:
            if len(places) != 1:
                raise ValueError("quelle commune ? L'action n'en a pas une seule : écrivez son nom")
            return COMMUNE, places[0]
        if words in L_INTERCOMMUNALITE:
            return INTERCOMMUNALITE, self.epci_of(places)
        try:
            return COMMUNE, self.commune(text)
        except ObjectDoesNotExist:
            pass
        try:
            return INTERCOMMUNALITE, self.epci.clean(text, {})
        except ObjectDoesNotExist:
            organisme = self.organisme(text)
        return (ORGANISME, organisme) if organisme else None

    @cached_property
    def epci_by_commune(self):
        """Return the intercommunalité of each commune of the plan, on the day of the file."""
        rows = Rattachement.objects.as_of(self.jour).filter(commune__dans=self.admises)
        return {
            row.commune_id: row.intercommunalite for row in rows.select_related("intercommunalite")
        }

    def epci_of(self, places):
        """Return the one intercommunalité of the communes of an action."""
        there = (self.epci_by_commune.get(commune.pk) for commune in places)
        found = {epci.pk: epci for epci in there if epci}
        if len(found) != 1:
            raise ValueError("quelle intercommunalité ? Écrivez son nom ou son SIREN")
        return next(iter(found.values()))

    def payer(self, dispositif, said, places, owner):
        """Return who pays what a scheme that names nobody gives, with its link; None if nobody knows."""
        if dispositif.cle == "commune":
            own = owner[1] if owner and owner[0] == COMMUNE else None
            named = own or (places[0] if len(places) == 1 else None)
            return named and ("financeur_commune", named)
        if dispositif.cle == "intercommunalite":
            if owner and owner[0] == INTERCOMMUNALITE:
                return "financeur_intercommunalite", owner[1]
            try:
                return "financeur_intercommunalite", self.epci_of(places)
            except ValueError:
                return None
        named = self.organisme(said) or self.answered.get(dispositif.cle)
        return named and ("financeur_organisme", named)

    @cached_property
    def answered(self):
        """Return who the agent said that the région, and the département, is."""
        keys = {name: self.reponses.get(name) for name in ("region", "departement")}
        found = Organisme.objects.in_bulk([key for key in keys.values() if key])
        return {name: found.get(key) for name, key in keys.items()}


def code_of(text, width):
    """Return a code with the zero that it may have lost; any other text as it is."""
    return whole_code(text, width) if text.isdecimal() else text


def sigles_of(nom):
    """Return the names that an organisme bears between brackets: « Agence … (Anah) »."""
    return [piece.rstrip(")") for piece in nom.split("(")[1:]]
