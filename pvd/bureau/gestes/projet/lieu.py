"""Where an action is done: a point, which a source says, as it says the dates of facts."""

from pvd.bureau.gestes.ecriture import save
from pvd.bureau.gestes.formulaire import GesteForm
from pvd.bureau.gestes.projet.champs import NombreEcrit
from pvd.bureau.gestes.projet.commun import GesteDAction
from pvd.bureau.gestes.projet.inscription import dire
from socle.fichiers.nombres import rounded
from socle.francais import nombre
from socle.sources import set_aside

# Of a degree: to the metre or so, as the record keeps it.
DECIMALES = 5


class DegreField(NombreEcrit):
    """Degrees as people copy them from a map: « 3,31727 », « 3.317° »; never in thousands."""

    def __init__(self, most, **kwargs):
        super().__init__(min_value=-most, max_value=most, **kwargs)

    def to_python(self, value):
        if isinstance(value, str):
            value = value.strip().removesuffix("°").replace(".", ",")
        found = super().to_python(value)
        return None if found is None else rounded(found, DECIMALES)


class LieuForm(GesteForm):
    parts = (("Où elle se fait", ["latitude", "longitude"]),)

    date = None
    precision = None
    latitude = DegreField(90, label="Latitude", help_text="En degrés : « 43,73117 ».")
    longitude = DegreField(180, label="Longitude", help_text="En degrés : « 3,31727 ».")

    def prepare(self):
        for name in ("latitude", "longitude"):
            self.fields[name].initial = getattr(self.record, name)


class SituerLAction(GesteDAction):
    slug = "action-situer"
    titre = "Situer l'action"
    fait = "Action située"
    form = LieuForm

    def candidates(self, records, jour):
        """Keep all of them: one that is finished is somewhere too."""
        return records

    def phrases(self, record, data):
        told = [f"L'action est à la latitude {point_en_mots(data['latitude'], data['longitude'])}."]
        if record.latitude is not None:
            told.append(f"Au lieu de {point_en_mots(record.latitude, record.longitude)}.")
        return told

    def write(self, record, form, reason):
        record.latitude = form.cleaned_data["latitude"]
        record.longitude = form.cleaned_data["longitude"]
        return save(record, reason), []

    def say_besides(self, record, source, how):
        """Record who says the place; whoever said another is no longer retained."""
        text = point_en_mots(record.latitude, record.longitude)
        said = record.affirmations.retenues().filter(champ="lieu")
        set_aside(said.exclude(valeur_brute=text))
        dire(record, "lieu", text, source, how)


def point_en_mots(latitude, longitude):
    """Write « 43,73117, longitude 3,31727 »."""
    return f"{nombre(latitude, DECIMALES)}, longitude {nombre(longitude, DECIMALES)}"
