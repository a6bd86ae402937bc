"""Records for the tests: each function takes what the test speaks of and invents the rest."""

import datetime
from itertools import count

from django.core.files.base import ContentFile
from django.utils import timezone

from communes.models import (
    Agent,
    Commune,
    Departement,
    Intercommunalite,
    Interlocuteur,
    Labellisation,
    Millesime,
    Mouvement,
    Population,
    Programme,
    Rattachement,
    Region,
    Relecture,
    Role,
    Tenue,
)
from ort.models import Avenant, CommuneCouverte, Convention, Document, Organisme, Proposition
from ort.models.propositions import change_of
from projects.actions.models import (
    Action,
    ActionAdhesion,
    ActionCommune,
    Axe,
    Cout,
    FaitAction,
    Prevision,
    Theme,
)
from projects.carnet.models import Contact, Note
from projects.club.models import (
    EvenementClub,
    EvenementDepartement,
    EvenementOrganisateur,
    Participation,
    RessourceClub,
)
from projects.etudes.models import BENEFICIAIRES, Etude, EtudeAction, EtudeCommune, FaitEtude
from projects.evaluations.models import Bilan, Presentation
from projects.financements.models import (
    Dispositif,
    FaitFinancement,
    Financement,
    ReglePeriode,
)
from projects.indicateurs.models import Cible, Indicateur, Releve
from projects.pieces.models import Piece
from projects.postes.models import CofinancementPoste, Desserte, Occupation, Poste, Recrutement
from pvd.signalements.models import Signalement
from socle.historique import sans_historique
from socle.models import Affirmation, Import, Source
from tests.pdf import pdf_of

numbers = count(1)


def rewrite(rows, **fields):
    """Set the scene of a test: write `fields` in `rows`, a queryset, past the rules and the history."""
    with sans_historique():
        return rows.update(**fields)


def in_days(number):
    """Return the day so many days after this one, asked when it is needed: a run may go past midnight."""
    return timezone.localdate() + datetime.timedelta(days=number)


def today():
    return in_days(0)


def typed_tomorrow():
    return f"{in_days(1):%d/%m/%Y}"


def asked_now(fields):
    """Return what is typed, those of its values that depend on the day made now."""
    return {name: value() if callable(value) else value for name, value in fields.items()}


def day(text):
    return datetime.date.fromisoformat(text)


def departement(code="34", **fields):
    region, _ = Region.objects.get_or_create(code="76", defaults={"nom": "Occitanie"})
    names = {
        "34": ("Hérault", 5),
        "81": ("Tarn", 2),
        "2A": ("Corse-du-Sud", 3),
        "12": ("Aveyron", 5),
    }
    nom, liaison = names.get(code, (f"Département {code}", 0))
    defaults = {
        "nom": nom,
        "type_liaison": liaison,
        "region": region,
        "tenue": Tenue.COMPLETE,
    } | fields
    return Departement.objects.get_or_create(code=code, defaults=defaults)[0]


def interlocuteur(departement=None, **fields):
    fields = {"service": "DDTM, service habitat", "courriel": "habitat@exemple.fr"} | fields
    return Interlocuteur.objects.create(
        departement=departement or globals()["departement"](), **fields
    )


def programme(annonce="2021-01-25", **fields):
    """Return what was announced of the programme: its opening is already there, since 1 October 2020."""
    days = ("ouverture", "fin_prevue", "fin_aide")
    fields = {n: day(v) if n in days and v else v for n, v in fields.items()}
    return Programme.objects.create(annonce=day(annonce), **{"note": "Annonce"} | fields)


def relecture(commune=None, jour="2024-03-01"):
    return Relecture.objects.create(
        commune=commune or globals()["commune"](epci="new"), jour=day(jour)
    )


def millesime(annee=2021):
    return Millesime.objects.get_or_create(annee=annee)[0]


def intercommunalite(siren=None, **fields):
    siren = siren or f"2000{next(numbers):05}"
    existing = Intercommunalite.objects.filter(pk=siren).first()
    fields = {"nom": f"CC {siren}", "nature": "CC"} | fields
    return existing or Intercommunalite.objects.create(siren=siren, **fields)


def free_code():
    """Return a code of the Hérault that no commune of the test has yet."""
    codes = (f"34{number % 1000:03}" for number in numbers)
    return next(code for code in codes if not Commune.objects.filter(pk=code).exists())


