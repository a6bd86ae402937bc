"""The home page, the page of France and that of a département: figures, delays, published figures."""

from collections import Counter
from dataclasses import dataclass
from itertools import chain

from django.conf import settings
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, render

from communes.models import Commune, Departement, Tenue
from communes.programme.lecture import ouverture
from ort.models import Convention
from projects.postes.series import etats_des_postes
from pvd.portail.cartes.departement import carte, communes_montrees
from pvd.portail.cartes.france import carte_france
from pvd.portail.series import signatures
from pvd.suivi.chiffres import REGLES, SINGULIERS, Decompte, absence_tells
from pvd.suivi.comparaisons import comparaisons, parts_de_la_france
from pvd.suivi.completude import champ_de, en_entier
from pvd.suivi.faits import Faits
from pvd.suivi.models import Chiffre
from pvd.suivi.regles import Statut
from pvd.suivi.situation import situations
from socle.web.jour import jour_of

# The figures that stand out, each with those that detail it.
TUILES = {
    Chiffre.COMMUNES: [],
    Chiffre.INTERCOMMUNALITES: [],
    Chiffre.ORT: [Chiffre.CONVENTIONS_PROPRES, Chiffre.ORT_PAR_AVENANT],
    Chiffre.COMMUNES_COUVERTES: [Chiffre.PAR_AVENANT],
    Chiffre.CHEFS_DE_PROJET: [],
}


@dataclass
class Tuile:
    """A figure, its rule in words, and the figures that detail it.

    `en_entier`: what it counts is kept in full; else it tells what is recorded here, and not of the place.
    `listes`: what it counts is known by the national lists alone.
    """

    chiffre: Chiffre
    valeur: int | None
    details: list
    en_entier: bool = True
    listes: bool = False

    @property
    def libelle(self):
        """Return the name of the figure, in agreement with its value."""
        one_or_none = self.valeur is not None and self.valeur < 2
        label = (
            SINGULIERS.get(self.chiffre, self.chiffre.label) if one_or_none else self.chiffre.label
        )
        if self.en_entier or self.valeur is None:
            return label
        if self.listes:
            return f"{label} {Tenue.LISTES.label}"
        feminine = "" if self.chiffre == Chiffre.CHEFS_DE_PROJET else "e"
        return f"{label} enregistré{feminine}{'' if one_or_none else 's'} ici"

    @property
    def en_grand(self):
        """Tell whether it may stand out: a figure known, and that is the one of the place."""
        return self.en_entier and self.valeur is not None

    @property
    def regle(self):
        return REGLES[self.chiffre]


def tuiles(decompte):
    """Return the figures to show; where nothing recorded tells nothing, unknown and not zero."""
    shown = chain(TUILES, chain.from_iterable(TUILES.values()))
    values = {chiffre: decompte[chiffre] for chiffre in shown}
    whole = {champ: en_entier(decompte.departement, champ) for champ in ("tenue", "tenue_postes")}
    if not (whole["tenue"] and absence_tells(decompte, ouverture())):
        values = {chiffre: value or None for chiffre, value in values.items()}
    return [
        Tuile(
            main,
            values[main],
            [Tuile(detail, values[detail], []) for detail in details],
            whole[champ_de(main)],
            known_by_lists(decompte.departement, champ_de(main)),
        )
        for main, details in TUILES.items()
    ]


def known_by_lists(departement, champ):
    """Tell whether the data of `departement` are known by the national lists alone; not of all France."""
    return departement is not None and getattr(departement, champ) == Tenue.LISTES


def accueil(request):
    """Show the département of the site if it has one, else France."""
    departement = Departement.objects.filter(pk=settings.PVD_DEPARTEMENT).first()
    return page_of_departement(request, departement) if departement else france(request)


def departement(request, code):
    return page_of_departement(request, get_object_or_404(Departement, pk=code.upper()))


def page_of_departement(request, departement):
    jour = jour_of(request)
    context = read_departement(departement, jour)
    shown = [*context["suivies"], *context["partenaires"]]
    faits = context["decompte"].faits
    context |= {
        "carte": carte(departement, shown, jour),
        "parts": parts_de_la_france(departement, jour, faits),
        "signatures": signatures(faits, jour),
        "etats_des_postes": etats_des_postes(departement, jour),
    }
    return render(request, "portail/departement.html", context)


def read_departement(departement, jour):
    """Return what the page of a département tells of it on `jour`, and its data twin too."""
    decompte = Decompte(departement, jour, Faits.du_programme(departement))
    suivies, partenaires = [], []
    for situation in situations(communes_montrees(departement, jour), jour):
        known = situation.labellisation and situation.commune.departement_id == departement.pk
        (suivies if known else partenaires).append(situation)
    laureates = [s for s in suivies if s.laureate]
    waiting = [s for s in laureates if s.echeance_ort]
    no_more = [s for s in laureates if s.plus_couverte]
    never = [s for s in laureates if not (s.couverture or s.echeance_ort or s.plus_couverte)]
    return {
        "jour": jour,
        "departement": departement,
        "decompte": decompte,
        "suivies": suivies,
        "partenaires": partenaires,
        "tuiles": tuiles(decompte),
        "laureates": laureates,
        "sorties": [s for s in suivies if s.statut == Statut.SORTIE],
        "en_attente": sorted(waiting, key=lambda s: s.echeance_ort),
        "sans_echeance": len(never),
        "plus_couvertes": no_more,
        "ort_par_avenant": Convention.objects.filter(pk__dans=decompte.ort_par_avenant),
        "comparaisons": comparaisons(departement, jour, decompte.faits),
    }


def france(request):
    """Show what is recorded of France: the départements of the programme, and how far each is kept."""
    jour = jour_of(request)
    faits = Faits.du_programme(None)
    decompte = Decompte(None, jour, faits)
    waiting = set(decompte.laureates) - decompte.couvertes
    communes = count_by_departement(decompte.laureates)
    late = count_by_departement(code for code in waiting if faits.en_retard(code, jour))
    departements = list(
        Departement.objects.filter(Q(pk__dans=communes) | ~Q(tenue=Tenue.AUCUNE)).select_related(
            "region"
        )
    )
    context = {
        "jour": jour,
        "tuiles": tuiles(decompte),
        "carte": carte_france(departements, communes),
        "departements": [
            (d, communes[d.pk], None if d.tenue == Tenue.LISTES else late[d.pk])
            for d in departements
        ],
        "comparaisons": comparaisons(None, jour, faits),
        "signatures": signatures(faits, jour),
    }
    return render(request, "portail/france.html", context)


def count_by_departement(codes):
    """Return how many of the communes of `codes` each département has, by its code: one query."""
    communes = Commune.objects.filter(pk__dans=codes).order_by()
    return Counter(dict(communes.values_list("departement").annotate(Count("pk"))))
