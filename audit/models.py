"""The audit's two tables: what happened, with people as numbers, and their names."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now


class Action(models.TextChoices):
    """What an entry tells of."""

    LOGIN = "login", "Login"
    LOGIN_FAILED = "login-failed", "Failed login"
    LOGOUT = "logout", "Logout"
    LOOK = "look", "Look"
    EXPORT = "export", "Export"
    TOKEN = "token", "Use of a token"  # no secret
    IMPORT = "import", "Import"
    CREATE = "create", "Created"
    CHANGE = "change", "Changed"
    DELETE = "delete", "Deleted"
    ERASE = "erase", "Erased"
    REFUSED = "refused", "Refused"


class Person(models.Model):
    """An account or a moderator; the row stays when they go, and an erasure renames it.

    The database keeps the name of who is erased: a look that is written later still has the old
    one.
    """

    class Kind(models.TextChoices):
        """Which table the number belongs to."""

        ACCOUNT = "account", "Account"
        MODERATOR = "moderator", "Moderator"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    number = models.BigIntegerField()
    name = models.TextField()
    is_erased = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name_plural = "people"
        constraints = (models.UniqueConstraint("kind", "number", name="person_once"),)
        # The search by how a name begins.
        indexes = (
            models.Index(fields=["name"], name="person_name", opclasses=["text_pattern_ops"]),
        )

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """Something that somebody did. The database refuses to change or delete it.

    Only ``manage.py audit prune`` deletes, what is older than ``AUDIT_DAYS``; and an erasure takes
    a name out of ``object_key`` and ``details``.
    """

    at = models.DateTimeField(db_default=Now())
    action = models.CharField(max_length=12, choices=Action.choices)
    #: Who: an account. Null: a command, or nobody known.
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    #: The number of the token that was used.
    token = models.BigIntegerField(null=True)
    address = models.GenericIPAddressField(null=True)
    #: page, chart, api, admin or command.
    source = models.CharField(max_length=8)
    #: The name of the view or of the command.
    place = models.CharField(max_length=100)
    #: Whom it was about; null for a look: many people.
    subject = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    #: What it was about: a model's label and the row's key.
    object_kind = models.CharField(max_length=50, blank=True)
    object_key = models.CharField(max_length=300, blank=True)
    #: Of a change: {field: [old, new]}, or {field: "changed"} where values are nobody's business.
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    request_id = models.CharField(max_length=64, blank=True)
    #: Entries of one key are one entry: the database keeps the first.
    merge_key = models.BigIntegerField(null=True)

    class Meta:
        verbose_name_plural = "entries"
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(fields=["merge_key"], name="entry_merged"),
            models.CheckConstraint(
                name="entry_action_known", condition=models.Q(action__in=Action.values)
            ),
        )
        indexes = (
            # Each filter of the audit's page, newest first; and days.
            models.Index(fields=["actor", "action", "-at", "-id"], name="entry_actor_action"),
            models.Index(fields=["actor", "-at", "-id"], name="entry_actor"),
            models.Index(fields=["subject", "action", "-at", "-id"], name="entry_subject_action"),
            models.Index(fields=["subject", "-at", "-id"], name="entry_subject"),
            models.Index(fields=["action", "-at", "-id"], name="entry_action"),
            models.Index(fields=["address", "-at", "-id"], name="entry_address"),
            models.Index(
                fields=["object_key", "object_kind", "-at", "-id"],
                name="entry_object_key",
                condition=~models.Q(object_kind=""),
            ),
            models.Index(fields=["at", "id"], name="entry_at"),
        )

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.place}"
