"""The columns of a plan, by all the names that bureaux d'études and chefs de projet give them."""

import re
from dataclasses import dataclass
from itertools import pairwise

from socle.fichiers.montants import stade_de
from socle.fichiers.tableau.dire import quoted
from socle.fichiers.tableau.noms import bare_name
from socle.recherche import plain

TEXTES = (
    *("numero", "axe_code", "axe", "intitule", "sous_action", "description", "theme"),
    *("maitre_ouvrage", "communes", "partenaires", "maturite", "etat", "date_etat"),
    *("debut_prevu", "fin_prevue", "cout", "base_cout", "indicateurs"),
)
# What a file may have too, and that our own does not.
EN_PLUS = ("objectifs", "calendrier", "date_decision", "identifiant")
MOST_PAIRS = 8
PAIRES = tuple(
    f"{name}_{rank}" for rank in range(1, MOST_PAIRS + 1) for name in ("financeur", "montant")
)

AUTRES_NOMS = {
    "numero": (
        "N°",
        "N° action",
        "Numéro action",
        "N° fiche",
        "Fiche",
        "Fiche action",
        "Code",
        "Code action",
        "Numéro",
        "Réf",
        "Référence",
    ),
    "axe_code": ("Code axe", "N° axe", "Numéro axe"),
    "axe": (
        "Axe (x)",
        "Orientation",
        "Orientation stratégique",
        "Objectif stratégique",
        "Axe stratégique",
        "Intitulé de l'axe",
    ),
    "intitule": (
        "Action",
        "Titre de l'action",
        "Intitulé",
        "Intitulé de l'action",
        "Nom de l'action",
        "Libellé de l'action",
        "Projet",
        "Nom du projet",
        "Titre",
    ),
    "sous_action": ("Titre de la sous-action", "Opération", "Sous-action", "Sous action"),
    "description": ("Descriptif", "Contenu", "Description de l'action", "Descriptif de l'action"),
    "objectifs": ("Objectif",),
    "theme": ("Thématique", "Thème", "Secteur d'intervention ORT", "Thématique principale"),
    "maitre_ouvrage": (
        "MO",
        "MOA",
        "Maître d'ouvrage",
        "Maîtrise d'ouvrage",
        "Porteur",
        "Porteur de projet",
        "Structure pilote",
    ),
    "communes": ("Commune", "Commune(s)", "Périmètre", "Communes concernées", "Localisation"),
    "partenaires": ("Partenaire", "Partenaires associés"),
    "maturite": ("Maturité", "Mature / en germe", "Mature ou en germe"),
    "etat": ("Statut", "Avancement", "État d'avancement", "État", "Stade"),
    "date_etat": ("Date de l'état", "Avancement au", "État au"),
    "debut_prevu": ("Date de début", "Début", "Début prévu", "Date de démarrage", "Démarrage"),
    "fin_prevue": (
        "Date de fin",
        "Fin",
        "Fin prévue",
        "Date d'achèvement",
        "Échéance",
        "Livraison",
    ),
    "calendrier": ("Calendrier prévisionnel", "Planning", "Échéancier", "Période", "Dates"),
    "cout": (
        "Coût",
        "Coût HT",
        "Coût TTC",
        "Coût total",
        "Coût total HT",
        "Coût total TTC",
        "Coût prévisionnel",
        "Coût prévisionnel HT",
        "Coût estimé",
        "Montant",
        "Montant HT",
        "Montant TTC",
        "Montant total",
        "Budget",
        "Budget prévisionnel",
        "Budget prévisionnel total € HT",
        "Budget HT",
        "Coût (k€)",
        "Coût HT (k€)",
        "Coût k€",
        "Coût en k€",
        "Coût (€)",
        "Coût HT (€)",
        "Coût TTC (€)",
        "Coût (M€)",
        "Coût € HT",
        "Coût € TTC",
        "Coût en € HT",
        "Coût en €",
    ),
    "base_cout": ("HT/TTC", "HT ou TTC", "Base"),
    "indicateurs": (
        "Indicateur",
        "Indicateurs liés",
        "Indicateurs de résultat",
        "Indicateurs de suivi",
    ),
    "date_decision": (
        "Date de décision",
        "Date de la décision",
        "Date d'arrêté",
        "Date d'accord",
        "Décision du",
    ),
    "identifiant": ("action_identifiant",),
}
# « etat_le », whose bare name is that of the state itself.
DATE_DE_L_ETAT = "Date de l'état"
# Known, of no use here, and told as ignored.
INFORMATIVES = (
    *("Sous-axe", "Sous-axe (x.x)", "Sous-sous axe (x.x.x)", "Instances de gouvernance"),
    *("Moyens humains et techniques", "Direction ou service pilote", "Participation Citoyenne"),
    *("Financements", "Niveau de priorité", "Priorité", "Observations", "Commentaires"),
)
# Who is a person is never kept, not even aside until the import is confirmed.
PERSONNES = {
    *("personnepilote", "eluereferente", "elureferent", "eluereferent", "elueréférent"),
    *("referent", "referente", "personnereferente", "elureferente", "chefprojet", "contact"),
    *("courriel", "mail", "email", "telephone", "tel", "agentreferent", "interlocuteur"),
}
# The 28 columns of Territoires en transitions, by bare name: what tells the template.
TERRITOIRES_EN_TRANSITIONS = {
    bare_name(name)
    for name in (
        *("Axe (x)", "Sous-axe (x.x)", "Sous-sous axe (x.x.x)", "Titre de l'action"),
        *("Titre de la sous-action", "Descriptif", "Instances de gouvernance", "Objectifs"),
        *("Indicateurs liés", "Structure pilote", "Moyens humains et techniques", "Partenaires"),
        *("Direction ou service pilote", "Personne pilote", "Élu·e référent·e"),
        *("Participation Citoyenne", "Financements", "Financeur 1", "Financeur 2", "Financeur 3"),
        *("Montant € HT", "Budget prévisionnel total € HT", "Statut", "Niveau de priorité"),
        *("Date de début", "Date de fin"),
    )
}
SES_AIDES = 3
# Other names of the schemes, by key.
FINANCEURS = {
    "detr": ("DETR",),
    "dsil": ("DSIL",),
    "dpv": ("DPV",),
    "fnadt": ("FNADT",),
    "fonds-vert": ("Fonds vert", "FV"),
    "anah": ("Anah", "ANAH"),
    "banque-des-territoires": ("BdT", "BDT", "Banque des territoires", "CDC"),
    "ademe": ("Ademe",),
    "cerema": ("Cerema",),
    "epf": ("EPF", "Établissement public foncier"),
    "drac": ("DRAC",),
    "agence-de-l-eau": ("Agence de l'eau", "AE"),
    "region": ("Région", "Conseil régional", "CR"),
    "departement": ("Département", "Conseil départemental", "CD", "CG"),
    "intercommunalite": (
        "EPCI",
        "Intercommunalité",
        "Communauté de communes",
        "CC",
        "Agglomération",
    ),
    "feder": ("FEDER", "Europe", "UE", "Union européenne", "Fonds européens"),
    "feader-leader": ("FEADER", "LEADER"),
    "fondation-du-patrimoine": ("Fondation du patrimoine",),
    "mecenat": ("Mécénat", "Mécènes"),
    "autofinancement": (
        "Autofinancement",
        "Fonds propres",
        "Reste à charge",
        "Part communale",
        "Part du maître d'ouvrage",
    ),
}
# A cell, but no column, may say so: « Commune » is where the action is.
FINANCEURS_EN_CELLULE = FINANCEURS | {"commune": ("Commune", "Ville", "Mairie")}
# Who pays is not said: nobody else than the agent knows.
VAGUES = {
    "autre",
    "autres",
    "autrefinanceur",
    "autresfinanceurs",
    "autrefinancement",
    "etat",
    "autresfinancements",
    "autreaide",
    "autresaides",
    "divers",
    "autresubvention",
    "autressubventions",
    "cofinancement",
    "cofinancements",
    "cofinanceurs",
    "europeautre",
}
STADES = {
    "": ("", "prévu", "prévue", "prévisionnel", "prévisionnelle"),
    "demande": ("demandé", "demandée", "sollicité", "sollicitée", "sollicité ou obtenu"),
    "accorde": ("accordé", "accordée", "attribué", "attribuée", "obtenu", "obtenue", "notifié"),
    "decision": ("décision", "date de décision", "date d'arrêté"),
    "verse": ("versé", "versée", "payé", "mandaté"),
}
MOTS_DES_STADES = {
    "": "",
    "demande": "demandé",
    "accorde": "accordé",
    "decision": "décision",
    "verse": "versé",
}
DEPARTEMENT_NUMBERED = re.compile(r"^c[dg]\d[\dab]\d?")
RANK = re.compile(r"(?:financeur|cofinanceur)(\d)")


