"""To whom the pages of the agents open, beyond what each shows of the records of its user."""

from functools import wraps

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied

# The pages about the communes of a user, and about its ORT: to whoever may read them.
des_communes = permission_required("communes.view_labellisation", raise_exception=True)
des_ort = permission_required("ort.view_convention", raise_exception=True)


def au_niveau_national(view):
    """Open a page to the national level alone: what it writes is that of all the départements."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if not (request.user.is_active and request.user.is_superuser):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked
