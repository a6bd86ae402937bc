"""A made-up France of the size of the true programme, in a database of its own: for `make bench`.

The communes are the real ones, and the Hérault its real records; all the rest is drawn at random,
always the same, and is shown to nobody.
"""

import datetime
import random
import sys

from django.core.management import call_command
from django.db import transaction

from communes.models import Commune, Departement, Labellisation, Rattachement, Tenue
from ort.models import Avenant, CommuneCouverte, Convention
from projects.postes.models import Desserte, Occupation, Poste, Recrutement
from socle.historique import sans_historique
from tools.plans import Plans

# The programme as a whole (ANCT, 2024): communes lauréates; ORT and posts, the order of size.
COMMUNES, ORT, POSTES = 1_646, 1_100, 900
FIRST, DAYS = datetime.date(2021, 1, 1), 1_900
HERAULT = "34"


def fill(times=1):
    """Load the real territory and the real Hérault, then draw a programme `times` the size of France's."""
    call_command("migrate", verbosity=0)
    if Labellisation.objects.exists():
        return
    print("Préparation de la France inventée…", file=sys.stderr)
    # Whole or not at all: half a France would be measured without a word the next time.
    with transaction.atomic():
        for command in ("charger_territoire", "charger_contours", "charger_programme"):
            call_command(command, stdout=sys.stderr)
        with sans_historique():
            Draw(random.Random(34), times).all()
            Plans(random.Random(34)).all()


class Draw:
    """The records drawn; `chance` gives the same ones each time."""

    def __init__(self, chance, times):
        self.chance, self.times = chance, times
        held = set(Labellisation.objects.values_list("commune", flat=True))
        self.members = dict(
            Rattachement.objects.as_of(FIRST).values_list("commune", "intercommunalite")
        )
        found = Commune.objects.as_of(FIRST).exclude(departement=HERAULT).exclude(pk__in=held)
        codes = sorted(found.filter(pk__in=self.members).values_list("pk", "departement_id"))
        self.communes = chance.sample(codes, COMMUNES * times - len(held))

    def all(self):
        self.labellisations()
        self.conventions()
        self.postes()
        departements = {departement for _, departement in self.communes}
        Departement.objects.filter(pk__in=departements).update(
            tenue=Tenue.COMPLETE, tenue_postes=Tenue.COMPLETE
        )

    def day(self, first=FIRST):
        """Return a day at random, from `first` on."""
        return first + datetime.timedelta(days=self.chance.randint(0, DAYS))

    def labellisations(self):
        labels = []
        for code, _ in self.communes:
            debut = datetime.date(2021, 1, 22)
            left = self.chance.random() < 0.03
            labels.append(
                Labellisation(
                    commune_id=code,
                    debut=debut,
                    fin=self.day(datetime.date(2023, 1, 1)) if left else None,
                    date_signature_adhesion=debut
                    + datetime.timedelta(self.chance.randint(60, 500)),
                )
            )
        Labellisation.objects.bulk_create(labels, 500)

    def conventions(self):
        conventions = [
            Convention(
                identifiant=f"ort-inventee-{rank}",
                intitule=f"ORT inventée n° {rank}",
                porteur_id=self.members[code],
                departement_reference_id=departement,
                date_signature=self.day(datetime.date(2021, 6, 1)),
                duree_annees=self.chance.choice([None, 3, 5, 5]),
            )
            for rank, (code, departement) in enumerate(self.communes[: ORT * self.times])
        ]
        conventions = Convention.objects.bulk_create(conventions, 500)
        avenants = Avenant.objects.bulk_create(
            [
                Avenant(
                    convention=convention,
                    identifiant=f"{convention.identifiant}-avenant-1",
                    date_signature=convention.date_signature + datetime.timedelta(200),
                    duree_annees=self.chance.choice([None, 8]),
                )
                for convention in self.chance.sample(conventions, len(conventions) // 4)
            ],
            500,
        )
        by_founding = [
            CommuneCouverte(convention=convention, commune_id=code)
            for convention, (code, _) in zip(conventions, self.communes, strict=False)
        ]
        others = self.communes[len(conventions) :]
        by_avenant = [
            CommuneCouverte(convention=avenant.convention, commune_id=code, entree=avenant)
            for avenant, (code, _) in zip(avenants, others, strict=False)
        ]
        CommuneCouverte.objects.bulk_create(by_founding + by_avenant, 500)

    def postes(self):
        served = self.communes[: POSTES * self.times]
        postes = Poste.objects.bulk_create(
            [
                Poste(
                    identifiant=f"poste-invente-{rank}",
                    intitule=f"Chef de projet inventé n° {rank}",
                    employeur_commune_id=code,
                    quotite=100,
                    date_ouverture=self.day(datetime.date(2021, 3, 1)),
                )
                for rank, (code, _) in enumerate(served)
            ],
            500,
        )
        Desserte.objects.bulk_create(
            [
                Desserte(poste=poste, commune_id=code)
                for poste, (code, _) in zip(postes, served, strict=True)
            ],
            500,
        )
        offers, people = [], []
        for poste in postes:
            settled = poste.date_ouverture + datetime.timedelta(days=60)
            offers.append(
                Recrutement(
                    poste=poste,
                    date_publication=poste.date_ouverture,
                    issue=Recrutement.Issue.RECRUTE,
                    date_issue=settled,
                )
            )
            left = self.chance.random() < 0.4
            people.append(
                Occupation(
                    poste=poste,
                    debut=settled,
                    fin=self.day(settled + datetime.timedelta(30)) if left else None,
                    quotite=100,
                )
            )
        Recrutement.objects.bulk_create(offers, 500)
        Occupation.objects.bulk_create(people, 500)
