"""What happens to the Club: an event is noted, or announced, and who came to it, many at once."""

from contextlib import suppress
from typing import NamedTuple

from django import forms
from django.db.models import Q
from django.db.models.fields import BLANK_CHOICE_DASH
from django.urls import reverse

from communes.models import Departement, Intercommunalite, Labellisation, Rattachement
from ort.avertissements import Avertissement
from ort.models import Organisme
from projects.actions.models import Theme
from projects.club import coherence
from projects.club.ecriture import keeps
from projects.club.lecture import situer
from projects.club.models import (
    EvenementClub,
    EvenementDepartement,
    EvenementOrganisateur,
    NatureEvenement,
    Participation,
)
from projects.postes.models import Desserte, Poste
from pvd.bureau.gestes.base import (
    CasesField,
    Geste,
    GesteForm,
    GesteQuiCree,
    Groupe,
    SansPrecisionForm,
    save,
    unused,
)
from pvd.bureau.gestes.projet.commun import (
    chercher,
    chercher_plusieurs,
    texte_court,
    texte_long,
)
from pvd.bureau.gestes.projet.inscription import dire
from socle.admin.champs import DayField
from socle.admin.evenements import Chapitre
from socle.dates import Precision, bare, in_french
from socle.francais import UNKNOWN, liste, pluriel

PUBLIC = "Public : pas de nom de personne."
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


class EvenementForm(VenuesForm, GesteForm):
    intitule = texte_court("Intitulé", PUBLIC, max_length=300, required=True)
    nature = forms.ChoiceField(
        label="Nature", choices=[*BLANK_CHOICE_DASH, *NatureEvenement.choices]
    )
    theme = forms.ModelChoiceField(label="Thème", queryset=Theme.objects.none(), required=False)
    theme_libre = texte_court("ou autre thème", PUBLIC, max_length=200)
    date = DayField(label="Premier jour", help_text="À venir, l'événement est annoncé aujourd'hui.")
    fin = DayField(label="Dernier jour", required=False, help_text="Vide : il tient en un jour.")
    lieu = texte_court("Lieu", PUBLIC, max_length=200)
    en_ligne = forms.NullBooleanField(label="En ligne", required=False)
    departements = CasesField(
        label="Départements",
        queryset=Departement.objects.none(),
        required=False,
        help_text="Ceux dont c'est l'événement ; aucun : toute la France, que tient le niveau national.",
    )
    organisateurs = forms.ModelMultipleChoiceField(
        label="Organisé par", queryset=Organisme.objects.none(), required=False
    )
    decisions = texte_long("Ce qui a été décidé", PUBLIC, max_length=10_000)

    textes_publics = (
        *GesteForm.textes_publics,
        *("intitule", "theme_libre", "lieu", "decisions"),
    )
    parts = (
        (
            "L'événement",
            [
                *("intitule", "nature", "theme", "theme_libre", "date", "precision", "fin"),
                *("lieu", "en_ligne", "departements", "organisateurs", "decisions"),
            ],
        ),
    )

    bouton = "Lister ceux du jour de l'événement"

    def prepare(self):
        own = Departement.objects.for_user(self.user)
        chercher(self, EvenementClub, "theme")
        link = EvenementOrganisateur._meta.get_field("organisme")
        chercher_plusieurs(self, "organisateurs", link, Organisme.objects.all())
        self.fields["departements"].queryset = own
        if self.user.is_superuser:
            # Of all France they are a hundred, and those who came thousands: they are noted after.
            link = EvenementDepartement._meta.get_field("departement")
            chercher_plusieurs(self, "departements", link, own)
            own = own.none()
        elif own.count() == 1:
            self.fields["departements"].initial = [own.get().pk]
        self.propose(own, self.jour_dit())

    def jour_dit(self):
        """Return the first day that is typed; today, as long as none is."""
        with suppress(forms.ValidationError):
            return self.fields["date"].clean(self.data.get("date"))
        return self.jour

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        if data["date"] > self.jour and data["venus"]:
            self.add_error("date", coherence.A_VENIR)
        if data["theme"] and data["theme_libre"]:
            self.add_error("theme_libre", "Choisissez un thème de la liste ou un autre.")
        self.check_the_departements(data["nature"], data["departements"])
        return data

    def check_the_departements(self, nature, departements):
        """Refuse départements that the nature denies, or asks for; an agent says one of its own."""
        if nature == NatureEvenement.NATIONALE and departements:
            self.add_error("departements", coherence.NATIONALE_D_UN_DEPARTEMENT)
        elif nature == NatureEvenement.DEPARTEMENTALE and not departements:
            self.add_error("departements", coherence.SANS_DEPARTEMENT)
        elif not departements and not self.user.is_superuser:
            self.add_error("departements", coherence.AUCUN_DES_VOTRES)


