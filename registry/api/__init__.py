"""Read the registry over HTTP, with the same rights as on its pages."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from registry.filters import filtered
from registry.models import Edition, EditionStatus, Provision, Revision, UseCase
from registry.permissions import can_read_catalogue, visible_to
from registry.views.shared import visible_use_case

USE_CASE_ID = OpenApiParameter("use_case_id", OpenApiTypes.STR, OpenApiParameter.PATH, description="e.g. DHS-2705")


class UseCaseSummary(serializers.ModelSerializer):
    """A row of the list; the words are codes of OMB's 2025 instrument."""

    component = serializers.CharField(source="component.code", read_only=True)
    name = serializers.CharField(read_only=True)
    stage = serializers.CharField(read_only=True, allow_null=True)
    impact = serializers.CharField(read_only=True, allow_null=True)
    signed_impact = serializers.CharField(
        read_only=True, help_text="as an official determined it here; empty: as reported, not determined here"
    )
    topic_area = serializers.CharField(read_only=True, allow_null=True)
    classification = serializers.CharField(read_only=True, allow_null=True)

    class Meta:
        model = UseCase
        fields = (
            "use_case_id", "name", "component", "status", "handling", "stage", "impact", "signed_impact",
            "topic_area", "classification", "edition", "revision_number", "filed_number", "filed_effective_on",
        )  # fmt: skip
        read_only_fields = fields


class UseCaseDetail(UseCaseSummary):
    """A case with the document that counts: the newest filing's, or null before the first."""

    document = serializers.SerializerMethodField()

    class Meta(UseCaseSummary.Meta):
        fields = (*UseCaseSummary.Meta.fields, "document")  # type: ignore[assignment]  # as DRF has it
        read_only_fields = fields  # type: ignore[assignment]  # as DRF has it

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_document(self, use_case: UseCase) -> dict[str, Any] | None:
        """Answers, withheld markers and flagged texts of the filed revision; a restricted answer is a marker."""
        return use_case.filed_document  # cut by visible_use_case


class RevisionSummary(serializers.ModelSerializer):
    """An immutable state of a case's document."""

    written_by = serializers.CharField(source="written_by.name", read_only=True)
    document = serializers.SerializerMethodField()

    class Meta:
        model = Revision
        fields = ("number", "sha256", "edition", "section", "why", "written_by", "recorded_at", "document")
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_document(self, revision: Revision) -> dict[str, Any]:
        """Answers, withheld markers and flagged texts; a restricted answer is a marker."""
        case: UseCase = self.context["view"].use_case
        return case.readable(revision.document)


def _words(help_text: str) -> filters.CharFilter:
    return filters.CharFilter(help_text=help_text)


class UseCaseFilter(filters.FilterSet):
    """The search and the filters of the list of use cases, by the same rules; an unknown value finds nothing."""

    q = _words("ID, words of the text, or part of the name; spelling is corrected when nothing else is found")
    component = _words("code of a component, e.g. CBP")
    status = _words("status of the portal's workflow")
    stage = _words("OMB's stage of development")
    impact = _words("OMB's impact")
    topic_area = _words("OMB's topic")
    owner = _words("me, none, or the number of a person")
    edition = _words("behind (older than the questionnaire in force), file, or the name of an edition")
    handling = _words("public, internal or restricted; for those who deal with it")
    tag = _words("a tag")
    marks = _words("open: a system's record asks for a look at the answers")
    office = _words("code of an office whose lane is open, e.g. PRIV")
    since = _words("changed on this day (YYYY-MM-DD) or later")
    show = _words("mine, unowned or running")

    class Meta:
        model = UseCase
        fields = ()

    def filter_queryset(self, queryset: QuerySet[UseCase]) -> QuerySet[UseCase]:
        """What the list would show."""
        given = {name: value for name, value in self.form.cleaned_data.items() if value}
        rows = filtered(queryset, given, self.request.user).rows
        return rows if given.get("q") else rows.order_by("use_case_id")


@extend_schema_view(retrieve=extend_schema(parameters=[USE_CASE_ID]))
class UseCases(viewsets.ReadOnlyModelViewSet):
    """Use cases you may see."""

    queryset = UseCase.objects.none()
    lookup_field = "use_case_id"
    lookup_value_regex = "[^/]+"
    filterset_class = UseCaseFilter

    def get_queryset(self) -> QuerySet[UseCase]:
        """By need to know, as on the pages."""
        return visible_to(self.request.user).select_related("component").order_by("use_case_id")

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        """The document only for one case at a time."""
        return UseCaseDetail if self.action == "retrieve" else UseCaseSummary

    def get_object(self) -> UseCase:
        """Opening a restricted case is recorded here as on its page."""
        return visible_use_case(self.request, self.kwargs["use_case_id"], answers=True)


class Revisions(mixins.ListModelMixin, viewsets.GenericViewSet):
    """All revisions of one use case, newest first."""

    queryset = Revision.objects.none()
    serializer_class = RevisionSummary
    filter_backends = ()

    @extend_schema(parameters=[USE_CASE_ID])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """404 for a case you may not know of."""
        return super().list(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Revision]:
        """The case decides who may read."""
        if getattr(self, "swagger_fake_view", False):
            return Revision.objects.none()
        self.use_case = visible_use_case(self.request, self.kwargs["use_case_id"], answers=True)
        return Revision.objects.filter(use_case=self.use_case).select_related("written_by").order_by("-number")


class ProvisionEntry(serializers.ModelSerializer):
    """One thing an edition asks; `is_summary_only` marks what is summarised without the text."""

    class Meta:
        model = Provision
        fields = ("ref", "kind", "title", "summary", "is_summary_only", "check_name", "details")
        read_only_fields = fields


class StatusEntry(serializers.ModelSerializer):
    """In force, superseded, withdrawn or disputed, from a day on."""

    class Meta:
        model = EditionStatus
        fields = ("status", "from_on", "source", "recorded_on")
        read_only_fields = fields


class EditionDetail(serializers.ModelSerializer):
    """An edition of an instrument with its provisions and its status list."""

    instrument = serializers.CharField(source="instrument.slug", read_only=True)
    title = serializers.CharField(source="instrument.title", read_only=True)
    provisions = ProvisionEntry(many=True, read_only=True)
    statuses = StatusEntry(many=True, read_only=True)

    class Meta:
        model = Edition
        fields = ("instrument", "title", "effective_on", "sha256", "statuses", "provisions")
        read_only_fields = fields


class Policy(mixins.ListModelMixin, viewsets.GenericViewSet):
    """The policy catalogue."""

    queryset = Edition.objects.none()
    serializer_class = EditionDetail
    filterset_fields = ("instrument__slug", "effective_on")

    def get_queryset(self) -> QuerySet[Edition]:
        """Whoever holds a role may read it."""
        if not can_read_catalogue(self.request.user):
            return Edition.objects.none()
        rows = Edition.objects.select_related("instrument").prefetch_related("provisions", "statuses")
        return rows.order_by("instrument__slug", "effective_on")
