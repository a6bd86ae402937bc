"""What hangs on a post, from files: the communes served, the holders, the offers and who pays."""

from communes.programme.lecture import ouverture
from communes.territoire.champs import NOMS_DU_CODE, champ_commune
from projects.postes.avertissements import Service, avant_le_programme
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
from socle.dates import Precision, known_by
from socle.fichiers.champs import (
    CelluleRefusee,
    Champ,
    TextWidget,
    champ_choix_nomme,
    champ_date,
    champ_dernier_jour,
    champ_fiche,
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
from socle.fichiers.lignes import moved
from socle.fichiers.ressource import Ressource
from socle.recherche import plain, search_key

# What people write where nobody holds a post.
PERSONNE = {
    *("vacant", "poste vacant", "vacance", "a pourvoir", "poste a pourvoir", "non pourvu", "neant"),
    *("en recrutement", "recrutement", "recrutement en cours", "en cours de recrutement"),
    *("a recruter", "aucun", "personne"),
}


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
    commune = champ_commune("code_insee", "commune", "date_debut", ouverture)
    debut = champ_date("date_debut", "debut")
    fin = champ_date("date_fin", "fin")

    class Meta(Ressource.Meta):
        model = Desserte
        import_id_fields = ["poste", "commune", "debut"]
        fields = ["poste", "commune", "debut", "fin"]

    def warn(self, lignes):
        """Tell whom a post would serve before the programme, of the rows that say since when it does."""
        dated = [li for li in moved(lignes, {"date_debut"}) if li.objet.debut]
        services = [
            Service(li.objet.commune_id, li.objet.debut, Precision.JOUR, n)
            for n, li in enumerate(dated)
        ]
        for warning in avant_le_programme(services):
            dated[warning.cle].remarques.append(warning.texte)


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
    nommee_par = ("recrutement",)
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
    informatives = (
        *("rang", "date_prise_de_poste", "delai_jours", "poste_intitule"),
        *("precision_publication", "precision_cloture", "precision_prise_de_poste"),
    )
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
