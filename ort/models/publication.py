"""By which geste what an act of a convention does becomes public: the rows of its page only correct."""

from django.core.exceptions import ValidationError

from socle.ensembles import says_anew
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


def refuse_acts_of_another(row, *names):
    """Refuse that a row of a convention names, in one of these fields, an avenant of another one."""
    for name in names:
        avenant = getattr(row, name)
        elsewhere = avenant and avenant.convention_id != row.convention_id
        if elsewhere and says_anew(row, name, "convention"):
            raise ValidationError({name: "Cet avenant est celui d'une autre convention."})


class PublieeParUnActe(Publiable):
    """A row that the convention brings, or its `avenant`."""

    def clean(self):
        super().clean()
        refuse_acts_of_another(self, "avenant")

    def faits_publics(self):
        geste = geste_de(self.convention, self.avenant)
        return {"avenant": geste} if geste else {}
