"""The public file of the actions: what each is on a day; its money is in `exports_argent`."""

from communes.territoire.colonnes import (
    OU_DES_COMMUNES,
    SANS_COMMUNE,
    colonne_precision,
    colonne_tenue,
)
from projects.actions.models import BaseMontant, EntreePar, Etendue, NatureCout
from projects.actions.regles import EtatAction, PhaseAction
from projects.financements import regles as argent
from projects.projet.lecture import LIEES, axe_du_plan, situer, somme_montree
from socle.dates import known_by
from socle.fichiers.colonnes import Colonne, Table
from socle.fichiers.formats import ROWS_PER_CHUNK, chunks
from socle.web.ordre import in_order


def montant(value):
    """Return an amount to the cent; None if it is not known."""
    return None if value is None else argent.au_cent(value)


def of_depuis(attribute, part):
    """Return how to read the day, or the precision, of what a rule tells since when."""
    return lambda row: getattr(getattr(row.du_jour, attribute), part, None)


def action_rows(actions, jour):
    """Yield each of `actions`, with what is known of it on `jour`: see `situer`."""
    read = in_order(actions, "identifiant").select_related(*LIEES)
    for chunk in chunks(read.iterator(ROWS_PER_CHUNK)):
        yield from situer(chunk, jour)


def of_stage(stage):
    """Return how to read the sum of a stage: see `somme_montree`."""
    return lambda action: montant(somme_montree(action, stage))


def of_axe(name):
    """Return how to read a field of the axe: see `axe_du_plan`."""
    return lambda action: getattr(axe_du_plan(action), name, None)


def sortie_le(action):
    """Return the day of the act that took the action out of its plan, if it had come by the day."""
    out = action.du_jour.dates.sortie_le
    return out if known_by(out, action.du_jour.jour) else None


IDENTIFIANT_ORT = "ORT dont c'est le plan ; vide si l'action vient d'une adhésion ou d'un document."
DEPARTEMENTS = "Départements des communes de l'action, séparés par « | »."
BASES = {"enum": [base for base in BaseMontant.values if base]}
ACCORDE = (
    "Somme des subventions accordées et non retirées, en euros ; vide si inconnue, 0.00 si l'on sait qu'il "
    "n'y en a pas."
)
VERSE = "Somme des versements enregistrés, moins ce qui a été rendu, en euros."