def commune(code=None, epci=None, **fields):
    """Return a commune; `epci` is an intercommunalité, or "new" to make one.

    `populations` are its figures, by vintage.
    """
    code = code or free_code()
    existing = Commune.objects.filter(pk=code).first()
    if existing:
        return existing
    populations = fields.pop("populations", {2021: 5000})
    fields = {"nom": f"Ville {code}"} | fields
    fields.setdefault("departement", departement(code[:2]))
    created = Commune.objects.create(code_insee=code, **fields)
    for annee, valeur in populations.items():
        population(created, annee, valeur)
    if epci:
        epci = intercommunalite() if epci == "new" else epci
        Rattachement.objects.create(commune=created, intercommunalite=epci)
    return created


def population(commune, millesime, valeur, annee=None):
    return Population.objects.create(
        commune=commune, millesime=millesime, valeur=valeur, annee=annee
    )


def mouvement(commune, jour="2022-01-01", **fields):
    """Return a change of name, as it is kept; the territory itself is not changed."""
    fields = {"sorte": "nom", "nom": "Villeneuve", "ecart": {"annees": []}} | fields
    return Mouvement.objects.create(commune=commune, date_effet=day(jour), **fields)


def labellisation(commune=None, debut="2021-01-22", fin=None, adhesion=None, **fields):
    return Labellisation.objects.create(
        commune=commune or globals()["commune"](epci="new"),
        debut=debut and day(debut),
        fin=fin and day(fin),
        date_signature_adhesion=adhesion and day(adhesion),
        **fields,
    )


def regroupement(convention):
    """Have a national list say how a rule put a convention together."""
    return Affirmation.objects.create(
        fiche=convention,
        champ="regroupement",
        valeur_brute="6 juillet 2023 : 1 commune",
        source=source(),
    )


def convention(signature="2023-07-06", communes=(), **fields):
    """Return an ORT signed on `signature` that founds the coverage of `communes`."""
    fields = {"identifiant": f"ort-{next(numbers)}", "intitule": "ORT d'essai"} | fields
    fields.setdefault("departement_reference", departement())
    created = Convention.objects.create(date_signature=signature and day(signature), **fields)
    for covered in communes:
        couverture(created, covered)
    return created


def avenant(convention, signature="2023-09-01", communes=(), **fields):
    """Return an avenant signed on `signature` that brings in `communes`.

    The second of one day has a number, without which it could not be told from the first.
    """
    same_day = convention.avenants.filter(date_signature=signature, numero=None)
    if "numero" not in fields and signature and same_day.exists():
        fields["numero"] = 100 + next(numbers) % 900
    created = Avenant.objects.create(
        convention=convention, date_signature=signature and day(signature), **fields
    )
    for covered in communes:
        couverture(convention, covered, entree=created)
    return created


def proposition(signed, **fields):
    """Return a proposal to the DDT that keeps `signed`, of a longer convention."""
    fields = {"destinataire": signed.departement_reference, "texte": "Huit ans."} | fields
    changements = [change_of(signed, "duree_annees", "8")]
    return Proposition.objects.create(
        convention=signed, moment=timezone.now(), changements=changements, **fields
    )


def document(convention=None, **fields):
    """Attach a public PDF; the test asks for `documents_folder`, where it is stored."""
    fields = {"titre": "Acte signé", "visibilite": "public"} | fields
    fields.setdefault("fichier", ContentFile(pdf_of(), "acte.pdf"))
    return Document.objects.create(convention=convention or globals()["convention"](), **fields)


def piece(accord=None, **fields):
    """Attach a public PDF to a decision, or to what is named; the test asks for `documents_folder`."""
    fields = {"titre": "Arrêté", "visibilite": "public", "accord": accord} | fields
    fields.setdefault("fichier", ContentFile(pdf_of(), "arrete.pdf"))
    return Piece.objects.create(**fields)


def couverture(convention, commune, **fields):
    return CommuneCouverte.objects.create(convention=convention, commune=commune, **fields)


def poste(communes=(), **fields):
    fields = {"identifiant": f"poste-{next(numbers)}", "intitule": "Chef de projet"} | fields
    created = Poste.objects.create(**fields)
    for served in communes:
        Desserte.objects.create(poste=created, commune=served)
    return created


def occupation(poste, debut, fin=None, **fields):
    return Occupation.objects.create(poste=poste, debut=day(debut), fin=fin and day(fin), **fields)


def recrutement(poste, publication, issue="", date_issue=None, **fields):
    return Recrutement.objects.create(
        poste=poste,
        date_publication=day(publication),
        issue=issue,
        date_issue=date_issue and day(date_issue),
        **fields,
    )


