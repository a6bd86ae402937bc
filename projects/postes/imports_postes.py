"""The posts themselves, from files: known by their identifier, or else by who employs and whom they serve."""

from collections import defaultdict
from contextlib import suppress

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q

from communes.models import Commune, Intercommunalite
from communes.programme.lecture import ouverture
from communes.territoire.champs import CommuneWidget
from ort.models import Organisme
from projects.postes.avertissements import Service, avant_le_programme
from projects.postes.du_jour import situer
from projects.postes.exports import POSTES
from projects.postes.intitule import identifiant_usuel, intitule_usuel
from projects.postes.models import (
    EMPLOYEURS,
    Desserte,
    Poste,
)
from socle.fichiers.champs import (
    CelluleRefusee,
    champ_date,
    champ_fiche,
    champ_precision,
    champ_texte,
)
from socle.fichiers.champs_nombres import (
    champ_quotite,
)
from socle.fichiers.colonnes import cells_of
from socle.fichiers.lignes import moved
from socle.fichiers.rapprochement import told_outside
from socle.fichiers.ressource import Ressource
from socle.francais import liste
from socle.identifiants import identifiant_de, libre
from socle.recherche import search_key

SERVED = "communes_desservies"


def codes_of(row):
    """Return the codes of the communes that a row says are served, each once."""
    return list(dict.fromkeys(code for code in row.get(SERVED, "").split("|") if code))


def employer_of(poste):
    """Return the keys of the one who employs: one of three, or none where it is not known."""
    return [getattr(poste, f"{name}_id") for name in EMPLOYEURS]


def doubts(poste, employer, values):
    """Yield, in words, what a row says that would make of it another post than `poste`, of its communes."""
    ouverture, intitule = values.get("date_ouverture"), values.get("intitule")
    if employer_of(poste) != employer:
        yield "l'employeur n'est dit que d'un côté"
    if intitule and search_key(intitule) != search_key(poste.intitule):
        yield "son intitulé est autre"
    if ouverture and poste.date_ouverture not in (None, ouverture):
        yield "il a ouvert un autre jour"
    if poste.date_fermeture not in (None, values.get("date_fermeture")):
        yield "il a fermé"


def which_of(postes, why):
    """Return the question of a row that may speak of one of `postes`, or of another, and why it is asked."""
    told = liste(f"« {poste} » ({poste.identifiant})" for poste in postes)
    return (
        f"{told} dessert déjà une de ces communes, mais {liste(why)} : écrivez dans une colonne "
        "« poste_identifiant » cet identifiant s'il s'agit de lui, un nouveau si c'est un autre poste"
    )


