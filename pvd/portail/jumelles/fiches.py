"""The twins themselves: what the readings of a page hold, as dictionaries that a program can lean on."""

from communes.models import Commune, Millesime
from ort.exports import ORT, ort_rows
from ort.models import Convention
from projects.club.lecture import ParticipationsDeCommune
from projects.postes.exports import POSTES, poste_rows
from projects.postes.models import Poste
from pvd.portail.donnees.exports import COMMUNES, commune_rows
from pvd.portail.jumelles import formes, projets
from pvd.suivi.completude import champ_de
from socle.dates import known_by


def commune(told, page):
    """Return the twin of the page of a commune: `told` is its `read_commune`."""
    situation, jour = told["situation"], told["jour"]
    annee = Millesime.objects.annee_cog(jour)
    sources = formes.SourcesCitees()
    found = situation.commune
    known = [found.pk] if situation.labellisation else []
    effets = told["effets"] if told["couvertes_par"] or situation.laureate else ()
    return {
        **formes.entete("pvd-commune-1", jour, annee, page),
        "code_insee": found.pk,
        "nom": situation.nom,
        "code_departement": found.departement_id,
        "tenue": found.departement.tenue,
        "phrase": told["phrase"] or None,
        "commune": next(iter(communes_au(known, jour)), None),
        "dates_cles": [formes.date_cle(date, sources) for date in told["dates_cles"]],
        "ort": [
            formes.ort_nommee(ort.convention)
            | {
                "date_entree": couverture.date_entree,
                "precision_entree": couverture.precision_entree,
                "entree_par": couverture.entree_par,
            }
            for couverture, ort in told["couvertes_par"]
        ],
        "non_confirmees": [
            {"valeur_brute": dit.valeur_brute, "dits": sources.cite([dit])}
            for dit in told["non_confirmees"]
        ],
        "chronologie": [formes.fait(fact, sources) for fact in told["faits"]],
        "a_venir": [formes.suite(coming) for coming in [*told["suites"], *told["jalons"]]],
        "postes": postes_au(told["postes"], jour, sources),
        "secteurs": [secteur(found) for found in told["secteurs"]],
        "effets_ouverts": bool(told["couvertes_par"]),
        "effets": [projets.effet(found) for _, listed in effets for found in listed],
        "aides": [projets.aide(aide, sources) for aide in told["aides"]],
        "changements": [projets.changement(c, sources) for c in told["changements"]],
        "projet": projets.projet_du_lieu("commune", found.pk, jour, annee, sources),
        "bilans": projets.bilans("commune", found.pk, jour),
        "club": projets.club(ParticipationsDeCommune(found.pk, jour, situation.faits.successions)),
        "interlocuteurs": projets.interlocuteurs([found.departement]),
        "sources": sources.told(),
    }


def codes(situations):
    return [situation.commune.pk for situation in situations]


def communes_au(codes, jour):
    """Return the rows of the table of communes, those of `codes`."""
    rows = commune_rows(Commune.objects.filter(pk__dans=codes), jour)
    return formes.lignes(COMMUNES, rows, jour, Millesime.objects.annee_cog(jour)) if codes else []


def postes_au(postes, jour, sources):
    """Return the rows of the table of posts, each with what the sources say of it."""
    rows = poste_rows(Poste.objects.filter(pk__dans=[poste.pk for poste in postes]), jour)
    told = {p.identifiant: sources.cite(p.du_jour.dits_connus) for p in postes}
    lines = formes.lignes(POSTES, rows, jour, Millesime.objects.annee_cog(jour)) if postes else []
    return [line | {"dits": told[line["poste_identifiant"]]} for line in lines]


def secteur(found):
    return {"nom": found.nom, "code_insee": found.commune_id}


