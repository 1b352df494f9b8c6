"""The admin's import of files: upload, see what would happen, confirm.

The same path as the commands', so as quick, and with the same report. Nobody waits while a person
reads the preview: it takes no lock. The file waits in the database, for any machine to import.
"""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile as RequestFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from analytics.imports.files import FileImporter
from analytics.imports.modes import StoreMode
from analytics.models import UploadedFile
from audit import changes
from audit.models import Action
from audit.recording import record

#: How long an upload waits to be confirmed.
KEPT = timedelta(days=1)
BYTES_AT_ONCE = 1024 * 1024


class UploadForm(forms.Form):
    """The file."""

    import_file = forms.FileField(label="File")

    def clean_import_file(self) -> RequestFile[bytes]:
        """Refuse a file that is larger than a request may be."""
        file: RequestFile[bytes] = self.cleaned_data["import_file"]
        limit = settings.API_BODY_LIMIT
        if file.size is None or file.size > limit:
            raise forms.ValidationError(
                f"The file is larger than {limit / 1024 / 1024:.0f} MiB; the import commands take"
                " files of any size."
            )
        return file


class ImportPage(admin.ModelAdmin[Any]):
    """Adds a page to a list that imports a file into it."""

    change_list_template = "admin/analytics/list_with_files.html"
    import_template = "admin/analytics/import.html"
    #: What the file holds, in words for people.
    file_words = ""
    file_accept = ""
    counted = "rows"

    def preview_columns(self) -> tuple[str, ...]:
        """The headings of a preview's cells."""
        return ()

    def file_importer(self) -> FileImporter:
        """What imports a file's bytes."""
        raise NotImplementedError

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Files are imported by whoever administers the data."""
        return bool(request.user.is_active and request.user.is_staff)

    def get_urls(self) -> list[URLPattern]:
        """The page's addresses before the list's own."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.import_view), name=f"{name}_import"),
            path("import/<int:upload>/", view(self.confirm_view), name=f"{name}_confirm_import"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list with the way to the import."""
        context = {"has_import_permission": self.has_import_permission(request)}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Take a file and show what it would do."""
        if not self.has_import_permission(request):
            return HttpResponse(status=403)
        form = UploadForm(request.POST or None, request.FILES or None)
        context: dict[str, Any] = {"form": form}
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["import_file"]
            content = b"".join(file.chunks(BYTES_AT_ONCE))
            report = self.file_importer()(content, StoreMode.DRY_RUN)
            if report.unreadable:
                form.add_error("import_file", f"This file can't be read: {report.unreadable}.")
            else:
                context |= {"report": report, "upload": self.keep(request, file.name, content)}
        return self.render(request, context)

    def keep(self, request: HttpRequest, name: str, content: bytes) -> UploadedFile:
        """Keep a file until it is confirmed; those that nobody confirmed go."""
        UploadedFile.objects.filter(uploaded_at__lt=timezone.now() - KEPT).delete()
        return UploadedFile.objects.create(
            kind=self.opts.label_lower,
            name=name[:200],
            content=content,
            uploaded_by_id=int(request.user.pk or 0),
        )

    def confirm_view(self, request: HttpRequest, upload: Any) -> HttpResponse:
        """Import a file that was previewed."""
        if not self.has_import_permission(request):
            return HttpResponse(status=403)
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        if request.method != "POST":
            return HttpResponseRedirect(address)
        kept = get_object_or_404(
            UploadedFile, pk=upload, kind=self.opts.label_lower, uploaded_by_id=request.user.pk
        )
        # The audit has an import as a whole: its counts, and before them that it began, since its
        # batches are stored one by one.
        about = (self.opts.label_lower, "")
        record(Action.IMPORT, about=about, details={"files": [kept.name], "state": "begun"})
        with changes.summarised():
            report = self.file_importer()(bytes(kept.content), StoreMode.GOOD)
        kept.delete()
        details = {"files": [kept.name], **asdict(report.counts)}
        record(Action.IMPORT, about=about, details=details)
        messages.success(request, f"Imported {kept.name}: {report.counts.ending(self.counted)}.")
        if report.rejections.count or report.notices:
            return self.render(request, {"report": report, "done": kept.name})
        return HttpResponseRedirect(address)

    def render(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        """The page."""
        title = f"Import {self.opts.verbose_name_plural}"
        return TemplateResponse(
            request,
            self.import_template,
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": title,
                "file_words": self.file_words,
                "file_accept": self.file_accept,
                "preview_columns": self.preview_columns(),
                "counted": self.counted,
                **context,
            },
        )