class GesteDuClub(Geste):
    """Something that happens to an event of the Club: no figure of the programme changes."""

    model = EvenementClub
    annonce = True

    def warnings(self, record, data):
        """Tell who was of no programme that day: it may have come all the same."""
        if data["hors_liste"]:
            yield Avertissement(
                f"Pas au programme ce jour-là : {liste(who.fiche for who in data['hors_liste'])}.",
                "Vérifiez le jour de l'événement, ou qui est venu.",
            )

    def communes(self, record, data):
        """Return the keys of the communes ticked."""
        return sorted(who.fiche.pk for who in data["venus"] if who.sorte == "commune")

    def departements(self, record, data):
        return Departement.objects.none()

    def etats(self, record, jour):
        """Return what anybody reads of who came, by label."""
        (ligne,) = situer([record], jour)
        numbers = {"communes": len(ligne.communes) or None}
        numbers |= {"élus": ligne.elus, "équipe": ligne.equipe}
        return {label: UNKNOWN if n is None else str(n) for label, n in numbers.items()}

    def address(self, record):
        return reverse("admin:projects_evenementclub_change", args=[record.pk])


class NoterEvenement(GesteQuiCree, GesteDuClub):
    slug = "noter-un-evenement"
    titre = "Noter un événement et qui est venu"
    fait = "Événement du Club noté"
    form = EvenementForm
    adds = (EvenementClub, EvenementDepartement, EvenementOrganisateur, Participation)

    def chapitres(self, data):
        """A preview rests on the events of the same day."""
        return [Chapitre(EvenementClub.history.filter(debut=data["date"]))]

    def phrases(self, record, data):
        when = bare(data["date"], data["precision"])
        where = ", ".join(filter(None, [data["lieu"], data["en_ligne"] and "en ligne"]))
        nature = NatureEvenement(data["nature"]).label
        told = [f"« {data['intitule']} », {nature} : {when}, {where or 'lieu non renseigné'}."]
        whose = liste(data["departements"]) if data["departements"] else "toute la France"
        who = liste(data["organisateurs"]) if data["organisateurs"] else UNKNOWN
        return [*told, f"De qui : {whose}. Organisé par : {who}.", *dire_les_venus(data["venus"])]

    def write(self, record, form, reason):
        data = form.cleaned_data
        for name in ("intitule", "nature", "theme", "theme_libre", "lieu", "en_ligne", "decisions"):
            setattr(record, name, data[name])
        record.debut, record.precision_debut, record.fin = (
            data["date"],
            data["precision"],
            data["fin"],
        )
        record.identifiant = unused(EvenementClub, "identifiant", data["intitule"], "evenement")
        save(record, reason)
        for departement in data["departements"]:
            save(EvenementDepartement(evenement=record, departement=departement), reason)
        for organisme in data["organisateurs"]:
            save(EvenementOrganisateur(evenement=record, organisme=organisme), reason)
        noter(form, record, reason)
        said = [(record, "debut", record.debut, record.precision_debut)]
        if record.fin:
            said.append((record, "fin", record.fin, Precision.JOUR))
        return record, said


class VenusForm(VenuesForm, SansPrecisionForm):
    date = None

    def prepare(self):
        noted = Q(pk__in=Departement.objects.for_user(self.user))
        of_event = Q(pk__in=self.record.departements_lies.order_by().values("departement"))
        if self.user.is_superuser:
            noted = of_event
        elif keeps(self.user, self.record):
            noted |= of_event
        self.propose(Departement.objects.filter(noted), self.record.debut)


class NoterQuiEstVenu(GesteDuClub):
    slug = "noter-qui-est-venu"
    titre = "Noter qui est venu"
    fait = "Participations au Club notées"
    form = VenusForm
    adds = (Participation,)
    impossible = "Cet événement n'a pas commencé : personne n'y est encore venu."

    def candidates(self, records, jour):
        return records.filter(debut__lte=jour)

    def phrases(self, record, data):
        return dire_les_venus(data["venus"])

    def write(self, record, form, reason):
        noter(form, record, reason)
        return record, []

    def say_besides(self, record, source, how):
        dire(record, "participations", "qui est venu", source, how)