class PosteRessource(Ressource):
    """One row per post, named for good by its `poste_identifiant`, which the application makes if need be.

    A new post comes with the communes that it serves, from days unknown: an agent sees a post by them.
    """

    titre = "Postes de chef de projet"
    codes = {"employeur_commune": 5, "employeur_siren_epci": 9, SERVED: 5}
    autres_noms = {
        "identifiant": "poste_identifiant",
        "commune employeur": "employeur_commune",
        "EPCI employeur": "employeur_siren_epci",
        "communes": SERVED,
        "commune": SERVED,
        "temps de travail": "quotite",
        "ETP": "quotite",
        "observations": "note_interne",
    }
    extra_columns = (SERVED,)
    dependent_models = (Desserte,)
    a_defaut = {"poste_identifiant": (SERVED,)}
    composees = ("poste_identifiant", "intitule")
    informatives = (
        *("employeur_type", "employeur_code", "employeur_nom", "occupe_depuis"),
        *("jours_vacance", "nb_communes", "quotite_pourvue", "precision_occupation"),
        *("titulaire", "titulaire_courriel", "titulaire_telephone"),
        *("titulaire_type_contrat", "titulaire_quotite", "titulaire_fin_contrat"),
    )
    temoins = {
        "employeur_commune": ("employeur_nom",),
        "employeur_siren_epci": ("employeur_nom",),
        "employeur_organisme": ("employeur_nom",),
    }
    calculees = {
        "etat": "les dates du poste, ses titulaires ou ses offres",
        SERVED: "le tableau des communes desservies",
    }
    exemple = {
        "poste_identifiant": "chef-de-projet-exemple",
        "intitule": "Chef de projet d'Exemple",
        "employeur_commune": "01004",
        "quotite": "100",
        "date_ouverture": "01/09/2021",
        "precision_ouverture": "mois",
        "communes_desservies": "01004|01033",
    }

    identifiant = champ_texte("poste_identifiant", "identifiant")
    intitule = champ_texte("intitule")
    employeur_commune = champ_fiche("employeur_commune", "employeur_commune", Commune)
    employeur_intercommunalite = champ_fiche(
        "employeur_siren_epci", "employeur_intercommunalite", Intercommunalite, noms_courts=True
    )
    employeur_organisme = champ_fiche(
        "employeur_organisme", "employeur_organisme", Organisme, "nom"
    )
    service = champ_texte("service")
    quotite = champ_quotite("quotite")
    date_ouverture = champ_date("date_ouverture")
    precision_ouverture = champ_precision("precision_ouverture")
    date_fermeture = champ_date("date_fermeture")
    precision_fermeture = champ_precision("precision_fermeture")
    note_interne = champ_texte("note_interne")

    dated_sources = {
        "source_ouverture": ("date_ouverture", "date_ouverture", "precision_ouverture"),
        "source_fermeture": ("date_fermeture", "date_fermeture", "precision_fermeture"),
    }

    class Meta(Ressource.Meta):
        model = Poste
        import_id_fields = ["identifiant"]
        fields = [
            "identifiant",
            "intitule",
            "employeur_commune",
            "employeur_intercommunalite",
            "employeur_organisme",
            "service",
            "quotite",
            "date_ouverture",
            "precision_ouverture",
            "date_fermeture",
            "precision_fermeture",
            "note_interne",
        ]

    def load_named(self, rows, user):
        super().load_named(rows, user)
        self.served = CommuneWidget("date_ouverture", ouverture)
        named = [{SERVED: code} for row in rows for code in codes_of(row)]
        self.served.load(SERVED, named, user)
        self.communes_by_user = {}

    def warn(self, lignes):
        """Tell, of the posts that a row opens, or opens another day, whom they serve before the programme."""
        rows = moved(lignes, {"date_ouverture"})
        opened = {ligne.objet.pk: ligne for ligne in rows if ligne.objet.date_ouverture}
        services = []
        for served in Desserte.objects.filter(poste__dans=list(opened)).order_by("pk"):
            poste = opened[served.poste_id].objet
            if served.debut is None or served.debut <= poste.date_ouverture:
                day = (poste.date_ouverture, poste.precision_ouverture)
                services.append(Service(served.commune_id, *day, poste.pk))
        for warning in avant_le_programme(services):
            opened[warning.cle].remarques.append(warning.texte)

    def computed_on(self, keys, jour):
        postes = situer(list(Poste.objects.filter(pk__dans=keys)), jour)
        return {poste.pk: cells_of(POSTES.propres, self.calculees, poste) for poste in postes}

    def resembling(self, rows):
        """Keep the posts that serve, at any date, a commune that one of `rows` names."""
        communes = set()
        for row in rows:
            with suppress(CelluleRefusee):
                communes |= {commune.pk for commune in self.communes_served(row)}
        served = Desserte.objects.filter(commune__dans=communes).order_by()
        return Q(pk__in=served.values("poste")) if communes else Q()

    def load_kin(self, records):
        """Read the communes that each post of `records` serves, at any date."""
        self.communes_of = defaultdict(set)
        served = Desserte.objects.filter(poste__dans=[poste.pk for poste in records]).order_by()
        for identifiant, commune in served.values_list("poste__identifiant", "commune"):
            self.communes_of[identifiant].add(commune)

    def recognised(self, values, row, records):
        """Return the one post of the same employer that serves a commune of the row: that one, or none.

        It is asked where another could be meant: several posts, an employer that is not told, another
        title or opening, or a post that is closed.
        """
        communes = {commune.pk for commune in self.communes_served(row)}
        if not communes:
            told = "sans identifiant, un poste se reconnaît à ses communes : dites-les"
            raise CelluleRefusee(SERVED, row.get(SERVED, ""), told)
        employer = [getattr(values.get(name), "pk", None) for name in EMPLOYEURS]
        similar = [
            poste
            for poste in records
            if communes & self.communes_of[poste.identifiant]
            and (
                employer_of(poste) == employer or not all(map(any, (employer_of(poste), employer)))
            )
        ]
        if not similar:
            return None
        why = (
            ["ils sont plusieurs"]
            if len(similar) > 1
            else list(doubts(similar[0], employer, values))
        )
        if why:
            raise CelluleRefusee("poste_identifiant", "", which_of(similar, why))
        return similar[0]

    def names_of_new(self, values, row, taken):
        """Name a new post by its communes, whatever its title; without a title, that too."""
        communes = self.communes_served(row)
        return {
            "identifiant": libre(identifiant_de(identifiant_usuel(communes), "poste"), taken),
            "intitule": values.get("intitule") or intitule_usuel(communes),
        }

    def dependants(self, instance, row, user):
        """Return the communes that a new post serves; an agent names one of its own at least."""
        communes = {}
        for code in codes_of(row):
            communes.setdefault(self.commune_served(code, row), code)
        if user and not user.is_superuser:
            self.refuse_out_of_reach(communes, user)
        self.communes_of[instance.identifiant] = {commune.pk for commune in communes}
        return [Desserte(poste=instance, commune=commune) for commune in communes]

    def communes_served(self, row):
        """Return the communes that a row says are served, in its order."""
        return [self.commune_served(code, row) for code in codes_of(row)]

    def commune_served(self, code, row):
        try:
            return self.served.clean(code, row)
        except ObjectDoesNotExist:
            raise CelluleRefusee(SERVED, code, "inconnu du référentiel") from None
        except ValueError as error:
            raise CelluleRefusee(SERVED, code, error) from None

    def refuse_out_of_reach(self, communes, user):
        """Refuse a new post that serves a commune out of the reach of `user`, or none.

        `communes` gives, by commune, the code that the row writes.
        """
        if user not in self.communes_by_user:
            theirs = Commune.objects.filter(pk__dans=self.served.keys()).for_user(user)
            self.communes_by_user[user] = set(theirs.values_list("pk", flat=True))
        theirs = self.communes_by_user[user]
        if others := [commune for commune in communes if commune.pk not in theirs]:
            raise CelluleRefusee(SERVED, communes[others[0]], told_outside(others[0]))
        if not communes:
            raise CelluleRefusee(SERVED, "", "un nouveau poste dessert au moins une commune")
