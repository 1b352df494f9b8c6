"""Files that somebody uploaded and has not confirmed yet."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class UploadedFile(models.Model):
    """A file between its preview and its import.

    In the database: the machine that shows the preview need not be the one that is told to import.
    """

    kind = models.TextField(db_collation="C", help_text="What the file holds.")
    name = models.TextField(help_text="The file's name, as uploaded.")
    content = models.BinaryField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    uploaded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (
            # Old ones are deleted with every new upload.
            models.Index(name="uploadedfile_uploaded_at", fields=("uploaded_at",)),
        )

    def __str__(self) -> str:
        return self.name
