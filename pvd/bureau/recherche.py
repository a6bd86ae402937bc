"""One search, from the home: a commune, an ORT, an action, a study, a post or a person, by name or code."""

from dataclasses import dataclass

from django.contrib import admin
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from communes.models import Commune, Intercommunalite
from communes.territoire.recherche import Recherche
from ort.models import Convention
from projects.carnet.models import SUJETS
from projects.models import Action, Contact, Etude
from projects.postes.models import Occupation, Poste
from pvd.bureau.perimetre import Perimetre
from socle.admin.page_d_agent import page_url
from socle.adresses_admin import admin_url
from socle.recherche import search_key
from socle.web.filtres import LONGEST_SEARCH
from socle.web.refus import DemandeInvalide

# The page shows so many records of each sort; the list of that sort shows the others.
LINES = 10


@dataclass(frozen=True)
class FicheTrouvee:
    """A record that answers a search, and where it leads; `exacte`: it bears that very name or code.

    `douteuse`: it answers a part only of what was asked.
    """

    sorte: str
    nom: str
    adresse: str
    precision: str = ""
    exacte: bool = False
    douteuse: bool = False


@require_safe
def chercher(request):
    """Go to the one record that bears the name or the code asked for, else list those that near it."""
    asked = " ".join(request.GET.get("q", "").split())
    if len(asked) > LONGEST_SEARCH:
        raise DemandeInvalide(f"Cherchez {LONGEST_SEARCH} caractères au plus.")
    found = trouver(request, asked) if search_key(asked) else []
    for certain in ([fiche for fiche in found if fiche.exacte], found):
        if len({fiche.adresse for fiche in certain}) == 1 and not certain[0].douteuse:
            return redirect(certain[0].adresse)
    context = admin.site.each_context(request)
    context |= {"title": "Chercher", "q": asked, "trouvees": found}
    return TemplateResponse(request, "bureau/recherche.html", context)


def trouver(request, asked):
    """Return the records of the user that answer, sort after sort, as `FicheTrouvee`."""
    perimetre = Perimetre(request.user)
    found = list(communes(perimetre, asked))
    for model in (Intercommunalite, Convention, Action, Etude, Poste):
        model_admin = admin.site.get_model_admin(model)
        rows, _ = model_admin.get_search_results(request, perimetre.of(model), asked)
        found += [fiche_trouvee(record, asked) for record in rows.distinct()[:LINES]]
    return [*found, *personnes(perimetre, asked)]


def communes(perimetre, asked):
    """Yield the communes that may be meant, as the public site finds them."""
    own = Commune.objects.filter(pk__in=perimetre.of(Commune).order_by().values("pk"))
    recherche = Recherche(asked, timezone.localdate(), parmi=own)
    for rang, candidat in enumerate(recherche.candidats):
        commune = candidat.commune
        if candidat.exact or rang < LINES:
            yield FicheTrouvee(
                "Communes",
                str(commune),
                page_url(commune),
                ", ".join(filter(None, [commune.pk, candidat.pourquoi])),
                exacte=commune == recherche.certaine,
                douteuse=not recherche.entiere,
            )


def fiche_trouvee(record, asked):
    """Tell a record by its name and its code, and whether it bears one of those asked for."""
    code = getattr(record, "identifiant", record.pk)
    names = {search_key(str(record)), *getattr(record, "nom_recherche", "").split("|")}
    exact = search_key(asked) in {*names, search_key(code)}
    address = admin_url(record, "histoire") if isinstance(record, Poste) else page_url(record)
    sort = capfirst(record._meta.verbose_name_plural)
    return FicheTrouvee(sort, str(record), address, code, exact)


def personnes(perimetre, asked):
    """Yield the people of that name, whom a post or a contact names: accents are left aside."""
    key = search_key(asked)
    held = Occupation.objects.nommees_pour(perimetre.user)
    held = held.filter(poste__in=perimetre.of(Poste).order_by().values("pk"))
    contacts = perimetre.of(Contact)
    named = [pk for pk, nom in held.values_list("pk", "titulaire") if key in search_key(nom)]
    for occupation in held.filter(pk__in=named[:LINES]).select_related("poste").order_by("-debut"):
        where = admin_url(occupation.poste, "histoire")
        exact = search_key(occupation.titulaire) == key
        yield FicheTrouvee("Titulaires", occupation.titulaire, where, str(occupation.poste), exact)
    named = [pk for pk, nom in contacts.values_list("pk", "nom") if key in search_key(nom)]
    for contact in contacts.filter(pk__in=named[:LINES]).select_related(*SUJETS):
        where, exact = page_url(contact.sujet), search_key(contact.nom) == key
        what = f"{contact.en_tant_que}, {contact.sujet}"
        yield FicheTrouvee("Contacts", contact.nom, where, what, exact)
