"""Wiring only: settings, URLs, Celery, the API's root, system checks. No models, no rules."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
