"""The public file of the studies: what each is on a day, and what it was granted and paid."""

from communes.territoire.colonnes import (
    OU_DES_COMMUNES,
    SANS_COMMUNE,
    colonne_precision,
    colonne_tenue,
)
from projects.etudes.lecture import LIEES, situer_etudes, somme_d_etude
from projects.etudes.models import NatureEtude, NiveauEtude, RegimeEtude
from projects.etudes.regles import EtatEtude
from projects.projet.exports import ACCORDE, BASES, VERSE, montant, of_depuis
from socle.fichiers.colonnes import Colonne, Table
from socle.fichiers.formats import ROWS_PER_CHUNK, chunks
from socle.web.ordre import in_order


def etude_rows(etudes, jour):
    """Yield each of `etudes`, with what is known of it on `jour`: see `situer`."""
    read = in_order(etudes, "identifiant").select_related(*LIEES)
    for chunk in chunks(read.iterator(ROWS_PER_CHUNK)):
        yield from situer_etudes(chunk, jour)


def of_stage(stage):
    """Return how to read the sum of a stage: see `somme_d_etude`."""
    return lambda etude: montant(somme_d_etude(etude, stage))


ETUDES = Table(
    "etudes",
    "Études",
    "Une ligne par étude dont quelque chose est connu ce jour-là : demande, commande, rendu, coût ou "
    "subvention accordée. Les montants sont ceux des subventions accordées et versées pour l'étude ; ils ne "
    "sont dans aucune somme des actions.",
    (
        Colonne(
            "etude_identifiant",
            lambda e: e.identifiant,
            "Identifiant de l'étude dans ces fichiers, qui ne change pas.",
            contraintes={"required": True, "unique": True},
        ),
        Colonne("intitule", lambda e: e.intitule, "Ce que l'étude étudie."),
        Colonne(
            "nature",
            lambda e: e.nature,
            "Sorte d'étude.",
            contraintes={"enum": NatureEtude.values},
        ),
        Colonne(
            "niveau",
            lambda e: e.niveau,
            "Stratégique : tout le projet ; opérationnel : des actions.",
            contraintes={"enum": NiveauEtude.values},
        ),
        Colonne(
            "regime",
            lambda e: e.regime,
            "Cofinancée : le bénéficiaire l'achète ; mise_a_disposition : aucun argent ne passe.",
            contraintes={"enum": RegimeEtude.values},
        ),
        Colonne(
            "beneficiaire_code",
            lambda e: e.maitre and e.maitre.code,
            "Code INSEE ou SIREN de qui reçoit l'étude ; vide s'il n'est pas connu.",
        ),
        Colonne("beneficiaire_nom", lambda e: e.maitre and e.maitre.nom, "Nom de qui la reçoit."),
        Colonne(
            "prestataire",
            lambda e: e.prestataire and e.prestataire.nom,
            "Qui fait l'étude ; vide s'il n'est pas connu.",
        ),
        Colonne(
            "communes",
            lambda e: "|".join(e.du_jour.communes),
            "Codes INSEE des communes étudiées ce jour-là, séparés par « | ».",
        ),
        Colonne(
            "departements",
            lambda e: "|".join(e.annuaire.departements(e.du_jour)),
            "Départements de ces communes, séparés par « | ».",
        ),
        Colonne("date_demande", of_depuis("demande", "jour"), "Jour de la demande.", "date"),
        Colonne("date_commande", of_depuis("commande", "jour"), "Jour de la commande.", "date"),
        Colonne("date_rendu", of_depuis("rendu", "jour"), "Jour du rendu.", "date"),
        Colonne(
            "etat",
            lambda e: e.du_jour.etat,
            "État de l'étude ce jour-là.",
            contraintes={"enum": EtatEtude.values},
        ),
        Colonne(
            "cout",
            lambda e: montant(e.du_jour.cout and e.du_jour.cout.montant),
            "Dernier coût annoncé, ou valeur de ce qui est mis à disposition, en euros ; vide s'il n'est pas "
            "connu.",
            "number",
        ),
        Colonne(
            "base_cout",
            lambda e: e.du_jour.cout and e.du_jour.cout.base,
            "Hors taxes ou toutes taxes comprises ; vide si inconnu.",
            contraintes=BASES,
        ),
        Colonne(
            "montant_accorde",
            of_stage("accorde"),
            ACCORDE,
            "number",
        ),
        Colonne(
            "montant_verse",
            of_stage("verse"),
            VERSE,
            "number",
        ),
        colonne_tenue(
            "tenue_plans", OU_DES_COMMUNES, lambda e: e.annuaire.tenue(e.du_jour), SANS_COMMUNE
        ),
        colonne_precision(
            "precision_demande", of_depuis("demande", "precision"), "la date de demande"
        ),
        colonne_precision(
            "precision_commande", of_depuis("commande", "precision"), "la date de commande"
        ),
        colonne_precision("precision_rendu", of_depuis("rendu", "precision"), "la date de rendu"),
    ),
)
