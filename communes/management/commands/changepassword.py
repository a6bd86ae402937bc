"""Django's command that gives an account another password, and the journal that keeps it."""

from django.contrib.auth.management.commands import changepassword

from communes.comptes.journal import watched
from communes.models import Agent


class Command(changepassword.Command):
    def handle(self, *args, **options):
        with watched(None, *Agent.objects.filter(username=options["username"])):
            return super().handle(*args, **options)
