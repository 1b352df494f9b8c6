"""The second step of a login: codes of an app, passkeys, recovery codes; on django-allauth."""
