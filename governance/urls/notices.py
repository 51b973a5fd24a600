"""Addresses of a person's notices."""

from django.urls import path

from governance.views import notices

urlpatterns = [
    path("notices/", notices.inbox, name="notices-inbox"),
    path("notices/<int:pk>/open/", notices.open_notice, name="notices-open"),
    path("notices/<int:pk>/new/", notices.keep_new, name="notices-keep_new"),
    path("notices/read/", notices.read_all, name="notices-read_all"),
    path("notices/choices/", notices.choices, name="notices-choices"),
    path("notices/undelivered/", notices.undelivered, name="notices-undelivered"),
    path("notices/undelivered/again/", notices.send_again, name="notices-send_again"),
]
