"""Home, one address for every role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """What waits for me?"""
    return render(request, "governance/home/none.html")
