"""What the pages tell of a projet de territoire, as JSON: actions, public money, reviews, the Club."""

from communes.interlocuteurs.lecture import interlocuteurs_de
from projects.actions.models import Action
from projects.etudes.exports import ETUDES, etude_rows
from projects.evaluations.regles import NatureBilan
from projects.projet.exports import ACTIONS, action_rows
from projects.projet.resultats import Resultats, attendus_des_communes
from projects.projet.resume import LieuDuProjet, Projet
from projects.projet.revues import revues_de
from pvd.portail.jumelles import formes

# What the pages publish of the service that follows the programme in a département.
COORDONNEES = ("service", "telephone", "courriel", "horaires")


def projet_du_lieu(critere, valeur, jour, annee_cog, sources):
    """Return the projet of a commune, an ORT or an intercommunalité, each of its actions and studies told."""
    found = Projet(LieuDuProjet(critere, valeur), jour)
    shown = [cle for cle, action in found.du_jour.items() if action.au_plan or action.relevee]
    actions = action_rows(Action.objects.filter(pk__dans=shown), jour) if shown else ()
    etudes = etude_rows(found.territoire.etudes(jour), jour)
    return {
        **resume(found, sources),
        "actions": formes.lignes(ACTIONS, actions, jour, annee_cog),
        "etudes": formes.lignes(ETUDES, etudes, jour, annee_cog),
    }


def projet_du_departement(code, laureates, jour):
    """Return the projets of a département, shortly: their sums, what ends soon, what was measured."""
    found = Projet(LieuDuProjet("departement", code), jour)
    measured = attendus_des_communes({situation.commune.pk for situation in laureates}, jour)
    measured += Resultats(found).premieres_sommes if found.nombre else []
    return {
        **resume(found),
        "nb_fins_proches": len(found.echeances) if found.nombre else None,
        "fins_proches": [fin_proche(action) for action in found.finissant],
        "mesures": [releve(read) for read in measured],
    }


def resume(projet, sources=None):
    """Return the counts and the sums of a projet; what is not known is null, never zero."""
    complete = projet.complete
    return {
        "complet": complete,
        "nb_actions": connu(projet.nombre, complete),
        "nb_operations_relevees": connu(projet.relevees, complete),
        "nb_en_retard": projet.totaux.en_retard if projet.nombre else None,
        "etats": [{"etat": etat.value, "nb_actions": number} for etat, number in projet.etats],
        "argent": [argent(part) for part in projet.parts] if projet.nombre else [],
    } | ({} if sources is None else {"axes_annonces": axes_annonces(projet, sources)})


def connu(number, complete):
    """Return a count: none where nothing is recorded and not all is kept."""
    return number if number or complete else None


def argent(part):
    """Return what some actions are granted and paid: those of a commune alone, or shared with others."""
    accorde, verse = part.totaux.sommes.accorde, part.totaux.sommes.verse
    known = bool(verse.lignes or part.complete)
    told = known and (accorde.connue or not accorde.lignes)
    return {
        "titre": part.titre or None,
        "nb_actions": part.nombre,
        "partagees": part.partagees,
        "accorde": accorde.montant if told else None,
        "accords_sans_montant": accorde.sans_montant if known else None,
        "verse": verse.montant if known else None,
        "texte": part.phrase,
    }


def axes_annonces(projet, sources):
    """Return the axes of the plans of which no action is recorded, and who says so."""
    return [
        {
            "ort_identifiant": plan.convention.identifiant,
            "axes": [axe.intitule for axe in plan.axes],
            "dits": sources.cite(plan.dits),
        }
        for plan in (() if projet.nombre else projet.axes_des_ort)
    ]


def fin_proche(action):
    prevue = action.du_jour.fin_prevue
    return {
        "action_identifiant": action.identifiant,
        "intitule": action.intitule,
        "fin_prevue": prevue.date_prevue,
        "precision": str(prevue.precision),
        "en_retard": action.du_jour.en_retard,
    }


def releve(read):
    """Return what an indicator comes to, over actions or communes: a sum for each series."""
    indicateur = read.indicateur
    return {
        "indicateur": indicateur.identifiant,
        "libelle": indicateur.libelle,
        "definition": indicateur.definition,
        "unite": indicateur.unite,
        "de": read.quoi.partition(",")[0],
        "nombre": read.nombre,
        "connus": read.connus,
        "secrets": read.secrets,
        "non_disponibles": read.non_disponibles,
        "sommes": [
            {
                "serie": somme.serie or None,
                "valeur": somme.valeur,
                "nombre": somme.nombre,
                "premier": formes.date_dite(somme.premier.jour, somme.premier.precision),
                "dernier": formes.date_dite(somme.dernier.jour, somme.dernier.precision),
            }
            for somme in read.sommes
        ],
    }


def bilans(critere, valeur, jour):
    """Return the reviews of the ORT of a place: what each due date has come to."""
    return [bilans_d_une_ort(revue) for revue in revues_de(LieuDuProjet(critere, valeur), jour)]


def bilans_d_une_ort(revue):
    told = [revue.derniere(nature) for nature in (NatureBilan.QUINQUENNAL, NatureBilan.ANNUEL)]
    return {
        "ort_identifiant": revue.convention.identifiant,
        "echeances": [echeance(found) for found in told if found],
        "textes": revue.phrases,
        "bilans": [bilan.identifiant for bilan in revue.bilans],
    }


def echeance(found):
    return {
        "nature": found.nature.value,
        **formes.date_dite(found.jour, found.precision),
        "etat": found.etat.value,
        "retard_jours": found.retard,
        "bilan_identifiant": found.bilan.identifiant if found.bilan else None,
    }


def club(participations):
    """Return what a commune took part in: that nothing is recorded does not mean that it never came."""
    return {
        "nb_evenements": participations.nombre or None,
        "derniers": [
            {
                "evenement_identifiant": ligne.evenement.identifiant,
                "intitule": ligne.evenement.intitule,
                "quand": ligne.quand,
                "debut": ligne.evenement.debut,
                "precision_debut": str(ligne.evenement.precision_debut),
                "par": par or None,
            }
            for ligne, par in participations.derniers
        ],
    }


def changement(found, sources):
    """Return a measure of a commune, before and after; what does not compare has no before."""
    return {
        "nom": found.nom,
        "definition": found.definition,
        "avant": mesure(found.avant),
        "dernier": mesure(found.dernier),
        "evolution": found.evolution or None,
        "sources": [sources.cle(source) for source in found.sources],
    }


def mesure(dit):
    return dit and {**formes.date_dite(dit.jour, dit.precision), "texte": dit.texte}


def effet(found):
    """Return what an ORT opens to a commune, under the class of who tells it."""
    return {
        "titre": found.titre,
        "texte": found.dit,
        "certitude": str(found.certitude),
        "sous_reserve": found.sous_reserve,
    }


def aide(found, sources):
    """Return an aid open to a commune, and who says so."""
    return {
        "titre": found.titre,
        "texte": found.texte,
        "terme": found.terme or None,
        "page": found.source.url if found.source else None,
        "sources": [sources.cle(found.annonce.source)]
        if found.annonce and found.annonce.source
        else [],
    }


def interlocuteurs(departements):
    """Return the service to call in each département, as it is today: a service, and never a person."""
    return [
        {"code_departement": departement.pk}
        | {champ: getattr(service, champ, "") or None for champ in COORDONNEES}
        for departement, service in interlocuteurs_de(departements)
    ]
