"""Annotations are the one kind of rows that is deleted by the API, by those who write them."""

from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.lists import DetailView
from analytics.api.permissions import CanReadOrAnnotate
from analytics.models import Annotation


class AnnotationDetailView(DetailView):
    """One annotation, read and deleted."""

    permission_classes = [CanReadOrAnnotate]
    http_method_names = ["get", "head", "delete"]

    def delete(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Delete it, with what the audit says of that."""
        with transaction.atomic():
            annotation = Annotation.objects.filter(pk=kwargs["id"]).first()
            if annotation is None:
                raise Http404
            annotation.delete()
        return Response(status=HTTPStatus.NO_CONTENT)


def describe_delete() -> Any:
    """The description of the deletion."""
    return extend_schema(
        operation_id="delete-annotations",
        summary="Delete an annotation",
        description="By the login of a lead or an admin; tokens delete nothing.",
        request=None,
        responses={HTTPStatus.NO_CONTENT.value: OpenApiResponse(description="It is gone.")},
        tags=["Sending data in"],
    )
