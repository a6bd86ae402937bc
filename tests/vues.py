"""Ask the view of an address what it answers, and leave the template of its page unwritten."""

from django.contrib.auth import get_user
from django.contrib.messages.storage.session import SessionStorage
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseForbidden, HttpResponseNotFound
from django.test import RequestFactory
from django.urls import resolve


class SansLaPage:
    """Whoever is logged in with `client`, for what a view tells before its page is written.

    Who may do what, and what a form asks, are told by then; to write the page takes as long again. It
    writes nothing that tells its author: what reads a request besides the view is left out.
    """

    def __init__(self, client):
        self.session = client.session
        self.agent = get_user(self)

    def get(self, url, sent=None):
        return self.answer(RequestFactory().get(url, sent))

    def post(self, url, sent):
        return self.answer(RequestFactory().post(url, sent))

    def answer(self, request):
        request.session, request.user = self.session, self.agent
        request._messages = SessionStorage(request)
        request._dont_enforce_csrf_checks = True
        request.resolver_match = view, args, kwargs = resolve(request.path)
        try:
            answer = view(request, *args, **kwargs)
        except PermissionDenied:
            return HttpResponseForbidden()
        except Http404:
            return HttpResponseNotFound()
        answer.context = getattr(answer, "context_data", None)
        return answer
