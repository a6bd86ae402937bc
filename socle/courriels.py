"""The one door by which mails leave: closed during a trial, since no mail can be taken back."""

from django.conf import settings
from django.core import mail

from socle.essai import en_essai


def send_mail(subject, text, recipients):
    """Send a mail from the address of the site; raises what the server of mails raises."""
    if not en_essai():
        mail.send_mail(one_line(subject), text, None, recipients)


def mails_leave():
    """Tell whether the site has a server of mails: without, they are written on the console."""
    return not settings.EMAIL_BACKEND.endswith("console.EmailBackend")


def mail_admins(subject, text):
    """Send a mail to the administrators of the site; raises what the server of mails raises."""
    if not en_essai():
        mail.mail_admins(one_line(subject), text)


def one_line(subject):
    """Return a subject without line ends, which an old record may hold and no mail can."""
    return " ".join(subject.split())
