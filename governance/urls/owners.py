"""Addresses of offers to take use cases over."""

from django.urls import path

from governance.views import handovers

urlpatterns = [
    path("handovers/", handovers.listing, name="handovers-list"),
    path("handovers/<uuid:act>/", handovers.detail, name="handovers-detail"),
    path("handovers/<uuid:act>/take-back/", handovers.take_back, name="handovers-take_back"),
]
