"""The back office of the communes, a module a subject; Django looks for it here."""

from communes.comptes import admin as comptes
from communes.interlocuteurs import admin as interlocuteurs
from communes.programme import admin as programme
from communes.territoire import admin as territoire

__all__ = ["comptes", "interlocuteurs", "programme", "territoire"]
