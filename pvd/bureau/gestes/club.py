"""What happens to the Club: an event is noted, or announced, and who came to it, many at once."""

from contextlib import suppress

from django import forms
from django.db.models import Q
from django.db.models.fields import BLANK_CHOICE_DASH
from django.urls import reverse

from communes.models import Departement
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
from pvd.bureau.gestes.base import Geste, GesteQuiCree
from pvd.bureau.gestes.ecriture import save, unused
from pvd.bureau.gestes.formulaire import CasesField, GesteForm, SansPrecisionForm
from pvd.bureau.gestes.projet.commun import (
    chercher,
    chercher_plusieurs,
    texte_court,
    texte_long,
)
from pvd.bureau.gestes.projet.inscription import dire
from pvd.bureau.gestes.venues import VenuesForm, dire_les_venus, noter
from socle.admin.champs import DayField
from socle.admin.evenements import Chapitre
from socle.dates import Precision, bare
from socle.francais import UNKNOWN, liste

PUBLIC = "Public : pas de nom de personne."


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
        refused = coherence.refus_des_departements(nature, departements)
        if not (refused or departements or self.user.is_superuser):
            refused = coherence.AUCUN_DES_VOTRES
        if refused:
            self.add_error("departements", refused)


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
