"""Opens the first two accounts of a new site, and never touches the accounts of an older one."""

import secrets

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from communes.comptes.journal import record
from communes.models import Agent, Departement, Role


class Command(BaseCommand):
    help = (
        "Crée le compte d'un agent du département et celui du niveau national, s'il n'y en a aucun."
    )

    @transaction.atomic
    def handle(self, *args, **options):
        if Agent.objects.exists():
            self.stdout.write("Des comptes existent déjà : rien n'est changé.")
            return
        departement = self.departement()
        passwords = {f"agent{departement.pk}": new_password(), "national": new_password()}
        agent, national = (
            Agent.objects.create_user(username, password=password, is_staff=True)
            for username, password in passwords.items()
        )
        agent.role = Role.AGENT
        agent.save()
        agent.departements.set([departement])
        national.is_superuser = True
        national.save()
        for created in (agent, national):
            record(None, created, {})
        self.report(departement, passwords)

    def departement(self):
        """Return the département of this site, the Hérault unless the settings name another."""
        code = settings.PVD_DEPARTEMENT or "34"
        departement = Departement.objects.filter(pk=code).first()
        if departement is None:
            raise CommandError(
                f"Le département {code} n'est pas dans la base : lancez d'abord "
                "« manage.py charger_territoire », ou corrigez PVD_DEPARTEMENT."
            )
        return departement

    def report(self, departement, passwords):
        self.stdout.write(
            f"Deux comptes créés : un agent {departement.avec_de} et le niveau national."
        )
        for username, password in passwords.items():
            self.stdout.write(f"  identifiant : {username:<10} mot de passe : {password}")
        self.stdout.write("Notez ces mots de passe : ils ne seront plus jamais affichés.")


def new_password():
    return secrets.token_urlsafe(12)
