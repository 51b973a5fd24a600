"""Addresses of judgement: home, the use case's page, reviews, the Board, compliance, reports."""

from django.urls import path

from governance.views import compliance, findings, home, people, policy, practices

urlpatterns = [
    path("", home.home, name="home"),
    path("people/<int:pk>/deactivate/", people.deactivate, name="people-deactivate"),
    path("compliance/", compliance.overview, name="compliance-overview"),
    path("compliance/matrix/", compliance.practice_matrix, name="compliance-matrix"),
    path("compliance/findings/", findings.listing, name="compliance-findings"),
    path("compliance/components/<str:code>/", compliance.component, name="compliance-component"),
    path("use-cases/<str:use_case_id>/practices/", practices.of_case, name="compliance-practices"),
    *(
        path(
            f"use-cases/<str:use_case_id>/practices/<slug:practice>/{act}/",
            practices.act,
            {"act": act},
            name=f"compliance-{act}",
        )
        for act in practices.ACTS
    ),
    path("use-cases/<str:use_case_id>/waivers/<uuid:uuid>/revoke/", practices.revoke, name="compliance-revoke"),
    path("policy/", policy.listing, name="policy-list"),
    path("policy/<slug:slug>/<str:day>/", policy.edition, name="policy-edition"),
]
