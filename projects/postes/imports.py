"""Chef de projet posts, what they serve, who holds them, their offers and who pays, from files."""

from collections import defaultdict
from contextlib import suppress

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q

from communes.models import Commune, Intercommunalite
from communes.programme.regles import LANCEMENT
from communes.territoire.champs import NOMS_DU_CODE, CommuneWidget, champ_commune
from ort.models import Organisme
from projects.postes.du_jour import situer
from projects.postes.exports import POSTES
from projects.postes.intitule import intitule_usuel
from projects.postes.models import (
    EMPLOYEURS,
    CofinancementPoste,
    Desserte,
    Financeur,
    MotifDepart,
    Occupation,
    Poste,
    Recrutement,
    TypeContrat,
)
from socle.dates import known_by, plain
from socle.fichiers.champs import (
    CelluleRefusee,
    Champ,
    TextWidget,
    champ_choix_nomme,
    champ_date,
    champ_dernier_jour,
    champ_fiche,
    champ_precision,
    champ_texte,
)
from socle.fichiers.champs_nombres import (
    champ_entier,
    champ_montant,
    champ_quotite,
    champ_taux,
    champ_telephone,
)
from socle.fichiers.cle import cle_interne
from socle.fichiers.colonnes import cells_of
from socle.fichiers.ressource import Ressource
from socle.francais import liste
from socle.identifiants import identifiant_de, libre
from socle.recherche import search_key

SERVED = "communes_desservies"
# What people write where nobody holds a post.
PERSONNE = {
    *("vacant", "poste vacant", "vacance", "a pourvoir", "poste a pourvoir", "non pourvu", "neant"),
    *("en recrutement", "recrutement", "recrutement en cours", "en cours de recrutement"),
    *("a recruter", "aucun", "personne"),
}


def codes_of(row):
    """Return the codes of the communes that a row says are served, each once."""
    return list(dict.fromkeys(code for code in row.get(SERVED, "").split("|") if code))


def employer_of(poste):
    """Return the keys of the one who employs: one of three, or none where it is not known."""
    return [getattr(poste, f"{name}_id") for name in EMPLOYEURS]


def is_surely(poste, employer, values):
    """Tell whether nothing that a row says makes of it another post than `poste`, of the same communes."""
    ouverture, intitule = values.get("date_ouverture"), values.get("intitule")
    return (
        employer_of(poste) == employer
        and (not intitule or search_key(intitule) == search_key(poste.intitule))
        and (not ouverture or poste.date_ouverture in (None, ouverture))
        and poste.date_fermeture in (None, values.get("date_fermeture"))
    )


