"""The forms of the accounts, and of their passwords: one's own, or one given to somebody else."""

from django import forms
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth import forms as auth
from django.contrib.auth.forms import SetPasswordMixin, UserCreationForm, UsernameField
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string

from communes.comptes.models import Agent
from socle.courriels import send_mail

SAME = "Ce mot de passe est celui que vous avez déjà : choisissez-en un autre."
GIVEN = "Un premier mot de passe, à donner à la personne : elle choisira le sien en se connectant."


class AgentForm(forms.ModelForm):
    class Meta:
        model = Agent
        fields = ["username"]
        field_classes = {"username": UsernameField}


class NouvelAgentForm(UserCreationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["password1"].help_text = f"{GIVEN}{self.fields['password1'].help_text}"
        # It is given to somebody else, and replaced at once: a refusal need not have it typed again.
        for name in ("password1", "password2"):
            self.fields[name].widget.render_value = True

    def validate_password_for_user(self, user, **kwargs):
        """Judge the password by the départements chosen beside it, which are not saved yet."""
        user.departements_choisis = self.cleaned_data.get("departements", ())
        super().validate_password_for_user(user, **kwargs)

    def save(self, commit=True):
        self.instance.mot_de_passe_provisoire = True
        return super().save(commit)


class MotDePasseDonneForm(SetPasswordMixin, forms.Form):
    """A password that a colleague gives to somebody who lost the former one."""

    required_css_class = "required"
    password1, password2 = SetPasswordMixin.create_password_fields()

    def __init__(self, user, *args, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = f"{GIVEN}{self.fields['password1'].help_text}"

    def clean(self):
        self.validate_passwords()
        self.validate_password_for_user(self.user)
        # Django's page can also take all password away; this one does not offer it.
        self.cleaned_data["set_usable_password"] = True
        return super().clean()

    def save(self):
        self.user.mot_de_passe_provisoire = True
        return self.set_password_and_save(self.user)

    @property
    def changed_data(self):
        return ["password"] if super().changed_data else []


class ChoisiParSoi:
    """A password that its owner chooses: nobody else has known it."""

    def save(self, commit=True):
        self.user.mot_de_passe_provisoire = False
        return super().save(commit)


class MonMotDePasseForm(ChoisiParSoi, AdminPasswordChangeForm):
    def clean_new_password1(self):
        password = self.cleaned_data["new_password1"]
        if password == self.cleaned_data.get("old_password"):
            raise ValidationError(SAME, code="identique")
        return password


class NouveauMotDePasseForm(ChoisiParSoi, auth.SetPasswordForm):
    pass


class MotDePasseOublieForm(auth.PasswordResetForm):
    def get_users(self, email):
        """Return the accounts of an address that may open the back office."""
        return (user for user in super().get_users(email) if user.is_staff)

    def send_mail(self, subject_template, template, context, sender, address, **kwargs):
        """Send the link by the door of all our mails; `context` is what Django says of the account."""
        subject, text = (render_to_string(name, context) for name in (subject_template, template))
        send_mail(subject, text, [address])