def cofinancement(poste, financeur="anah", annee=2022, **fields):
    return CofinancementPoste.objects.create(
        poste=poste, financeur=financeur, annee=annee, **fields
    )


def theme(cle="habitat"):
    rank = next(numbers)
    return Theme.objects.get_or_create(cle=cle, defaults={"libelle": cle, "ordre": rank})[0]


def axe(convention, code="A", **fields):
    return Axe.objects.create(
        convention=convention, code=code, **({"intitule": "Habiter le centre"} | fields)
    )


def action(communes=(), convention=None, adhesions=(), **fields):
    """Return an action: brought by `convention`, by the adhésions of labellisations, or « relevée »."""
    number = next(numbers)
    fields = {"identifiant": f"action-{number}", "intitule": f"Action {number}"} | fields
    brought = "adhesion" if adhesions else "convention" if convention else ""
    fields.setdefault("entree_par", "avenant" if fields.get("entree") else brought)
    created = Action.objects.create(convention=convention, **fields)
    for done_in in communes:
        ActionCommune.objects.create(action=created, commune=done_in)
    for labellisation in adhesions:
        ActionAdhesion.objects.create(action=created, labellisation=labellisation)
    return created


def fait(action, nature, jour, phase="", **fields):
    if nature in ("debut", "fin"):
        phase = phase or "operation"
    return FaitAction.objects.create(
        action=action, nature=nature, jour=day(jour), phase=phase, **fields
    )


def prevision(action, date_prevue, etablie_le, objet="fin", **fields):
    return Prevision.objects.create(
        action=action,
        objet=objet,
        date_prevue=day(date_prevue),
        etablie_le=day(etablie_le),
        **fields,
    )


def cout(objet, montant, jour="2024-01-01", base="HT", **fields):
    """Return a cost of an action or of a study."""
    fields |= about(objet)
    return Cout.objects.create(montant=montant, jour=day(jour), base=base, **fields)


def etude(communes=(), convention=None, actions=(), **fields):
    """Return a study, co-funded and for its first commune unless `fields` say otherwise."""
    number = next(numbers)
    fields = {
        "identifiant": f"etude-{number}",
        "intitule": f"Étude {number}",
        "nature": "faisabilite",
        "niveau": "operationnel",
        "regime": "cofinancee",
    } | fields
    if not any(fields.get(name) for name in BENEFICIAIRES):
        fields["beneficiaire_commune"] = communes[0]
    created = Etude.objects.create(convention=convention, **fields)
    for studied in communes:
        EtudeCommune.objects.create(etude=created, commune=studied)
    for prepared in actions:
        EtudeAction.objects.create(etude=created, action=prepared)
    return created


def fait_etude(etude, nature, jour, **fields):
    return FaitEtude.objects.create(etude=etude, nature=nature, jour=day(jour), **fields)


def dispositif(cle="detr", nature="etat", **fields):
    fields = {"libelle": cle.upper(), "nature": nature} | fields
    return Dispositif.objects.get_or_create(cle=cle, defaults=fields)[0]


def regle(dispositif, debut=None, fin=None, **fields):
    fields = {"article": "CGCT, art. R. 2334-28"} | fields
    return ReglePeriode.objects.create(
        dispositif=dispositif, debut=debut and day(debut), fin=fin and day(fin), **fields
    )


def financement(objet, cle="detr", nature="etat", **fields):
    """Return a line of money of an action or of a study."""
    fields.setdefault("identifiant", f"financement-{next(numbers)}")
    scheme = dispositif(cle, nature)
    return Financement.objects.create(dispositif=scheme, **about(objet), **fields)


def fait_financement(financement, nature, jour, montant=None, **fields):
    if nature == "versement":
        fields.setdefault("sorte_versement", "acompte")
    if nature == "retrait":
        fields.setdefault("sorte_retrait", "renonciation")
    return FaitFinancement.objects.create(
        financement=financement, nature=nature, jour=day(jour), montant=montant, **fields
    )


def evenement(debut="2024-02-29", departements=(), organisateurs=(), **fields):
    """Return an event of the Club, of `departements`; of none: of all of France."""
    number = next(numbers)
    fields = {"identifiant": f"evenement-{number}", "intitule": f"Atelier {number}"} | fields
    created = EvenementClub.objects.create(debut=day(debut), **({"nature": "atelier"} | fields))
    for departement in departements:
        EvenementDepartement.objects.create(evenement=created, departement=departement)
    for organisateur in organisateurs:
        EvenementOrganisateur.objects.create(evenement=created, organisme=organisateur)
    return created


