"""The page of the yearly reference: a vintage is sent, read with what it touches, written, taken back."""

from django import forms
from django.contrib import admin, messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from communes.models import Millesime, Mouvement
from communes.territoire.decoupage import (
    POPULATIONS,
    Choix,
    DecoupageError,
    read_package,
)
from pvd.bureau.gestes import gestes_for
from pvd.bureau.portes import au_niveau_national
from pvd.bureau.referentiel.millesime import (
    RevueDeMillesime,
    apply_reviewed,
    loaded,
    refuse_far_year,
)
from socle.adresses_admin import undo_url, with_undo
from socle.fichiers import depot as depots
from socle.historique import author

LARGEST_PACKAGE = 30 * 1024 * 1024
# So many lines of each kind are shown, the touched ones first: the file is the whole.
LINES, OF_POPULATIONS = 200, 5


class MillesimeForm(forms.Form):
    """The package of a vintage, and its year."""

    required_css_class = "required"

    annee = forms.IntegerField(
        label="Année du millésime",
        help_text="Il est vrai au 1er janvier de cette année.",
        widget=forms.NumberInput(attrs={"class": "vIntegerField"}),
    )
    paquet = forms.FileField(
        label="Paquet du découpage",
        required=False,
        help_text="Le paquet @etalab/decoupage-administratif de l'année, en .tgz, ou son dossier « data » "
        "en .zip ou en .tar.xz ; 30 Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ".tgz,.gz,.zip,.xz"}),
    )
    envoi = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.user = user

    def clean(self):
        """Read the vintage; keep what was sent, since no browser sends it again."""
        data = super().clean()
        upload = data.get("paquet") or depots.sent(data.get("envoi"), self.user)
        if upload is None:
            self.add_error("paquet", "Choisissez le paquet du millésime.")
        elif upload.size > LARGEST_PACKAGE:
            self.add_error(
                "paquet", "Ce fichier dépasse 30 Mo : ce n'est pas le paquet d'une année."
            )
        elif data.get("annee") is not None:
            self.read(upload, data)
        return data

    def read(self, upload, data):
        try:
            refuse_far_year(data["annee"])
            upload.seek(0)
            self.decoupage = read_package(upload.read(), data["annee"])
        except DecoupageError as error:
            self.add_error(None, str(error))
            return
        if data.get("paquet"):
            self.envoi = depots.keep_sent(upload, self.user)
        else:
            self.envoi = data["envoi"]


@require_http_methods(["GET", "HEAD", "POST"])
@au_niveau_national
def referentiel(request):
    """Show the vintages and the movements recorded, and ask for a vintage; once sent, what it changes."""
    if request.method != "POST":
        form = MillesimeForm(user=request.user, initial={"annee": timezone.localdate().year})
        return show(request, form)
    form = MillesimeForm(request.POST, request.FILES, user=request.user)
    if not form.is_valid():
        return show(request, form)
    decisions = decided(request.POST)
    try:
        if "_confirmer" in request.POST:
            return confirm(request, form, decisions)
        return review(request, form, RevueDeMillesime(form.decoupage, decisions))
    except DecoupageError as error:
        form.add_error(None, str(error))
        return show(request, form)


def decided(sent):
    """Return what was chosen of each difference, by key of the movement."""
    prefix = "choix-"
    return {
        int(name.removeprefix(prefix)): Choix(value)
        for name, value in sent.items()
        if name.startswith(prefix)
        and name.removeprefix(prefix).isdecimal()
        and len(name) < 20
        and value in set(Choix)
    }


def confirm(request, form, decisions):
    """Write what the review has shown, and say so; or show the review that it has become."""
    revue, acte = apply_reviewed(form.decoupage, decisions, request.POST.get("jeton", ""))
    if acte is None:
        messages.warning(
            request, "Depuis votre lecture, ce qui va changer n'est plus le même : relisez."
        )
        return review(request, form, revue)
    depots.forget(form.envoi)
    told = f"Le millésime {revue.annee} est écrit : {revue.total}."
    messages.success(request, with_undo(told, acte))
    return redirect("admin:referentiel")


def review(request, form, revue):
    """Show what a vintage changes, what it touches, and what is to decide first."""
    chosen = [(d, revue.decisions.get(d.fait.cle)) for d in revue.differences]
    context = {"revue": revue, "envoi": form.envoi, "sortes": shown_kinds(revue)}
    context["differences"] = chosen
    context |= {"title": f"Millésime {revue.annee} du découpage"}
    return answer(request, "bureau/referentiel/revue.html", context)


def shown_kinds(revue):
    """Return, by kind, its lines on the page, how many are left out, and how many touch something."""
    kinds = []
    for titre, lignes in revue.lignes().items():
        limit = OF_POPULATIONS if titre == POPULATIONS else LINES
        touching = sum(bool(ligne.touches) for ligne in lignes)
        limit = max(limit, touching)
        kinds.append(
            {
                "titre": titre,
                "total": len(lignes),
                "lignes": lignes[:limit],
                "reste": max(0, len(lignes) - limit),
                "touchant": touching,
            }
        )
    return kinds


def show(request, form):
    """Show the page where a vintage is sent, and what was recorded until now."""
    mouvements = loaded()
    for mouvement in mouvements:
        version = mouvement.version
        mouvement.par = author(version) if version else ""
        mouvement.annuler = undo_address(mouvement)
    context = {
        "form": form,
        "millesimes": list(Millesime.objects.values_list("annee", flat=True)),
        "mouvements": mouvements,
        "gestes": gestes_for(request.user, Mouvement),
        "title": "Référentiel des communes",
    }
    return answer(request, "bureau/referentiel/page.html", context)


def undo_address(mouvement):
    """Return where a movement is taken back; one that a command wrote, without agent, by its own page."""
    version = mouvement.version
    if version is None:
        return ""
    if version.history_user_id:
        return undo_url(Mouvement, version.history_id)
    return ""


def answer(request, template, context):
    return TemplateResponse(request, template, admin.site.each_context(request) | context)
