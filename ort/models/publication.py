"""By which geste what an act of a convention does becomes public: the rows of its page only correct."""

from socle.publication import Publiable

PAR_AVENANT = "Avenant"
PAR_LA_CONVENTION = "Compléter la convention"


def geste_de(convention, avenant):
    """Return the geste that writes what an act does, the convention itself without `avenant`.

    Nothing while one of them is not signed: it is not public yet.
    """
    if convention.date_signature is None:
        return ""
    if avenant is None:
        return PAR_LA_CONVENTION
    return PAR_AVENANT if avenant.date_signature else ""


class PublieeParUnActe(Publiable):
    """A row that the convention brings, or its `avenant`."""

    def faits_publics(self):
        geste = geste_de(self.convention, self.avenant)
        return {"avenant": geste} if geste else {}
