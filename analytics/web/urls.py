"""The addresses of the portal's pages."""

from django.urls import path, register_converter

from analytics.path_converters import IdConverter
from analytics.presentation.pages import PAGES
from analytics.subjects import add_pages
from analytics.web import (
    annotation_pages,
    audit_page,
    changed,
    check_pages,
    checking,
    insights,
    metric_rows,
    note_pages,
    passport_page,
    person_page,
    sample_plan,
    samples,
    saved_views,
    session_list,
    session_page,
    video_page,
    views,
    who_looked_page,
)
from analytics.web.search.views import search_page, search_results

app_name = "portal"


register_converter(IdConverter, "public_id")
add_pages({page.name: page.about for page in (*PAGES.values(), person_page.PERSON)})

# The views of pages that are no pages of charts.
VIEWS = {
    "sessions": session_list.session_list,
    "insights": insights.insights,
    "changed": changed.changed,
}
# A page's address is its name; the overview is the root.
PAGE_URLS = [
    path(f"{name}/", VIEWS[name], name=name)
    if name in VIEWS
    else path("" if name == "home" else f"{name}/", views.charts, {"name": name}, name=name)
    for name in PAGES
]

urlpatterns = [
    *PAGE_URLS,
    path("moderators/<public_id:username>/", person_page.person, name="person"),
    path("notes-on/<public_id:username>/", note_pages.notes, name="notes"),
    path("notes/<int:pk>/reply/", note_pages.answer_note, name="note-reply"),
    path("notes/<int:pk>/settle/", note_pages.settle_note, name="note-settle"),
    path("who-looked/<public_id:username>/", who_looked_page.who_looked, name="who-looked"),
    path(
        "export/personal-data/<public_id:username>.zip",
        who_looked_page.personal_data,
        name="personal-data",
    ),
    path("export/my-data.zip", who_looked_page.own_data, name="own-data"),
    path(
        "export/who-looked/<public_id:username>.csv",
        who_looked_page.who_looked_csv,
        name="who-looked-csv",
    ),
    path("sessions/<public_id:public_id>/", session_page.session_page, name="session"),
    path("videos/<public_id:public_id>/", video_page.video_page, name="video"),
    path("quality/samples/", samples.samples, name="quality-samples"),
    path("quality/samples/<int:pk>/", samples.sample, name="quality-sample"),
    path("quality/samples/<int:pk>/check/", checking.checking, name="quality-checking"),
    path("quality/checks/<int:pk>/", check_pages.check_page, name="quality-check"),
    path("quality/disputes/", check_pages.disputes, name="quality-disputes"),
    path("my-checks/", check_pages.own_checks, name="own-checks"),
    path("quality/plan/", sample_plan.sample_plan, name="quality-plan"),
    path("annotations/", annotation_pages.annotations, name="annotations"),
    path("annotations/<int:pk>/", annotation_pages.annotation, name="annotation"),
    path(
        "annotations/<int:pk>/delete/", annotation_pages.delete_annotation, name="annotation-delete"
    ),
    path("for-moderators/", views.for_moderators, name="for-moderators"),
    path("audit/", audit_page.audit, name="audit"),
    path("export/audit.csv", audit_page.audit_csv, name="audit-csv"),
    path("rows/<slug:slug>/", metric_rows.metric_rows, name="metric-rows"),
    path("passport/<slug:slug>/", passport_page.passport, name="passport"),
    path("metrics/", views.metrics, name="metrics"),
    path("metrics/<slug:slug>.csv", views.metric_csv, name="metric-csv"),
    path("export/videos.csv", views.videos_csv, name="videos-csv"),
    path("export/sessions.csv", session_list.sessions_csv, name="sessions-csv"),
    path("export/sessions.xlsx", session_list.sessions_xlsx, name="sessions-xlsx"),
    path("export/changed.xlsx", changed.changed_xlsx, name="changed-xlsx"),
    path("export/<slug:name>.xlsx", views.page_xlsx, name="page-xlsx"),
    path("views/", saved_views.saved_views, name="views"),
    path("views/menu/", saved_views.views_menu, name="views-menu"),
    path("views/first/", saved_views.choose_first_page, name="first-page-choice"),
    path("views/<int:pk>/", saved_views.saved_view, name="view"),
    path("views/<int:pk>/delete/", saved_views.delete_view, name="view-delete"),
    path("start/", saved_views.first_page, name="first-page"),
    path("search/", search_page, name="search"),
    path("search/results/", search_results, name="search-results"),
    path("suggest/moderators/", views.moderator_names, name="moderator-names"),
    path("suggest/sessions/", views.session_ids, name="session-ids"),
    path("suggest/queues/", views.queue_names, name="queue-names"),
    path("suggest/statuses/", views.status_names, name="status-names"),
]
