"""What an agent ticks in a list leads to the geste that is done to all of it, its boxes ticked."""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from pvd.bureau.gestes.conventions import ConfirmerRegroupement, ConfirmerRegroupements
from socle.francais import pluriel

# What an address may hold.
MOST = 200
NONE = "Aucune des ORT choisies n'est regroupée par règle, à confirmer par votre service."
LEFT_OUT = "{} : rien à y confirmer par votre service."
TOO_MANY = f"Choisissez {MOST} ORT au plus à la fois."


@admin.action(description="Confirmer le regroupement des ORT choisies", permissions=["change"])
def confirmer_la_selection(model_admin, request, queryset):
    """Lead to « Confirmer plusieurs regroupements », with those of the list that may be confirmed."""
    geste = ConfirmerRegroupement()
    possible = geste.writable(geste.candidates(queryset, timezone.localdate()), request.user)
    keys, asked = list(possible.order_by().values_list("pk", flat=True)), queryset.count()
    if not keys or len(keys) > MOST:
        messages.warning(request, TOO_MANY if keys else NONE)
        return None
    if left := asked - len(keys):
        told = pluriel(left, "ORT laissée de côté,ORT laissées de côté")
        messages.warning(request, LEFT_OUT.format(told))
    address = reverse("admin:gestes", args=[ConfirmerRegroupements.slug])
    return HttpResponseRedirect(f"{address}?{urlencode({'conventions': keys}, doseq=True)}")