def which_of(postes):
    """Return the question of a row that may speak of one of `postes`, or of another."""
    told = liste(f"« {poste} » ({poste.identifiant})" for poste in postes)
    return (
        f"{told} dessert déjà une de ces communes : écrivez dans une colonne « poste_identifiant » cet "
        "identifiant s'il s'agit de lui, un nouveau si c'est un autre poste"
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
        *("jours_vacance", "nb_communes", "quotite_pourvue"),
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
        self.served = CommuneWidget("date_ouverture", LANCEMENT)
        named = [{SERVED: code} for row in rows for code in codes_of(row)]
        self.served.load(SERVED, named, user)
        self.communes_by_user = {}

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
        if len(similar) > 1 or not is_surely(similar[0], employer, values):
            raise CelluleRefusee("poste_identifiant", "", which_of(similar))
        return similar[0]

    def names_of_new(self, values, row, taken):
        """Name a new post by its title and its employer; without a title, by its communes."""
        communes = self.communes_served(row)
        if intitule := values.get("intitule"):
            employer = next(filter(None, map(values.get, EMPLOYEURS)), "")
            text = f"{intitule} {employer}"
        else:
            intitule, text = intitule_usuel(communes), f"chef de projet {liste(communes)}"
        return {"identifiant": libre(identifiant_de(text, "poste"), taken), "intitule": intitule}

    def dependants(self, instance, row, user):
        """Return the communes that a new post serves; an agent names one of its own at least."""
        communes = {}
        for code in codes_of(row):
            commune = self.commune_served(code, row)
            communes.setdefault(commune.pk, code)
        if user and not user.is_superuser:
            self.refuse_out_of_reach(communes, user)
        self.communes_of[instance.identifiant] = set(communes)
        return [Desserte(poste=instance, commune_id=commune) for commune in communes]

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

        `communes` gives, by key, the code that the row writes.
        """
        if user not in self.communes_by_user:
            theirs = Commune.objects.filter(pk__dans=self.served.keys()).for_user(user)
            self.communes_by_user[user] = set(theirs.values_list("pk", flat=True))
        theirs = self.communes_by_user[user]
        if others := [code for commune, code in communes.items() if commune not in theirs]:
            raise CelluleRefusee(SERVED, others[0], "hors de vos départements")
        if not communes:
            raise CelluleRefusee(SERVED, "", "un nouveau poste dessert au moins une commune")


class DesserteRessource(Ressource):
    """One row per commune and post; without dates, neither the first nor the last day is known."""

    titre = "Communes desservies par les postes"
    cle = cle_interne("desserte", "poste", "commune")
    loose_keys = ("debut",)
    codes = {"code_insee": 5}
    autres_noms = {**NOMS_DU_CODE, "poste": "poste_identifiant"}
    informatives = ("nom_commune", "lib_com", "commune")
    temoins = {"code_insee": ("nom_commune", "lib_com", "commune")}
    exemple = {
        "poste_identifiant": "chef-de-projet-exemple",
        "code_insee": "01004",
        "date_debut": "01/09/2021",
    }

    poste = champ_fiche("poste_identifiant", "poste", Poste, "identifiant")
    commune = champ_commune("code_insee", "commune", "date_debut", LANCEMENT)
    debut = champ_date("date_debut", "debut")
    fin = champ_date("date_fin", "fin")

    class Meta(Ressource.Meta):
        model = Desserte
        import_id_fields = ["poste", "commune", "debut"]
        fields = ["poste", "commune", "debut", "fin"]


class TitulaireWidget(TextWidget):
    """The name of a person; « vacant » is none."""

    def clean(self, value, row=None, **kwargs):
        if is_nobody(value or ""):
            raise ValueError("n'est pas une personne : videz la cellule")
        return super().clean(value, row, **kwargs)


def is_nobody(text):
    """Tell whether a cell says that nobody holds a post."""
    return plain(text).strip(" .()") in PERSONNE


class OccupationRessource(Ressource):
    """One row per person and post, known by its key; failing that, by the post and the day of arrival.

    Without keys, two people who arrived on the same day are told apart on the page of the post.
    """

    titre = "Titulaires des postes (interne)"
    cle = cle_interne("titulaire", "poste")
    autres_noms = {
        "poste": "poste_identifiant",
        "chef de projet": "titulaire",
        "mail": "courriel",
        "e-mail": "courriel",
        "tél": "telephone",
        "date_arrivee": "arrivee",
        "date de prise de poste": "arrivee",
        "prise de poste": "arrivee",
        "debut": "arrivee",
        "contrat": "type_contrat",
        "temps de travail": "quotite",
        "ETP": "quotite",
        "date de fin de contrat": "fin_contrat",
    }
    informatives = ("poste_intitule",)
    temoins = {"poste_identifiant": ("poste_intitule",)}
    exemple = {
        "poste_identifiant": "chef-de-projet-exemple",
        "titulaire": "Titulaire 1",
        "arrivee": "01/09/2021",
        "type_contrat": "contrat_de_projet",
        "quotite": "100",
        "fin_contrat": "31/08/2024",
    }

    poste = champ_fiche("poste_identifiant", "poste", Poste, "identifiant")
    debut = champ_date("arrivee", "debut")
    titulaire = Champ(column_name="titulaire", attribute="titulaire", widget=TitulaireWidget())
    courriel = champ_texte("courriel")
    telephone = champ_telephone("telephone")
    type_contrat = champ_choix_nomme("type_contrat", TypeContrat)
    quotite = champ_quotite("quotite")
    fin_contrat_prevue = champ_dernier_jour("fin_contrat", "fin_contrat_prevue")
    fin = champ_dernier_jour("dernier_jour", "fin")
    motif_depart = champ_choix_nomme("motif_depart", MotifDepart)

    dated_sources = {"source_arrivee": ("debut", "arrivee", "")}

    def says(self, lue, columns):
        """Tell whether a row says who holds the post; « vacant » alone says that nobody does."""
        filled = [column for column in columns if lue.cellules.get(column)]
        who = self.fields["titulaire"].column_name
        if filled == [who] and is_nobody(lue.cellules[who]):
            lue.reparations.append((who, lue.cellules[who], "personne"))
            return False
        return bool(filled)

    def refuse_twin(self, values, records):
        """Ask whether someone who already holds the post is meant, at another arrival."""
        who, jour = search_key(values.get("titulaire") or ""), values.get("debut")
        for held in records:
            same = who and who == search_key(held.titulaire)
            if same and (not jour or not known_by(held.fin, jour)):
                raise CelluleRefusee(
                    self.fields["titulaire"].column_name,
                    values["titulaire"],
                    f"tient déjà ce poste depuis le {held.debut:%d/%m/%Y} : si c'est la même arrivée, "
                    "corrigez-la sur la fiche du poste ; sinon, dites d'abord son dernier jour",
                )

    class Meta(Ressource.Meta):
        model = Occupation
        import_id_fields = ["poste", "debut"]
        fields = [
            *import_id_fields,
            "titulaire",
            "courriel",
            "telephone",
            "type_contrat",
            "quotite",
            "fin_contrat_prevue",
            "fin",
            "motif_depart",
        ]


class RecrutementRessource(Ressource):
    """One row per offer: the post and the day of publication tell which."""

    titre = "Recrutements : les offres et leur issue"
    cle = cle_interne("recrutement", "poste")
    autres_noms = {"poste": "poste_identifiant", "lien de l'offre": "adresse_offre"}
    informatives = ("rang", "date_prise_de_poste", "delai_jours", "poste_intitule")
    temoins = {"poste_identifiant": ("poste_intitule",)}
    exemple = {
        "poste_identifiant": "chef-de-projet-exemple",
        "date_publication": "01/05/2021",
        "adresse_offre": "https://exemple.fr/offre",
        "date_cloture": "31/05/2021",
        "issue": "recrute",
        "date_issue": "25/06/2021",
    }

    poste = champ_fiche("poste_identifiant", "poste", Poste, "identifiant")
    date_publication = champ_date("date_publication")
    adresse_offre = champ_texte("adresse_offre")
    date_cloture = champ_date("date_cloture")
    date_entretiens = champ_date("date_entretiens")
    issue = champ_choix_nomme("issue", Recrutement.Issue)
    date_issue = champ_date("date_issue")

    dated_sources = {
        "source_publication": ("date_publication", "date_publication", ""),
        "source_issue": ("date_issue", "date_issue", ""),
    }

    class Meta(Ressource.Meta):
        model = Recrutement
        import_id_fields = ["poste", "date_publication"]
        fields = [
            *import_id_fields,
            "adresse_offre",
            "date_cloture",
            "date_entretiens",
            "issue",
            "date_issue",
        ]


class CofinancementRessource(Ressource):
    """One row per post, funder and year; the decision tells them apart where there are several."""

    titre = "Cofinancements des postes, un par année (interne)"
    cle = cle_interne("cofinancement", "poste")
    loose_keys = ("precision_financeur", "reference_decision")
    autres_noms = {"poste": "poste_identifiant", "exercice": "annee"}
    informatives = ("poste_intitule",)
    temoins = {"poste_identifiant": ("poste_intitule",)}
    exemple = {
        "poste_identifiant": "chef-de-projet-exemple",
        "financeur": "anah",
        "annee": "2022",
        "reference_decision": "2022-001",
        "taux": "50",
        "montant": "27500",
        "date_debut": "01/01/2022",
        "dernier_jour": "31/12/2022",
    }

    poste = champ_fiche("poste_identifiant", "poste", Poste, "identifiant")
    financeur = champ_choix_nomme("financeur", Financeur, facultatif=False)
    precision_financeur = champ_texte("precision_financeur")
    annee = champ_entier("annee")
    reference_decision = champ_texte("reference_decision")
    taux = champ_taux("taux")
    plafond = champ_montant("plafond")
    montant = champ_montant("montant")
    debut = champ_date("date_debut", "debut")
    fin = champ_dernier_jour("dernier_jour", "fin")

    class Meta(Ressource.Meta):
        model = CofinancementPoste
        import_id_fields = [
            "poste",
            "financeur",
            "precision_financeur",
            "annee",
            "reference_decision",
        ]
        fields = [*import_id_fields, "taux", "plafond", "montant", "debut", "fin"]
