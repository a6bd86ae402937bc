"""Who came to an event: a box for each, and how many elected officials and agents, if it is known."""

from typing import NamedTuple

from django import forms
from django.db.models import Q

from communes.models import Intercommunalite, Labellisation, Rattachement
from projects.club.models import (
    Participation,
)
from projects.postes.models import Desserte, Poste
from pvd.bureau.gestes.ecriture import save
from pvd.bureau.gestes.formulaire import Groupe
from socle.dates import in_french
from socle.francais import liste, pluriel

NEGATIF = "Un nombre de participants n'est pas négatif : laissez vide s'il est inconnu."
# How each sort of participant is headed, in the order of the page.
TITRES = {
    "commune": "Communes venues",
    "intercommunalite": "Intercommunalités venues",
    "poste": "Postes de chef de projet venus",
}
COCHEZ = "Cochez, puis les nombres d'élus et d'agents s'ils sont connus."


class VenueWidget(forms.MultiWidget):
    """A box to tick, and two numbers: how many elected members, how many of the team."""

    def __init__(self, nom="", attrs=None):
        def number(word):
            told = {"aria-label": f"{nom} : {word}", "placeholder": word, "min": 0}
            return forms.NumberInput(attrs={**told, "class": "bureau-nombre"})

        box = forms.CheckboxInput(attrs={"aria-label": f"{nom} : venue"})
        super().__init__((box, number("élus"), number("équipe")), attrs)

    def decompress(self, value):
        return value or [False, None, None]

    def id_for_label(self, id_):
        return f"{id_}_0"


class VenueCachee(VenueWidget):
    """The same, carried from the preview to the confirmation."""

    def __init__(self, attrs=None):
        super().__init__(attrs=attrs)
        self.widgets = [forms.HiddenInput() for _ in self.widgets]


class VenueField(forms.MultiValueField):
    """Whether somebody came, and how many: a number that is typed is as good as the box."""

    hidden_widget = VenueCachee

    def __init__(self, nom, **kwargs):
        numbers = [
            forms.IntegerField(
                required=False, min_value=0, max_value=9999, error_messages={"min_value": NEGATIF}
            )
            for _ in range(2)
        ]
        fields = (forms.BooleanField(required=False), *numbers)
        asked = {"required": False, "require_all_fields": False, "widget": VenueWidget(nom)}
        super().__init__(fields, label=nom, **asked, **kwargs)

    def compress(self, data_list):
        """Return how many elected members and how many of the team came, or None if nobody did."""
        came, elus, equipe = data_list or (False, None, None)
        return (elus, equipe) if came or elus is not None or equipe is not None else None


class Invite(NamedTuple):
    """Somebody who may have come: which sort of participant, and its record."""

    sorte: str
    fiche: object

    @property
    def champ(self):
        return f"venue_{self.sorte}_{self.fiche.pk}"

    def dit_par(self, sent):
        """Tell whether what a form was sent says that it came: a box that is carried may say « False »."""
        box, *numbers = (sent.get(f"{self.champ}_{part}") or "" for part in range(3))
        return box not in ("", "False") or any(numbers)


def invites(departements, jour):
    """Return who may have come of some départements: communes of the programme, their groupings, posts."""
    laureates = Labellisation.objects.as_of(jour).communes(jour)
    communes = laureates.filter(departement__in=departements).order_by("nom_recherche")
    keys = communes.order_by().values("pk")
    members = Rattachement.objects.as_of(jour).filter(commune__in=keys)
    epcis = Intercommunalite.objects.filter(pk__in=members.values("intercommunalite"))
    served = Desserte.objects.as_of(jour).filter(commune__departement__in=departements)
    postes = Poste.objects.filter(pk__in=served.order_by().values("poste"))
    return [
        *(Invite("commune", commune) for commune in communes),
        *(Invite("intercommunalite", epci) for epci in epcis.order_by("nom_recherche")),
        *(Invite("poste", poste) for poste in postes.order_by("intitule", "pk")),
    ]


