from ort.liste.liste import ListeOrt
from socle.fichiers.liste.commande import CommandeDeListe


class Command(CommandeDeListe):
    help = (
        "Dit ce qu'apporterait la liste nationale des ORT (CSV ou XLSX), groupée en conventions et "
        "avenants ; avec --appliquer, l'écrit, tout ou rien. Ce que les agents ont écrit reste. Rend 0 "
        "si la liste est lue, 1 si elle est refusée en entier, 2 si un argument est faux."
    )
    liste = ListeOrt
