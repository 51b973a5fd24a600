"""Addresses of judgement: home, the use case's page, reviews, the Board, compliance, reports."""

from django.urls import path

from governance.views import home, people

urlpatterns = [
    path("", home.start, name="home"),
    path("people/<int:pk>/deactivate/", people.deactivate, name="people-deactivate"),
]
