"""The addresses of the portal's pages."""

from django.urls import path, register_converter

from analytics.path_converters import IdConverter
from analytics.presentation.pages import PAGES
from analytics.web import insights, session_list, session_page, views

app_name = "portal"


register_converter(IdConverter, "public_id")

# A page's address is its name; the overview is the root.
CHARTS = [
    path("" if name == "home" else f"{name}/", views.charts, {"name": name}, name=name)
    for name in PAGES
]

urlpatterns = [
    *CHARTS,
    path("insights/", insights.insights, name="insights"),
    path("sessions/", session_list.session_list, name="sessions"),
    path("sessions/<public_id:public_id>/", session_page.session, name="session"),
    path("metrics/", views.metrics, name="metrics"),
    path("metrics/<slug:slug>.csv", views.metric_csv, name="metric-csv"),
    path("export/videos.csv", views.videos_csv, name="videos-csv"),
    path("suggest/moderators/", views.moderator_names, name="moderator-names"),
    path("suggest/sessions/", views.session_ids, name="session-ids"),
]
