"""Forms of signing in and joining."""

from dard.accounts.passwords import LONGEST
from dard.core.forms import EmailField, Form, MaxLength, PasswordField, Required, TextField


class SignInForm(Form):
    """The first factor."""

    email = EmailField("Email address", [Required("Enter your email address")], autocomplete="username")
    password = PasswordField(
        "Password",
        [Required("Enter your password"), MaxLength(LONGEST, f"Password must be {LONGEST} characters or fewer")],
        autocomplete="current-password",
    )


class CodeForm(Form):
    """The second factor."""

    code = TextField(
        "Security code",
        [Required("Enter the 6-digit code"), MaxLength(12, "Security code must be 6 digits")],
        description="The 6-digit code that your authenticator app shows now",
        autocomplete="one-time-code",
    )


class JoinForm(Form):
    """The first password of an invited person."""

    password = PasswordField(
        "Password",
        [Required("Enter a password")],
        description="12 characters or more. Three random words make a good password. You can paste it.",
        autocomplete="new-password",
    )