class VenuesForm(forms.Form):
    """Who came, one line each; `propose` says of which départements, once the form knows its user.

    They are those of the day of the event, or of today if it is to come or not told yet; and whoever is
    noted or was ticked, even so.
    """

    # What a button asks for, where the day of the event is typed on the same page.
    bouton = ""

    def propose(self, departements, jour):
        self.de, self.jour_des_listes = departements, min(jour, self.jour)
        of_day = invites(departements, self.jour_des_listes)
        today = of_day if self.jour_des_listes == self.jour else invites(departements, self.jour)
        ticked = [who for who in today if who.dit_par(self.data)]
        held = self.notees()
        others = sorted([*ticked, *held], key=lambda who: str(who.fiche))
        self.du_jour = {who.champ for who in of_day}
        self.invites = {who.champ: who for who in [*of_day, *others]}
        for champ, who in self.invites.items():
            self.fields[champ] = VenueField(str(who.fiche))
            if row := held.get(who):
                self.fields[champ].initial = [True, row.elus, row.equipe]

    def notees(self):
        """Return the participations already noted of these départements, by who came."""
        if not self.record.pk:
            return {}
        of_theirs = Q(commune__departement__in=self.de)
        for path in ("intercommunalite__rattachements", "poste__dessertes"):
            of_theirs |= Q(**{f"{path}__commune__departement__in": self.de})
        rows = Participation.objects.filter(of_theirs, evenement=self.record.pk).distinct()
        return {
            Invite(sorte, getattr(row, sorte)): row
            for row in rows.select_related(*TITRES)
            for sorte in TITRES
            if getattr(row, f"{sorte}_id")
        }

    @property
    def groupes_du_fait(self):
        """Fold the lists of who came, below the event: alone where nothing else is asked."""
        return [*(super().groupes_du_fait if self.parts else ()), *self.groupes_des_venues]

    @property
    def groupes_des_venues(self):
        """Return the lists of who came; one is open once somebody is noted there, or refused."""
        names = {
            sorte: [c for c, who in self.invites.items() if who.sorte == sorte] for sorte in TITRES
        }
        aide = f"{COCHEZ} Au programme le {in_french(self.jour_des_listes)}."
        return [
            Groupe(
                f"{titre} ({len(names[sorte])})",
                [self[name] for name in names[sorte]],
                plie=True,
                ouvert=any(self.est_dite(name) for name in names[sorte]),
                aide=aide,
                bouton=self.bouton,
            )
            for sorte, titre in TITRES.items()
            if names[sorte]
        ]

    def est_dite(self, champ):
        """Tell whether somebody is noted, ticked or refused."""
        noted = self.fields[champ].initial is not None
        said = self.invites[champ].dit_par(self.data) if self.is_bound else noted
        return said or champ in self.errors

    def clean(self):
        """Say, as `venus`, who came, each with how many elected members and how many of the team."""
        data = super().clean()
        came = {who: data.get(champ) for champ, who in self.invites.items()}
        data["venus"] = {who: nombres for who, nombres in came.items() if nombres is not None}
        data["hors_liste"] = [who for who in data["venus"] if who.champ not in self.du_jour]
        return data


def noter(form, evenement, reason):
    """Write who came: what is ticked is added or corrected, what is no longer ticked is taken out."""
    held, venus = form.notees(), form.cleaned_data["venus"]
    for who, row in held.items():
        if who not in venus:
            row.because(reason).delete()
    for who, (elus, equipe) in venus.items():
        row = held.get(who) or Participation(evenement=evenement, **{who.sorte: who.fiche})
        if row.pk is None or (row.elus, row.equipe) != (elus, equipe):
            row.elus, row.equipe = elus, equipe
            save(row, reason)


def dit(who, nombres):
    """Say who came, and how many where it is known."""
    words = zip(nombres, ("élu,élus", "agent,agents"), strict=True)
    known = [pluriel(nombre, mots) for nombre, mots in words if nombre is not None]
    return f"{who.fiche} ({', '.join(known)})" if known else str(who.fiche)


def dire_les_venus(venus):
    """Return, as sentences, who came."""
    if not venus:
        return ["Qui y est venu : rien de noté."]
    return [f"Y sont venus : {liste(dit(*one) for one in venus.items())}."]
