"""Chef de projet posts, what they serve, who holds them, their offers and who pays, from files."""

from communes.models import Commune, Intercommunalite
from ort.models import Organisme
from projects.postes.models import (
    CofinancementPoste,
    Desserte,
    Financeur,
    MotifDepart,
    Occupation,
    Poste,
    Recrutement,
    TypeContrat,
)
from socle.fichiers.champs import (
    CelluleRefusee,
    date,
    decimal,
    foreign_key,
    last_day,
    named_choice,
    precision,
    text,
    whole_number,
)
from socle.fichiers.ressource import Ressource

SERVED = "communes_desservies"


def codes_of(row):
    """Return the codes of the communes that a row says are served, each once."""
    return list(dict.fromkeys(code for code in row.get(SERVED, "").split("|") if code))


class PosteRessource(Ressource):
    """One row per post, named for good by its `poste_identifiant`.

    A new post comes with the communes that it serves, from days unknown: an agent sees a post by them.
    """

    titre = "Postes de chef de projet"
    codes = {"employeur_commune": 5, SERVED: 5}
    autres_noms = {"identifiant": "poste_identifiant"}
    extra_columns = (SERVED,)
    informatives = (
        *("employeur_type", "employeur_code", "employeur_nom", "etat", "occupe_depuis"),
        *("jours_vacance", "nb_communes", "quotite_pourvue"),
        *("titulaire", "titulaire_courriel", "titulaire_telephone"),
        *("titulaire_type_contrat", "titulaire_quotite", "titulaire_fin_contrat"),
    )
    exemple = {
        "poste_identifiant": "chef-de-projet-exemple",
        "intitule": "Chef de projet d'Exemple",
        "employeur_commune": "01004",
        "quotite": "100",
        "date_ouverture": "01/09/2021",
        "precision_ouverture": "mois",
        "communes_desservies": "01004|01033",
    }

    identifiant = text("poste_identifiant", "identifiant")
    intitule = text("intitule")
    employeur_commune = foreign_key("employeur_commune", "employeur_commune", Commune)
    employeur_intercommunalite = foreign_key(
        "employeur_siren_epci", "employeur_intercommunalite", Intercommunalite
    )
    employeur_organisme = foreign_key(
        "employeur_organisme", "employeur_organisme", Organisme, "nom"
    )
    service = text("service")
    quotite = whole_number("quotite")
    date_ouverture = date("date_ouverture")
    precision_ouverture = precision("precision_ouverture")
    date_fermeture = date("date_fermeture")
    precision_fermeture = precision("precision_fermeture")
    note_interne = text("note_interne")

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

    def load_named(self, rows):
        super().load_named(rows)
        codes = {code for row in rows for code in codes_of(row)}
        self.communes = Commune.objects.in_bulk(codes)
        self.communes_by_user = {}

    def dependants(self, instance, row, user):
        """Return the communes that a new post serves; an agent names one of its own at least."""
        codes = codes_of(row)
        if user not in self.communes_by_user:
            theirs = Commune.objects.filter(pk__in=self.communes).for_user(user)
            self.communes_by_user[user] = set(theirs.values_list("pk", flat=True))
        if unknown := [code for code in codes if code not in self.communes]:
            raise CelluleRefusee(SERVED, unknown[0], "inconnu du référentiel")
        if others := [code for code in codes if code not in self.communes_by_user[user]]:
            raise CelluleRefusee(SERVED, others[0], "hors de vos départements")
        if not codes and not user.is_superuser:
            raise CelluleRefusee(SERVED, "", "un nouveau poste dessert au moins une commune")
        return [Desserte(poste=instance, commune=self.communes[code]) for code in codes]


class DesserteRessource(Ressource):
    """One row per commune and post; without dates, neither the first nor the last day is known."""

    titre = "Communes desservies par les postes"
    loose_keys = ("debut",)
    codes = {"code_insee": 5}
    autres_noms = {"insee_com": "code_insee", "code_commune": "code_insee"}
    informatives = ("nom_commune", "lib_com")
    exemple = {
        "poste_identifiant": "chef-de-projet-exemple",
        "code_insee": "01004",
        "date_debut": "01/09/2021",
    }

    poste = foreign_key("poste_identifiant", "poste", Poste, "identifiant")
    commune = foreign_key("code_insee", "commune", Commune)
    debut = date("date_debut", "debut")
    fin = date("date_fin", "fin")

    class Meta(Ressource.Meta):
        model = Desserte
        import_id_fields = ["poste", "commune", "debut"]
        fields = ["poste", "commune", "debut", "fin"]


class OccupationRessource(Ressource):
    """One row per person and post: the post and the day of arrival tell whose row it is.

    Two people who arrived on the same day at the same post are told apart on the page of the post.
    """

    titre = "Titulaires des postes (interne)"
    autres_noms = {"date_arrivee": "arrivee", "debut": "arrivee", "contrat": "type_contrat"}
    exemple = {
        "poste_identifiant": "chef-de-projet-exemple",
        "titulaire": "Titulaire 1",
        "arrivee": "01/09/2021",
        "type_contrat": "contrat_de_projet",
        "quotite": "100",
        "fin_contrat": "31/08/2024",
    }

    poste = foreign_key("poste_identifiant", "poste", Poste, "identifiant")
    debut = date("arrivee", "debut")
    titulaire = text("titulaire")
    courriel = text("courriel")
    telephone = text("telephone")
    type_contrat = named_choice("type_contrat", TypeContrat)
    quotite = whole_number("quotite")
    fin_contrat_prevue = last_day("fin_contrat", "fin_contrat_prevue")
    fin = last_day("dernier_jour", "fin")
    motif_depart = named_choice("motif_depart", MotifDepart)

    dated_sources = {"source_arrivee": ("debut", "arrivee", "")}

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
    informatives = ("rang", "date_prise_de_poste", "delai_jours")
    exemple = {
        "poste_identifiant": "chef-de-projet-exemple",
        "date_publication": "01/05/2021",
        "adresse_offre": "https://exemple.fr/offre",
        "date_cloture": "31/05/2021",
        "issue": "recrute",
        "date_issue": "25/06/2021",
    }

    poste = foreign_key("poste_identifiant", "poste", Poste, "identifiant")
    date_publication = date("date_publication")
    adresse_offre = text("adresse_offre")
    date_cloture = date("date_cloture")
    date_entretiens = date("date_entretiens")
    issue = named_choice("issue", Recrutement.Issue)
    date_issue = date("date_issue")

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
    loose_keys = ("precision_financeur", "reference_decision")
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

    poste = foreign_key("poste_identifiant", "poste", Poste, "identifiant")
    financeur = named_choice("financeur", Financeur, facultatif=False)
    precision_financeur = text("precision_financeur")
    annee = whole_number("annee")
    reference_decision = text("reference_decision")
    taux = decimal("taux")
    plafond = decimal("plafond")
    montant = decimal("montant")
    debut = date("date_debut", "debut")
    fin = last_day("dernier_jour", "fin")

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
