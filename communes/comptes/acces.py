"""The pages of a password: to choose one's own, or to have a link when it is lost."""

import logging

from django.contrib import admin, messages
from django.contrib.auth import views
from django.shortcuts import redirect, render
from django.urls import path, reverse, reverse_lazy

from communes.comptes.formulaires import (
    MonMotDePasseForm,
    MotDePasseOublieForm,
    NouveauMotDePasseForm,
)
from communes.comptes.journal import watched
from socle.courriels import mails_leave
from socle.web.connexion import COOL_OFF_SECONDS, TropDEssais, visitor_networks
from socle.web.places import key_of, take

logger = logging.getLogger(__name__)

# Links asked for in a quarter of an hour, from one home and for one address.
PER_HOME, PER_ADDRESS = 10, 3
CHOOSE = "Ce mot de passe vous a été donné : choisissez le vôtre pour commencer."
# What somebody whose password was given by another may open before choosing one.
WITHOUT_A_PASSWORD = {"admin:password_change", "admin:logout", "admin:jsi18n"}


def choose_first(request):
    """Lead whoever has a password that another knows to the page where one chooses one's own."""
    if not request.user.mot_de_passe_provisoire:
        return None
    if request.resolver_match.view_name in WITHOUT_A_PASSWORD:
        return None
    messages.warning(request, CHOOSE)
    return redirect("admin:password_change")


def own_password(request):
    """Show Django's page where one changes one's own password, and write the change in the journal."""
    page = views.PasswordChangeView.as_view(
        form_class=MonMotDePasseForm,
        success_url=reverse("admin:password_change_done"),
        extra_context=admin.site.each_context(request),
    )
    with watched(request.user, request.user):
        return page(request)


class OublieView(views.PasswordResetView):
    """Mail a link to whoever lost a password; without mails, say whom to ask.

    The page answers the same whether an account has the address or not.
    """

    subject_template_name = "comptes/oublie_objet.txt"
    email_template_name = "comptes/oublie_courriel.txt"
    form_class = MotDePasseOublieForm
    success_url = reverse_lazy("password_reset_done")

    def dispatch(self, request, *args, **kwargs):
        if not mails_leave():
            return render(request, "comptes/oublie_sans_courriel.html", {"title": self.title})
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        home, _ = visitor_networks(self.request)
        if take(key_of("oubli", "depuis", home), PER_HOME, COOL_OFF_SECONDS) is None:
            raise TropDEssais
        address = form.cleaned_data["email"].lower()
        if take(key_of("oubli", address), PER_ADDRESS, COOL_OFF_SECONDS) is None:
            return redirect(self.success_url)
        try:
            return super().form_valid(form)
        except OSError as error:
            logger.error("Un lien de mot de passe n'est pas parti : %s", error)
            return redirect(self.success_url)


class ChoixView(views.PasswordResetConfirmView):
    """Choose a password by the link that was mailed, and write the change in the journal."""

    form_class = NouveauMotDePasseForm

    def form_valid(self, form):
        with watched(self.user, self.user):
            return super().form_valid(form)


urlpatterns = [
    path("oublie/", OublieView.as_view(), name="admin_password_reset"),
    path("envoye/", views.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path("<uidb64>/<token>/", ChoixView.as_view(), name="password_reset_confirm"),
    path("choisi/", views.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
]
