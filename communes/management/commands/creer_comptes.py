"""Opens the first two accounts of a new site, and never touches the accounts of an older one."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from communes.comptes.journal import record
from communes.comptes.ouverture import keep_for_owner, new_password
from communes.models import Agent, Departement, Role


class Command(BaseCommand):
    help = (
        "Crée le compte d'un agent du département et celui du niveau national, s'il n'y en a aucun."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--afficher",
            action="store_true",
            help="affiche les mots de passe même hors d'un terminal : jamais en production",
        )

    @transaction.atomic
    def handle(self, afficher, **options):
        if afficher and settings.PRODUCTION:
            raise CommandError("--afficher peut écrire dans un journal : interdit en production.")
        if Agent.objects.exists():
            self.stdout.write("Des comptes existent déjà : rien n'est changé.")
            return
        departement = self.departement()
        passwords = {f"agent{departement.pk}": new_password(), "national": new_password()}
        agent, national = (
            # Shown on a screen, they are those of a trial; kept in a file, of a site that will live.
            Agent.objects.create_user(
                username, password=password, is_staff=True, mot_de_passe_provisoire=not afficher
            )
            for username, password in passwords.items()
        )
        agent.role = Role.AGENT
        agent.save()
        agent.departements.set([departement])
        national.is_superuser = True
        national.save()
        for created in (agent, national):
            record(None, created, {})
        self.report(departement, passwords, shown=afficher or self.stdout.isatty())

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

    def report(self, departement, passwords, shown):
        """Show the passwords to whoever looks; what is not a terminal may be a journal, which keeps them."""
        self.stdout.write(
            f"Deux comptes créés : un agent {departement.avec_de} et le niveau national."
        )
        lines = [
            f"  identifiant : {username:<10} mot de passe : {password}"
            for username, password in passwords.items()
        ]
        if shown:
            self.stdout.write("\n".join(lines))
            self.stdout.write("Notez ces mots de passe : ils ne seront plus jamais affichés.")
        else:
            try:
                path = keep_for_owner(lines)
            except OSError as error:
                raise CommandError(
                    "« mots_de_passe » ne s'écrit pas : aucun compte n'est créé."
                ) from error
            self.stdout.write(
                f"Leurs mots de passe sont dans « {path} » : lisez-le, puis supprimez-le."
            )
