"""Read systems over HTTP, with the same rights as on their pages."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, viewsets

from audit.log import record
from registry.models import System
from registry.models.use_case import Handling
from registry.reads.systems import cases_of, listed

UUID = OpenApiParameter("uuid", OpenApiTypes.UUID, OpenApiParameter.PATH)


class SystemSummary(serializers.ModelSerializer):
    """A system's record; `cases` counts the use cases on it that you may see."""

    component = serializers.CharField(source="component.code", read_only=True)
    owner = serializers.SerializerMethodField()
    cases = serializers.IntegerField(read_only=True)

    class Meta:
        model = System
        fields = (
            "uuid", "name", "component", "owner", "mailbox", "ato", "ato_granted_on", "ato_expires_on", "ato_office",
            "pta_reference", "pta_on", "pia_reference", "sorn_reference", "vendor_name", "contract_number",
            "option_on", "handling", "revision_number", "effective_on", "cases",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.STR)
    def get_owner(self, system: System) -> str:
        """The system owner's name, or nothing."""
        return str(system.owner or "")


class SystemDetail(SystemSummary):
    """A system with the use cases on it that you may see."""

    use_cases = serializers.SerializerMethodField()

    class Meta(SystemSummary.Meta):
        fields = (*SystemSummary.Meta.fields, "description", "use_cases")  # type: ignore[assignment]  # as DRF has it
        read_only_fields = fields  # type: ignore[assignment]  # as DRF has it

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_use_cases(self, system: System) -> list[str]:
        """Their IDs."""
        return [case.use_case_id for case in cases_of(self.context["request"].user, system)]


class SystemFilter(filters.FilterSet):
    """The list's filters; an unknown value finds nothing."""

    component = filters.CharFilter(field_name="component__code")
    ato = filters.CharFilter()

    class Meta:
        model = System
        fields = ("component", "ato")


@extend_schema_view(retrieve=extend_schema(parameters=[UUID]))
class Systems(viewsets.ReadOnlyModelViewSet):
    """Systems you may see."""

    queryset = System.objects.none()
    lookup_field = "uuid"
    lookup_value_converter = "uuid"
    filterset_class = SystemFilter

    def get_queryset(self) -> QuerySet[System]:
        """By need to know, as on the pages."""
        return listed(self.request.user).order_by("name", "pk")

    def get_object(self) -> System:
        """Opening a restricted system is recorded here as on its page."""
        system: System = super().get_object()
        if system.handling == Handling.RESTRICTED:
            with transaction.atomic():
                record("system.viewed", system, actor=self.request.user, data={"path": self.request.path})
        return system

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        """The cases only for one system at a time."""
        return SystemDetail if self.action == "retrieve" else SystemSummary
