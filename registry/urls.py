"""Addresses of the registry app."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
