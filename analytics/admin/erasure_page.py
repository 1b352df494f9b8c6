"""The page of the admin on which somebody is erased, after their name was typed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from analytics import formatting
from analytics.models import Moderator
from analytics.personal_data.erasure import Erasure, erase
from analytics.personal_data.subjects import PersonalSubject, find_subject

#: Places that are named in the message; the others are counted.
MAX_PLACES = 5


class ErasureForm(forms.Form):
    """The name, typed once more."""

    name = forms.CharField(
        label="User name", widget=AdminTextInputWidget(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, subject: PersonalSubject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject = subject

    def clean_name(self) -> str:
        """Only this person's."""
        name: str = self.cleaned_data["name"]
        if name != self.subject.name:
            raise forms.ValidationError(f"This is not the name {self.subject.name}.")
        return name


class ErasureMixin(admin.ModelAdmin[Moderator]):
    """Adds the page to the moderators of the admin."""

    def get_urls(self) -> list[URLPattern]:
        """The page's address before the others."""
        view = self.admin_site.admin_view(self.erase_view)
        return [
            path("<int:object_id>/erase/", view, name="analytics_moderator_erase"),
            *super().get_urls(),
        ]

    def erase_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Ask for the name, then erase; nobody erases themselves while they are logged in."""
        if not self.has_delete_permission(request):
            raise PermissionDenied
        moderator = self.get_object(request, str(object_id))
        subject = find_subject(moderator.username) if moderator is not None else None
        if moderator is None or subject is None:
            raise Http404
        is_oneself = any(account.pk == request.user.pk for account in subject.accounts)
        form = ErasureForm(request.POST or None, subject=subject)
        if request.method == "POST" and form.is_valid() and not is_oneself:
            self.tell(request, erase(subject))
            return HttpResponseRedirect(reverse("admin:analytics_moderator_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Erase {subject.name}?",
            "opts": self.opts,
            "original": moderator,
            "content_type_id": get_content_type_for_model(moderator).pk,
            "form": form,
            "accounts": subject.accounts,
            "sessions": moderator.sessions.count(),
            "is_oneself": is_oneself,
        }
        return TemplateResponse(request, "admin/analytics/moderator/erase.html", context)

    def tell(self, request: HttpRequest, erasure: Erasure) -> None:
        """Say what became of the person, and where other programs' data name them still."""
        sessions = formatting.plural(erasure.counts["review sessions"], "session")
        # The name stands in no message either: those are kept until they are shown.
        messages.success(request, f"Erased. Now of {erasure.pseudonym}: {sessions}.")
        if erasure.still_named:
            places = ", ".join(list(erasure.still_named)[:MAX_PLACES])
            messages.warning(
                request, f"Data that other people's work came with name them: {places}."
            )
