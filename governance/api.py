"""Findings and reports over HTTP, with the same rights as on the pages."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets

from governance.models import Finding, Report
from governance.reads import need_to_know
from governance.reports.permissions import reports_visible_to
from registry.permissions import visible_to


class FindingEntry(serializers.ModelSerializer):
    """A problem a compliance check found, under which provision and edition, and what to do."""

    use_case_id = serializers.CharField(source="use_case.use_case_id", read_only=True)
    provision = serializers.CharField(source="provision.ref", read_only=True)
    edition = serializers.SerializerMethodField()

    class Meta:
        model = Finding
        fields = (
            "uuid", "use_case_id", "provision", "edition", "check_name", "state", "severity", "is_advisory", "message",
            "remedy", "field", "due_on", "opened_on", "resolved_on", "is_baseline", "has_regressed",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Finding) -> dict[str, Any]:
        """A message about a restricted answer says whom to ask."""
        need_to_know.findings(self.context["request"].user, [instance])
        return super().to_representation(instance)

    @extend_schema_field(OpenApiTypes.STR)
    def get_edition(self, finding: Finding) -> str:
        """The edition it was judged under."""
        return str(finding.provision.edition)


class Findings(viewsets.ReadOnlyModelViewSet):
    """Findings in use cases you may see."""

    queryset = Finding.objects.none()
    serializer_class = FindingEntry
    lookup_field = "uuid"
    filterset_fields = ("state", "severity", "check_name", "is_advisory")

    def get_queryset(self) -> QuerySet[Finding]:
        """Through the cases, so a restricted case's findings stay with those who may know of it."""
        rows = Finding.objects.filter(use_case__in=visible_to(self.request.user))
        return rows.select_related("use_case__component", "use_case__owner", "provision__edition__instrument").order_by(
            "use_case__use_case_id", "id"
        )


class ReportEntry(serializers.ModelSerializer):
    """A report as it was made; files are downloaded from its page."""

    facts = serializers.SerializerMethodField()

    class Meta:
        model = Report
        fields = (
            "uuid", "slug", "title", "as_of", "known_at", "seal_number", "state", "queued_at", "finished_at", "pages",
            "facts", "pdf_sha256", "xlsx_sha256",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_facts(self, report: Report) -> dict[str, Any]:
        """The figures it states."""
        return report.facts


class Reports(viewsets.ReadOnlyModelViewSet):
    """Reports you may read."""

    queryset = Report.objects.none()
    serializer_class = ReportEntry
    lookup_field = "uuid"
    filterset_fields = ("slug", "as_of", "state")

    def get_queryset(self) -> QuerySet[Report]:
        """By role, as on the shelf; without the files."""
        return reports_visible_to(self.request.user).defer("pdf", "xlsx", "html").order_by("-queued_at")