@dataclass(frozen=True)
class ColonneDArgent:
    """A column of amounts, or of days of decision, of one scheme; its name is what a file says of it."""

    dispositif: str
    stade: str = ""

    @property
    def nom(self):
        # The scheme « commune » is not the column of that name.
        return "_".join(filter(None, ("aide", self.dispositif, self.stade)))


def funder_of(text, dispositifs, names=FINANCEURS):
    """Return the key of the scheme that a header, or a cell, names; None if it names none, or several.

    `dispositifs` gives the label of each scheme, by key.
    """
    words = f" {' '.join(re.findall(r'[a-z0-9]+', plain(text)))} "
    if DEPARTEMENT_NUMBERED.match(words.strip()):
        return "departement"
    said = {}
    for key, label in dispositifs.items():
        for name in (label, *names.get(key, ())):
            known = " ".join(re.findall(r"[a-z0-9]+", plain(name)))
            if known and f" {known} " in words:
                said[key] = max(said.get(key, 0), len(known))
    # « Agence de l'eau du Département »: the longest name is the one that is meant.
    best = [key for key, length in said.items() if length == max(said.values())]
    return best[0] if len(best) == 1 else None


def stage_of(header):
    """Return the stage that a header says of its amounts: « DETR accordé », « Date de décision DETR »."""
    words = plain(header)
    if re.search(r"\bdecision\b|\bdate\b|\barrete\b|\ble$", words):
        return "decision"
    stade = stade_de(header)
    return "" if stade == "prevu" else stade


