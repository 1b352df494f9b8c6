"""Saved views over the API: one's own, written by a login, and those shared with one."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, ClassVar

from django.db import transaction
from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.models import User
from accounts.tokens import ApiToken
from analytics.api.metrics import csv_response
from analytics.api.openapi.request_bodies import json_request
from analytics.api.openapi.responses import json_response, text_response
from analytics.api.permissions import CanRead
from analytics.api.transport.bodies import read_json
from analytics.api.transport.pagination import CURSOR, PAGE_SIZE, paginate
from analytics.api.transport.parameters import Parameter, format_parameter
from analytics.api.transport.renderers import CSVRenderer, FastJSONRenderer
from analytics.api.views import PortalView, viewer
from analytics.conditional import address_of, viewer_etag
from analytics.exports import csv_lines
from analytics.imports.values import Invalid, check_text
from analytics.keyset import Ordering, SortKey
from analytics.models import (
    MAX_ADDRESS_LENGTH,
    MAX_NAME_LENGTH,
    FirstPage,
    SavedView,
    SharedWith,
)
from analytics.presentation.saved_views import (
    SavedViewForm,
    ShownView,
    shown_views,
    visible_views,
)

TAG = "Saved views"
KEY = Parameter("id", "The view's `id`.", {"type": "integer"}, "1", in_path=True)
WRITABLE = ("name", "address", "shared_with", "first_page")
EXAMPLE: dict[str, Any] = {
    "id": 1,
    "name": "Appeals, by week",
    "address": "/review/?start=2025-10-01",
    "shared_with": "lead",
    "own": True,
    "first_page": False,
    "closed": None,
}
EXAMPLE_CSV = (
    "id,name,address,shared_with,own,first_page,closed\r\n"
    '1,"Appeals, by week",/review/?start=2025-10-01,lead,true,false,\r\n'
)
BY_ID = Ordering("id", (SortKey("pk"),))

NAME = {"type": "string", "minLength": 1, "maxLength": MAX_NAME_LENGTH}
ADDRESS = {"type": "string", "minLength": 1, "maxLength": MAX_ADDRESS_LENGTH, "pattern": "^/"}
FIELDS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": NAME,
        "address": ADDRESS,
        "shared_with": {"enum": [*filter(None, SharedWith.values), None]},
        "first_page": {"type": "boolean"},
    },
    "additionalProperties": False,
}


REQUEST = json_request(
    {**FIELDS, "required": ["name", "address"]},
    {name: EXAMPLE[name] for name in ("name", "address", "shared_with")},
)
CHANGES = json_request(FIELDS, {"name": "Appeals, by month", "first_page": True})


class SavedViewSerializer(serializers.Serializer[Any]):
    """A saved view, as its reader sees it."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(help_text="Unique among the owner's.")
    address = serializers.CharField(help_text="The path of a page with its filters.")
    shared_with = serializers.ChoiceField(
        choices=[value for value in SharedWith.values if value],
        allow_null=True,
        help_text="The least role that sees it beside its owner; null: nobody.",
    )
    own = serializers.BooleanField(read_only=True, help_text="Whether it is the reader's.")
    first_page = serializers.BooleanField(help_text="Whether the reader's login opens with it.")
    closed = serializers.CharField(
        read_only=True, allow_null=True, help_text="Why its owner may not open it any more."
    )


class SavedViewPageSerializer(serializers.Serializer[Any]):
    """A page of saved views."""

    next = serializers.URLField(allow_null=True, help_text="The next page; null: this is the last.")
    results = SavedViewSerializer(many=True)


class CanReadOrKeep(CanRead):
    """Reading by login or ``read`` token; views are kept by people, so by login only."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the caller may use the request's method."""
        if request.method not in ("GET", "HEAD", "OPTIONS") and isinstance(request.auth, ApiToken):
            self.message = "Views are saved by a login; tokens read them."
            return False
        return super().has_permission(request, view)


