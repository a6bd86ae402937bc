"""The first password of an account, and that of the référent of a département that opens."""

import os
import secrets

from django.conf import settings
from django.core.exceptions import ValidationError

from communes.comptes.journal import record
from communes.comptes.models import Agent, Role


class CompteRefuse(ValueError):
    """An account that cannot be opened; its message, in French, says why."""


def new_password():
    return secrets.token_urlsafe(12)


def keep_for_owner(lines):
    """Write `lines` in a file that nobody else reads; return its path. Raises `OSError`."""
    path = settings.VAR_DIR / "mots_de_passe"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
    return path


def referent_of(departement, username, courriel):
    """Return the account of the référent of a département, not yet saved if there is none of that name.

    Raises `CompteRefuse` for the name of an account that is another, or for what cannot be one.
    """
    held = Agent.objects.filter(username__iexact=username).first()
    if held is None:
        compte = Agent(username=username, email=courriel, role=Role.REFERENT, is_staff=True)
        compte.mot_de_passe_provisoire = True
        check(compte)
        return compte
    if held not in Agent.objects.referents([departement]):
        raise CompteRefuse(
            f"L'identifiant « {username} » est celui d'un autre compte : choisissez-en un autre."
        )
    return held


def check(compte):
    """Raise `CompteRefuse` for a name or an address that no account may have."""
    if not compte.email:
        raise CompteRefuse("L'adresse électronique du référent manque.")
    try:
        compte.clean_fields(exclude={"password"})
    except ValidationError as error:
        raise CompteRefuse(" ".join(error.messages)) from None


def open_account(compte, departement, par=None):
    """Save a new account of a département, and return its password, to be changed at the first log-in."""
    password = new_password()
    compte.set_password(password)
    compte.save()
    compte.departements.set([departement])
    record(par, compte, {})
    return password
