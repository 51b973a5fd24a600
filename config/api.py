"""The API's root: addresses, the OpenAPI document, and a reference page made from it.

Swagger UI and Redoc carry inline script, which the content security policy forbids (design section 6).
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.routers import SimpleRouter

from governance import api as governance
from registry import api as registry
from registry.api import evidence as api_evidence
from registry.api import systems as api_systems

router = SimpleRouter()
router.register("use-cases", registry.UseCases, "api-use_cases")
router.register("use-cases/(?P<use_case_id>[^/]+)/revisions", registry.Revisions, "api-revisions")
router.register("systems", api_systems.Systems, "api-systems")
router.register("use-cases/(?P<use_case_id>[^/]+)/evidence", api_evidence.EvidenceOfCase, "api-evidence")
router.register("policy", registry.Policy, "api-policy")
router.register("findings", governance.Findings, "api-findings")
router.register("reports", governance.Reports, "api-reports")


def reference(request: HttpRequest) -> HttpResponse:
    """What can a program read here, and how?"""
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    calls = [
        {"path": address, "method": method.upper(), **call}
        for address, methods in sorted(document["paths"].items())
        for method, call in methods.items()
    ]
    schemas = sorted(document["components"]["schemas"].items())
    return render(request, "api/reference.html", {"calls": calls, "schemas": schemas})


urlpatterns = [
    path("schema/", SpectacularJSONAPIView.as_view(), name="api-schema"),
    path("reference/", reference, name="api-reference"),
    path("", include(router.urls)),
]