def ort(told, page):
    """Return the twin of the page of an ORT: `told` is its `read_ort`; unsigned that day, it has no row."""
    du_jour, jour, convention = told["ort"], told["jour"], told["convention"]
    annee = Millesime.objects.annee_cog(jour)
    sources = formes.SourcesCitees()
    departements = du_jour.departements or [convention.departement_reference]
    rows = ort_rows(Convention.objects.filter(pk=convention.pk), jour)
    row = next(iter(formes.lignes(ORT, rows, jour, annee)), None) if du_jour.signee else None
    return {
        **formes.entete("pvd-ort-1", jour, annee, page),
        "ort_identifiant": convention.identifiant,
        "intitule": convention.intitule,
        "vaut_ort": convention.vaut_ort,
        "statut": row["statut"] if row else "non_signee",
        "phrase": du_jour.phrase,
        "ort": row,
        "communes": [
            {
                "code_insee": couverture.commune_id,
                "nom_commune": couverture.commune.nom_au(jour),
                "code_departement": couverture.commune.departement_id,
                "date_entree": couverture.acte_entree.date_signature,
                "precision_entree": couverture.acte_entree.precision_signature,
                "entree_par": "avenant" if couverture.entree_id else "convention",
                "laureate_pvd": couverture.commune_id in told["laureates"],
            }
            for couverture in du_jour.couvertes
        ],
        "actes": [formes.acte(done, jour, sources) for done in du_jour.actes],
        "remarques": du_jour.remarques,
        "secteurs": [secteur(found) for found in told["secteurs"]],
        "documents": [
            {"titre": fichier.titre, "adresse": fichier.get_absolute_url()}
            for fichier in told["fichiers"]
        ],
        "projet": projets.projet_du_lieu("ort", convention.identifiant, jour, annee, sources),
        "bilans": projets.bilans("ort", convention.identifiant, jour),
        "interlocuteurs": projets.interlocuteurs(departements),
        "sources": sources.told(),
    }


def intercommunalite(told, page):
    """Return the twin of the page of an intercommunalité: `told` is its `read_intercommunalite`."""
    found, jour = told["intercommunalite"], told["jour"]
    annee = Millesime.objects.annee_cog(jour)
    sources = formes.SourcesCitees()
    return {
        **formes.entete("pvd-intercommunalite-1", jour, annee, page),
        "siren_epci": found.pk,
        "nom": told["nom"],
        "nature": found.nature,
        "fin": found.fin if known_by(found.fin, jour) else None,
        "departements": [departement.pk for departement in told["departements"]],
        "nb_communes": told["nb_membres"],
        "communes": communes_au(codes(told["situations"]), jour),
        "ort": [formes.ort_nommee(convention) for convention in told["ort"]],
        "projet": projets.projet_du_lieu("epci", found.pk, jour, annee, sources),
        "sources": sources.told(),
    }


def departement(told, page):
    """Return the twin of the page of a département: `told` is its `read_departement`."""
    found, jour = told["departement"], told["jour"]
    annee = Millesime.objects.annee_cog(jour)
    sources = formes.SourcesCitees()
    return {
        **formes.entete("pvd-departement-1", jour, annee, page),
        "code_departement": found.pk,
        "nom": found.nom,
        "tenue": found.tenue,
        "tenue_postes": found.tenue_postes,
        "chiffres": [
            chiffre(shown, found) for tuile in told["tuiles"] for shown in (tuile, *tuile.details)
        ],
        "communes": communes_au(codes(told["laureates"]), jour),
        "sorties": communes_au(codes(told["sorties"]), jour),
        "ort_a_signer": [echeance(situation) for situation in told["en_attente"]],
        "ort_par_avenant": [formes.ort_nommee(ort) for ort in told["ort_par_avenant"]],
        "chiffres_publies": [publie(compared, sources) for compared in told["comparaisons"]],
        "tenue_plans": found.tenue_plans,
        "projet": projets.projet_du_departement(found.pk, told["laureates"], jour),
        "bilans": projets.bilans("departement", found.pk, jour),
        "interlocuteurs": projets.interlocuteurs([found]),
        "sources": sources.told(),
    }


def chiffre(tuile, departement):
    return {
        "chiffre": tuile.chiffre.value,
        "nom": tuile.chiffre.nom,
        "valeur": tuile.valeur,
        "tenue": getattr(departement, champ_de(tuile.chiffre)),
        "regle": tuile.regle.compte,
    }


def echeance(situation):
    return {
        "code_insee": situation.commune.pk,
        "nom_commune": situation.nom,
        **formes.date_dite(situation.echeance_ort, situation.precision_echeance),
        "depasse": situation.en_retard,
        "ort_non_connue": situation.ort_non_connue,
    }


def publie(compared, sources):
    told = compared.publie
    return {
        "chiffre": told.chiffre,
        "jour": told.jour,
        "valeur_publiee": told.valeur,
        "valeur": compared.calcule,
        "concorde": compared.concorde,
        "reserve": compared.reserve or None,
        "dits": sources.cite([told]),
    }