ACTIONS = Table(
    "actions",
    "Actions des projets de territoire",
    "Une ligne par action entrée dans un plan ce jour-là ou avant, et par opération relevée dans un "
    "document, dont entree_par est vide ; les montants sont ceux des subventions accordées et versées.",
    (
        Colonne(
            "action_identifiant",
            lambda a: a.identifiant,
            "Identifiant de l'action dans ces fichiers, qui ne change pas.",
            contraintes={"required": True, "unique": True},
        ),
        Colonne(
            "ort_identifiant",
            lambda a: a.plan and a.plan.identifiant,
            IDENTIFIANT_ORT,
        ),
        Colonne(
            "numero",
            lambda a: a.numero,
            "Numéro de l'action dans son plan, un texte : « 1.10 » n'est pas « 1.1 ».",
        ),
        Colonne("intitule", lambda a: a.intitule, "Intitulé de l'action."),
        Colonne("axe_code", of_axe("code"), "Code de l'axe du plan."),
        Colonne("axe_intitule", of_axe("intitule"), "Intitulé de cet axe."),
        Colonne("theme", lambda a: a.theme and a.theme.cle, "Clé du thème principal."),
        Colonne(
            "maitre_ouvrage_type",
            lambda a: a.maitre and a.maitre.sorte,
            "Qui fait faire l'action ce jour-là : commune, intercommunalite, etat… ; vide si inconnu.",
        ),
        Colonne(
            "maitre_ouvrage_code",
            lambda a: a.maitre and a.maitre.code,
            "Code INSEE ou SIREN du maître d'ouvrage.",
        ),
        Colonne(
            "maitre_ouvrage_nom",
            lambda a: a.maitre and a.maitre.nom,
            "Nom du maître d'ouvrage ce jour-là.",
        ),
        Colonne(
            "etendue",
            lambda a: a.etendue,
            "Communes nommées, ou toutes celles que l'ORT couvre ce jour-là.",
            contraintes={"enum": Etendue.values},
        ),
        Colonne(
            "communes",
            lambda a: "|".join(a.du_jour.communes),
            "Codes INSEE des communes de l'action ce jour-là, séparés par « | ».",
        ),
        Colonne("nb_communes", lambda a: a.du_jour.nb_communes, "Leur nombre.", "integer"),
        Colonne(
            "departements", lambda a: "|".join(a.annuaire.departements(a.du_jour)), DEPARTEMENTS
        ),
        Colonne(
            "entree_le",
            lambda a: a.du_jour.dates.entree_le,
            "Signature de l'acte d'entrée au plan.",
            "date",
        ),
        colonne_precision(
            "precision_entree", lambda a: a.du_jour.dates.precision_entree, "cette date"
        ),
        Colonne(
            "entree_par",
            lambda a: a.entree_par,
            "Acte d'entrée ; vide : opération relevée, hors plan connu.",
            contraintes={"enum": EntreePar.values},
        ),
        Colonne(
            "avenant_numero",
            lambda a: a.entree and a.entree.numero,
            "Numéro de l'avenant d'entrée ; vide s'il n'est pas connu.",
            "integer",
        ),
        Colonne(
            "sortie_le",
            sortie_le,
            "Signature de l'avenant qui a retiré l'action du plan ; elle n'y est plus comptée.",
            "date",
        ),
        Colonne(
            "phase",
            lambda a: a.du_jour.phase,
            "Jusqu'où l'action est allée.",
            contraintes={"enum": PhaseAction.values},
        ),
        Colonne(
            "etat",
            lambda a: a.du_jour.etat,
            "État de l'action ce jour-là.",
            contraintes={"enum": EtatAction.values},
        ),
        Colonne(
            "etat_depuis",
            of_depuis("etat_depuis", "jour"),
            "Jour du fait qui a donné cet état.",
            "date",
        ),
        colonne_precision("precision_etat", of_depuis("etat_depuis", "precision"), "ce jour"),
        Colonne(
            "en_retard",
            lambda a: a.du_jour.en_retard,
            "La dernière fin annoncée est passée, et l'action n'est ni achevée ni abandonnée.",
            "boolean",
        ),
        Colonne(
            "statut_communs",
            lambda a: a.du_jour.statut_communs,
            "Le même état, dans les mots des Communs de la transition écologique.",
        ),
        Colonne(
            "date_debut",
            of_depuis("debut", "jour"),
            "Début de la phase qui achève l'action.",
            "date",
        ),
        colonne_precision("precision_debut", of_depuis("debut", "precision"), "ce début"),
        Colonne("date_fin", of_depuis("fin", "jour"), "Fin, si l'action est achevée.", "date"),
        colonne_precision("precision_fin", of_depuis("fin", "precision"), "cette fin"),
        Colonne(
            "fin_prevue",
            of_depuis("fin_prevue", "date_prevue"),
            "Dernière fin annoncée ce jour-là ou avant.",
            "date",
        ),
        Colonne(
            "fin_prevue_initiale",
            of_depuis("fin_prevue_initiale", "date_prevue"),
            "Première fin annoncée.",
            "date",
        ),
        Colonne(
            "glissement_jours",
            lambda a: a.du_jour.glissement_jours,
            "Jours de la première à la dernière fin annoncée ; vide si l'une n'est connue qu'à l'année.",
            "integer",
        ),
        Colonne(
            "cout",
            lambda a: montant(a.du_jour.cout and a.du_jour.cout.montant),
            "Dernier coût annoncé, en euros ; vide s'il n'est pas connu.",
            "number",
        ),
        Colonne(
            "nature_cout",
            lambda a: a.du_jour.cout and a.du_jour.cout.nature,
            "Estimé, des marchés passés, ou définitif.",
            contraintes={"enum": NatureCout.values},
        ),
        Colonne(
            "base_cout",
            lambda a: a.du_jour.cout and a.du_jour.cout.base,
            "Hors taxes ou toutes taxes comprises : ces coûts ne s'additionnent pas ; vide si inconnu.",
            contraintes=BASES,
        ),
        Colonne(
            "montant_accorde",
            of_stage("accorde"),
            ACCORDE,
            "number",
        ),
        Colonne(
            "nb_accords",
            lambda a: a.du_jour.sommes.accorde.lignes,
            "Nombre de ces subventions.",
            "integer",
        ),
        Colonne(
            "nb_accords_sans_montant",
            lambda a: a.du_jour.sommes.accorde.sans_montant,
            "Parmi elles, celles dont le montant n'est pas connu, hors de la somme.",
            "integer",
        ),
        Colonne(
            "montant_verse",
            of_stage("verse"),
            VERSE,
            "number",
        ),
        Colonne(
            "derniere_nouvelle",
            lambda a: a.du_jour.derniere_nouvelle,
            "Jour du dernier fait public connu de l'action.",
            "date",
        ),
        colonne_tenue(
            "tenue_plans", OU_DES_COMMUNES, lambda a: a.annuaire.tenue(a.du_jour), SANS_COMMUNE
        ),
        colonne_precision(
            "precision_sortie",
            lambda a: sortie_le(a) and a.sortie.precision_signature,
            "la date de sortie du plan",
        ),
        colonne_precision(
            "precision_fin_prevue", of_depuis("fin_prevue", "precision"), "la fin prévue"
        ),
        colonne_precision(
            "precision_fin_prevue_initiale",
            of_depuis("fin_prevue_initiale", "precision"),
            "la première fin annoncée",
        ),
        colonne_precision(
            "precision_derniere_nouvelle",
            lambda a: a.du_jour.nouvelle_en_date and a.du_jour.nouvelle_en_date.precision,
            "ce dernier jour",
        ),
        Colonne(
            "avenant_identifiant",
            lambda a: a.entree and a.entree.identifiant,
            "Avenant d'entrée, tel que le nomme le fichier des avenants ; vide si l'action n'est pas "
            "entrée par un avenant.",
        ),
    ),
)