class SavedViewsView(PortalView):
    """Saved views: one's own and those shared with one's role."""

    permission_classes = [CanReadOrKeep]
    renderer_classes = [FastJSONRenderer, CSVRenderer]
    http_method_names = ["get", "head", "post"]
    query_parameters = (PAGE_SIZE, CURSOR, format_parameter(("json", "csv")))
    has_etag = True

    @extend_schema(
        operation_id="list-views",
        summary="List saved views",
        responses=json_response(SavedViewPageSerializer, {"next": None, "results": [EXAMPLE]})
        | text_response("text/csv", EXAMPLE_CSV),
        tags=[TAG],
    )
    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """One's own and those shared with one, the oldest first; as CSV all of them.

        A page has fewer where one may not open what is shared with one.
        """
        user = viewer(request)
        rows: Iterable[SavedView] = visible_views(user).order_by("pk")
        is_csv = request.accepted_renderer.format == "csv"
        link = None
        if not is_csv or self.query.keys() & {CURSOR.name, PAGE_SIZE.name}:
            page = paginate(visible_views(user), BY_ID, self.query)
            rows = page.rows
            link = page.cursor and replace_query_param(
                request.build_absolute_uri(), CURSOR.name, page.cursor
            )
        data = [as_json(shown) for shown in shown_views(user, rows)]
        # Not the version of the data: views are no part of them.
        etag = viewer_etag(
            json.dumps([data, link]),
            user,
            address_of(request._request),
            str(request.accepted_media_type),
        )

        def build() -> HttpResponseBase:
            if not is_csv:
                return Response({"next": link, "results": data})
            lines = csv_lines(tuple(EXAMPLE), ([row[name] for name in EXAMPLE] for row in data))
            return csv_response(lines, "views")

        response = self.answer_conditionally(request, etag, build)
        if link:
            response.headers["Link"] = f'<{link}>; rel="next"'
        return response

    @extend_schema(
        operation_id="save-view",
        summary="Save a view",
        request=REQUEST,
        responses={
            HTTPStatus.CREATED.value: OpenApiResponse(
                SavedViewSerializer,
                description="The view.",
                examples=[OpenApiExample("answer", value=EXAMPLE)],
            )
        },
        tags=[TAG],
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Save an address by a name."""
        view = store(viewer(request), read_fields(request), None)
        return Response(as_json(shown(viewer(request), view)), status=HTTPStatus.CREATED)


class SavedViewDetailView(PortalView):
    """One saved view."""

    permission_classes = [CanReadOrKeep]
    path_parameters: ClassVar[tuple[Parameter, ...]] = (KEY,)
    http_method_names = ["get", "head", "patch", "delete"]

    @extend_schema(
        operation_id="get-view",
        summary="A saved view",
        responses=json_response(SavedViewSerializer, EXAMPLE),
        tags=[TAG],
    )
    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """One's own, or one shared with one's role."""
        user = viewer(request)
        view = visible_views(user).filter(pk=kwargs["id"]).first()
        if view is None:
            raise Http404
        return Response(as_json(shown(user, view)))

    @extend_schema(
        operation_id="change-view",
        summary="Change a saved view",
        request=CHANGES,
        responses=json_response(SavedViewSerializer, EXAMPLE),
        tags=[TAG],
    )
    def patch(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Rename, share or move one's own; of one shared with one only `first_page`."""
        user = viewer(request)
        view = visible_views(user).filter(pk=kwargs["id"]).first()
        if view is None:
            raise Http404
        fields = read_fields(request)
        if view.owner_id != user.pk and set(fields) - {"first_page"}:
            raise Http404
        return Response(as_json(shown(user, store(user, fields, view))))

    @extend_schema(
        operation_id="delete-view",
        summary="Delete a saved view",
        request=None,
        responses={HTTPStatus.NO_CONTENT.value: OpenApiResponse(description="It is gone.")},
        tags=[TAG],
    )
    def delete(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Delete one's own."""
        with transaction.atomic():
            view = SavedView.objects.filter(owner=viewer(request), pk=kwargs["id"]).first()
            if view is None:
                raise Http404
            view.delete()
        return Response(status=HTTPStatus.NO_CONTENT)


def read_fields(request: Request) -> dict[str, Any]:
    """The fields of the body; raises ``ValidationError`` for unknown ones and other types."""
    body = read_json(request._request)
    if not isinstance(body, dict):
        raise ValidationError({"body": "is no JSON object"})
    for name, value in body.items():
        if name not in WRITABLE:
            raise ValidationError({name: f"unknown field; this takes {', '.join(WRITABLE)}"})
        if name == "first_page":
            if not isinstance(value, bool):
                raise ValidationError({name: "is neither true nor false"})
        elif not isinstance(value, str) and not (name == "shared_with" and value is None):
            raise ValidationError({name: "is no text"})
        elif isinstance(value, str):
            check_field(name, value)
    return body


def check_field(name: str, text: str) -> None:
    """Raise ``ValidationError`` for text that the database cannot hold."""
    try:
        check_text(text)
    except Invalid as error:
        raise ValidationError({name: str(error)}) from error


def store(user: User, fields: dict[str, Any], view: SavedView | None) -> SavedView:
    """Save a new view, or the changes of one; raises ``ValidationError`` by field."""
    with transaction.atomic():
        if view is None or view.owner_id == user.pk:
            kept = {} if view is None else {name: getattr(view, name) for name in WRITABLE[:3]}
            values = {
                **kept,
                **{name: fields[name] or "" for name in fields if name != "first_page"},
            }
            form = SavedViewForm(values, instance=view, owner=user)
            if not form.is_valid():
                raise ValidationError({k: [str(m) for m in v] for k, v in form.errors.items()})
            view = form.save()
        if "first_page" in fields:
            FirstPage.objects.filter(
                user=user, **({} if fields["first_page"] else {"view": view})
            ).delete()
            if fields["first_page"]:
                FirstPage.objects.create(user=user, view=view)
    return view


def shown(user: User, view: SavedView) -> ShownView:
    """A view as its reader sees it; raises ``Http404`` for a shared one they may not open."""
    for each in shown_views(user, [view]):
        return each
    raise Http404


def as_json(shown: ShownView) -> dict[str, Any]:
    """A view as the API gives it."""
    view = shown.view
    return {
        "id": view.pk,
        "name": view.name,
        "address": view.address,
        "shared_with": view.shared_with or None,
        "own": shown.is_own,
        "first_page": shown.is_first,
        "closed": shown.closed or None,
    }
