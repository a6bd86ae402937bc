"""The national list of the communes of the programme, told then written."""

from communes.programme.liste.ressource import ListePvdRessource
from socle.fichiers.liste.commande import CommandeDeListe


class Command(CommandeDeListe):
    help = (
        "Compare à la base la liste nationale des communes Petites villes de demain (ANCT) : entrées, "
        "dates qui diffèrent avec qui les dit, sorties proposées, lignes écartées. Rien n'est écrit sans "
        "--appliquer, et aucune sortie ne l'est jamais. Rend 0 si la liste est lue, 1 si elle est refusée "
        "en entier, 2 si un argument est faux."
    )
    liste = ListePvdRessource
