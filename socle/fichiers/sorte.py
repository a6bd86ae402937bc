"""What the pages of an import ask of any sort of file, beside its columns and its rows."""

from socle.fichiers.tableau.fichier import DES_AGENTS


class SorteDeFichier:
    """By default, nothing more: a file that we did not draw asks for these, one by one.

    `questions` is a form asked once for all the rows, with the columns, which are then always shown;
    `guide`, the rows of the second sheet of the XLSX template; `intitules`, the name of a column where
    `en_clair` does not make one; `a_dire`, the headers of which somebody has to say what they are;
    `brutes`, the columns whose cells are read by the sort itself; `remarques`, what a reading tells of
    the whole table; `limites`, what is too much of a file; `provenance`, who says its dates, where the
    file itself tells it; `proposees`, the answers to `questions` that a file proposes.
    """

    questions = None
    guide = ()
    intitules = {}
    a_dire = ()
    brutes = frozenset()
    remarques = ()
    limites = DES_AGENTS
    provenance = None
    proposees = {}

    @property
    def modele(self):
        """Return the headers of the template."""
        return self.columns

    def extrait(self, contenu, nom, user=None):
        """Return what is kept of a file, in bytes, before it is read: all of it, unless it is too big.

        Raises `FichierRefuse`.
        """
        return contenu

    def prepare(self, fichier):
        """Put right the headers of a file whose layout is known, before its columns are looked at."""

    def hear(self, depot):
        """Take what the agent answered of a file: its columns, their units, and the `questions`."""

    def suivies(self, lignes):
        """Return the rows that are about to be passed, for whoever tells how far it has come."""
        return lignes

    def unite_proposee(self, entete, column):
        """Return the unit that a header says, for a column of money; empty for any other."""
        return ""

    def non_lues(self, table):
        """Return the headers of `table` left unread that somebody should come back to; none by default."""
        return []

    def groupes_de_l_apercu(self, apercu):
        """Return the groups that a preview tells, (title, sentences) each; None: by what rows become."""
        return None

    def compris(self, column, unite, text):
        """Return how a cell of `column` is read, in words, for whoever checks the columns."""
        return text
