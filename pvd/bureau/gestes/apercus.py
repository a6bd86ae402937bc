"""What a preview rested on, asked again at the confirmation: nothing is confirmed that was not shown."""

from django.contrib import admin

from socle.admin.evenements import events_since, gather, last_versions
from socle.web.places import key_of

OTHERWISE = (
    "Depuis votre aperçu, ce qui va changer n'est plus le même : en voici un nouveau, à confirmer."
)


class Appui:
    """The versions of the records that a preview rests on, and what it shows."""

    def __init__(self, request, geste, record, data):
        self.user = request.user
        if geste.creates:
            self.chapitres = geste.chapitres(data)
        else:
            model_admin = admin.site.get_model_admin(geste.model)
            self.chapitres = [*model_admin.chapitres(request, record), *geste.appuis(record)]

    def versions(self):
        return last_versions(self.chapitres)

    def jeton(self, effects):
        """Return what a page of confirmation sends back, to tell whether it still holds."""
        return f"{self.versions()}.{key_of(effects)}"

    def depuis(self, jeton):
        """Return, in sentences, what was written since the page that bears `jeton`; nothing of no page."""
        events = events_since(self.chapitres, jeton.partition(".")[0]) or []
        return [self.told(acte) for acte in reversed(gather(events))]

    def told(self, acte):
        mine = acte.evenements[0].version.history_user_id == self.user.pk
        who = "vous avez enregistré" if mine else f"{acte.auteur} a enregistré"
        what = f" : « {acte.motif} »" if acte.motif else " une modification"
        return f"Depuis votre aperçu, {who}{what}, le {acte.quand}."