def participation(evenement, participant, elus=None, equipe=None):
    """Return what a commune, an intercommunalité or a post took part in."""
    return Participation.objects.create(
        evenement=evenement, elus=elus, equipe=equipe, **about(participant)
    )


def ressource(evenement=None, **fields):
    fields = {"nature": "document", "titre": "Supports"} | fields
    fields.setdefault("adresse", f"https://exemple.fr/{next(numbers)}.pdf")
    return RessourceClub.objects.create(evenement=evenement, **fields)


def indicateur(identifiant="facades-renovees", **fields):
    """Return an indicator: façades, by commune, of all of France, unless told otherwise."""
    fields = {
        "libelle": identifiant,
        "unite": "façades",
        "definition": "Ce qui est compté",
        "perimetre": "commune",
    } | fields
    return Indicateur.objects.get_or_create(identifiant=identifiant, defaults=fields)[0]


def releve(sujet, valeur, jour, mesure=None, **fields):
    """Return a reading of an action, of a convention or of a commune; `valeur` may say why there is none."""
    if isinstance(valeur, str):
        fields["etat"], valeur = valeur, None
    if publie_le := fields.pop("publie_le", None):
        fields["publie_le"] = day(publie_le)
    return Releve.objects.create(
        indicateur=mesure or indicateur(),
        valeur=valeur,
        jour=day(jour),
        **about(sujet),
        **fields,
    )


def bilan(convention, tenu_le, periode=None, nature="annuel", **fields):
    """Return a review of an ORT, held on `tenu_le`, that answers the due date `periode`."""
    return Bilan.objects.create(
        convention=convention,
        nature=nature,
        tenu_le=day(tenu_le),
        periode=periode and day(periode),
        **fields,
    )


def cible(sujet, valeur, fixee_le, mesure=None, **fields):
    """Return a target, of an action, of a convention or of a commune; `reference` is (value, day)."""
    if reference := fields.pop("reference", None):
        fields["reference_valeur"], fields["reference_jour"] = reference[0], day(reference[1])
    return Cible.objects.create(
        indicateur=mesure or indicateur(),
        valeur=valeur,
        fixee_le=day(fixee_le),
        **about(sujet),
        **fields,
    )


def presentation(convention, assemblee, jour="2025-01-01", bilan=None, **fields):
    """Return what was presented to the council of a commune or of an intercommunalité."""
    return Presentation.objects.create(
        convention=convention, bilan=bilan, jour=day(jour), **about(assemblee), **fields
    )


def contact(sujet, fonction="maire", **fields):
    """Return a contact of a commune, an intercommunalité or a convention."""
    fields = {"nom": "Alix Exemple"} | fields
    return Contact.objects.create(fonction=fonction, **about(sujet), **fields)


def note(sujet, texte="Appel de la mairie", jour="2024-03-12", **fields):
    """Return a note about a commune, an intercommunalité or a convention."""
    return Note.objects.create(texte=texte, jour=day(jour), **about(sujet), **fields)


def about(sujet):
    return {type(sujet)._meta.model_name: sujet}


def source(cle=None, **fields):
    fields = {"titre": "Un document"} | fields
    return Source.objects.create(cle=cle or f"source-{next(numbers)}", **fields)


def signalement(departement=None, page="/", **fields):
    """Return a report about `page`, of a département or of the national level when it is None."""
    fields = {"jour": day("2023-07-06"), "message": "La date est fausse."} | fields
    fields.setdefault("created_at", timezone.now())
    return Signalement.objects.create(departement=departement, page=page, **fields)


def agent(username=None, departements=(), role=Role.AGENT, **fields):
    created = Agent.objects.create_user(
        username or f"agent-{next(numbers)}", password="secret", is_staff=True, role=role, **fields
    )
    created.departements.set(departements)
    return created


def importe(auteur, **fields):
    """Return an import that is told to have been confirmed, and wrote nothing."""
    fields = {"moment": timezone.now(), "titre": "Communes lauréates", "nom": "suivi.xlsx"} | fields
    counts = {"nouvelles": 1, "modifiees": 0, "refusees": 0}
    return Import.objects.create(auteur=auteur, motif="relecture", **counts | fields)


def organisme(nom="Préfecture", nature="etat", **fields):
    return Organisme.objects.get_or_create(nom=nom, defaults={"nature": nature} | fields)[0]
