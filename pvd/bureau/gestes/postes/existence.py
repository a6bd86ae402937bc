"""A post opens, with its employer and its communes, and it closes."""

from django import forms
from django.contrib import admin
from django.db.models import Q

from communes.models import Commune, Intercommunalite
from ort.models import Organisme
from projects.postes.avertissements import Service, avant_le_programme
from projects.postes.intitule import identifiant_usuel, intitule_usuel
from projects.postes.models import EMPLOYEURS, Desserte, MotifDepart, Occupation, Poste
from pvd.bureau.gestes.base import GesteQuiCree
from pvd.bureau.gestes.ecriture import save, unused
from pvd.bureau.gestes.formulaire import GesteForm, offer
from pvd.bureau.gestes.postes.commun import QUOTITE, GesteDePoste, last_day, named, offers, said_of
from socle.admin.choix import SearchedSelect, SearchedSelectMultiple
from socle.admin.portee import CommunesField
from socle.dates import in_words
from socle.francais import liste, nom_au


class OuverturePosteForm(GesteForm):
    intitule = forms.CharField(
        label="Intitulé",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Vide : « Chef de projet Petites villes de demain », puis le nom des communes.",
    )
    employeur_commune = forms.ModelChoiceField(
        label="Employeur : commune", queryset=Commune.objects.none(), required=False
    )
    employeur_intercommunalite = forms.ModelChoiceField(
        label="ou intercommunalité", queryset=Intercommunalite.objects.none(), required=False
    )
    employeur_organisme = forms.ModelChoiceField(
        label="ou PETR, autre organisme",
        queryset=Organisme.objects.all(),
        required=False,
        help_text="PETR : pôle d'équilibre territorial et rural.",
    )
    service = forms.CharField(
        label="Service ou direction",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Où le poste est placé chez son employeur. Public : pas de nom de personne.",
    )
    quotite = forms.IntegerField(
        label="Quotité de temps, en %", help_text="100 : temps plein.", **QUOTITE
    )
    communes = CommunesField(
        label="Communes desservies",
        queryset=Commune.objects.none(),
        help_text="Dès l'ouverture. Tapez le début d'un nom ou un code INSEE.",
    )
    textes_publics = (*GesteForm.textes_publics, "intitule", "service")
    field_order = ["intitule", *EMPLOYEURS, "service", "quotite", "communes", "date", "precision"]

    def prepare(self):
        self.fields["date"].label = "Ouvert le"
        self.fields["date"].help_text = "Premier jour où le poste existe."
        for name, rows in {
            "employeur_commune": Commune.objects.for_user(self.user),
            "employeur_intercommunalite": Intercommunalite.objects.for_user(self.user),
            "employeur_organisme": Organisme.objects.all(),
        }.items():
            offer(self, name, rows, SearchedSelect(Poste._meta.get_field(name), admin.site))
        searched = SearchedSelectMultiple(Desserte._meta.get_field("commune"), admin.site)
        offer(self, "communes", Commune.objects.for_user(self.user), searched)

    def clean(self):
        """Ask for one employer, and one only."""
        data = super().clean()
        chosen = [name for name in EMPLOYEURS if data.get(name)]
        if not chosen and not any(name in self.errors for name in EMPLOYEURS):
            self.add_error("employeur_commune", "Indiquez qui emploie.")
        elif len(chosen) > 1:
            self.add_error(chosen[1], "Un poste a un seul employeur.")
        if not data.get("intitule") and data.get("communes") and "intitule" not in self.errors:
            data["intitule"] = intitule_usuel(data["communes"])
        return data


class OuvrirPoste(GesteQuiCree, GesteDePoste):
    slug = "ouvrir-un-poste"
    titre = "Ouvrir un poste"
    fait = "Poste ouvert"
    form = OuverturePosteForm
    adds = [Poste, Desserte]
    par_commune = Desserte

    def communes(self, record, data):
        return [commune.pk for commune in data["communes"]]

    def phrases(self, record, data):
        jour = data["date"]
        employer = next(data[name] for name in EMPLOYEURS if data[name])
        share = f", à {data['quotite']} % d'un temps plein" if data["quotite"] else ""
        where = f" ({data['service']})" if data["service"] else ""
        return [
            f"Le poste « {data['intitule']} » est ouvert {in_words(jour, data['precision'])}{share}.",
            f"Employeur : {nom_au(employer, jour)}{where}.",
            f"Il dessert, dès ce jour-là : {liste(data['communes'])}.",
            "Les offres, les personnes et les cofinancements s'enregistreront à part.",
        ]

    def warnings(self, record, data):
        """Tell whom the post would serve before the programme does."""
        return avant_le_programme(
            Service(commune.pk, data["date"], data["precision"]) for commune in data["communes"]
        )

    def write(self, record, form, reason):
        data = form.cleaned_data
        names = ["intitule", "service", "quotite", *EMPLOYEURS]
        for name in names:
            setattr(record, name, data[name])
        name = identifiant_usuel(data["communes"])
        record.identifiant = unused(Poste, "identifiant", name, "poste")
        record.date_ouverture, record.precision_ouverture = data["date"], data["precision"]
        save(record, reason)
        said = [(record, "date_ouverture", data["date"], data["precision"])]
        for commune in data["communes"]:
            served = Desserte(poste=record, commune=commune, debut=data["date"])
            save(served, reason)
            said.append((served, "debut", data["date"], data["precision"]))
        return record, said


class FermetureForm(GesteForm):
    def prepare(self):
        self.fields["date"].label = "Fermé le"
        self.fields["date"].help_text = "Premier jour où le poste n'existe plus."


class FermerPoste(GesteDePoste):
    slug = "fermer-le-poste"
    titre = "Fermer le poste"
    fait = "Poste fermé"
    form = FermetureForm
    impossible = "Ce poste est déjà fermé, ou une offre est en cours : dites d'abord son issue."

    def candidates(self, records, jour):
        """Keep the open posts for which no offer is under way."""
        return records.filter(date_fermeture__isnull=True).exclude(offers(jour))

    def leaving(self, record, fin):
        """Return the people who would still hold the post on `fin`."""
        return Occupation.objects.filter(Q(fin__isnull=True) | Q(fin__gt=fin), poste=record)

    def phrases(self, record, data):
        last = last_day(data["date"])
        return [
            f"Le poste n'existe plus {in_words(data['date'], data['precision'])}.",
            *(
                f"Dernier jour en poste ({named(occupation)}) : {last}."
                for occupation in self.leaving(record, data["date"])
            ),
        ]

    def write(self, record, form, reason):
        data = form.cleaned_data
        said = []
        for occupation in self.leaving(record, data["date"]):
            occupation.fin = data["date"]
            occupation.motif_depart = occupation.motif_depart or MotifDepart.FIN_DU_POSTE
            save(occupation, reason)
            said.append(said_of(occupation, "fin"))
        record.date_fermeture, record.precision_fermeture = data["date"], data["precision"]
        save(record, reason)
        return record, [(record, "date_fermeture", data["date"], data["precision"]), *said]