def is_vague(header):
    """Tell whether a header of amounts does not say who pays: « Autre », « Autres financeurs »."""
    bare = bare_name(re.sub(r"\(.*?\)|[€]|\b(ht|ttc|k|montant)\b", " ", plain(header)))
    return any(
        bare == word or bare == f"{word}{said}"
        for word in VAGUES
        for said in ("demande", "accorde", "verse", "prevu")
    )


def put_right(fichier):
    """Set aside the persons and, in the template of Territoires en transitions, its row of advice.

    Pairs funder and amount are known by their place: an amount that others name alike takes the name of
    its funder.
    """
    persons = [p for p, name in enumerate(fichier.entetes) if bare_name(name) in PERSONNES]
    if persons:
        names = quoted(fichier.entetes[place] for place in persons)
        fichier.drop_columns(persons)
        fichier.remarques.append(f"{names} : laissé de côté, aucun nom de personne n'est gardé.")
    bare = {bare_name(name) for name in fichier.entetes}
    if len(bare & TERRITOIRES_EN_TRANSITIONS) >= len(TERRITOIRES_EN_TRANSITIONS) - 6:
        set_advice_aside(fichier)
    name_pairs(fichier)
    fichier.entetes = [
        DATE_DE_L_ETAT if plain(name).strip() in ("etat_le", "etat le") else name
        for name in fichier.entetes
    ]


def set_advice_aside(fichier):
    """Set aside the row under the header of the template, which tells how to fill it."""
    known = "Modèle de Territoires en transitions reconnu"
    if any(told.startswith(known) for told in fichier.remarques):
        return
    advice = {number for number, _ in fichier.lignes if number == SES_AIDES}
    told = ", sa ligne 3 laissée de côté" if advice else ""
    fichier.drop_rows(advice)
    fichier.remarques.append(f"{known}{told} : ses actions commencent à la ligne 4.")


def name_pairs(fichier):
    """Name each amount that follows a funder by it: « Montant € HT (Financeur 1) »."""
    for place, (before, header) in enumerate(pairwise(fichier.entetes), 1):
        amount = bare_name(header).startswith(("montant", "subv")) and not header.endswith(")")
        if amount and RANK.fullmatch(bare_name(before)):
            fichier.entetes[place] = f"{header} ({before})"


def pair_of(header):
    """Return the column of a pair that a header names: `financeur_1`, `montant_1`; None for another."""
    bare = bare_name(header)
    if found := RANK.fullmatch(bare):
        return f"financeur_{found[1]}"
    if bare.startswith(("montant", "subv")) and (
        found := re.search(r"(?:co)?financeur(\d)$", bare)
    ):
        return f"montant_{found[1]}"
    found = re.fullmatch(r"montant(\d)", bare)
    return f"montant_{found[1]}" if found else None


def all_names(dispositifs):
    """Return the names by which a header may be known, by column, before any file is read."""
    names = {name: column for column, told in AUTRES_NOMS.items() for name in told}
    names |= {f"Financeur {rank}": f"financeur_{rank}" for rank in range(1, MOST_PAIRS + 1)}
    for key, label in dispositifs.items():
        for name in (label, *FINANCEURS.get(key, ())):
            for stade, words in STADES.items():
                for word in words:
                    column = ColonneDArgent(key, stade).nom
                    names.setdefault(f"{name} {word}".strip(), column)
    # The column « Commune » says where an action is, and « Commune accordé » who pays.
    names.pop(dispositifs.get("commune"), None)
    names |= {name: column for column, told in AUTRES_NOMS.items() for name in told}
    return names
