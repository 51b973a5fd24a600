"""Addresses of the governance app."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
