"""Evidence over HTTP: list it, add to it, get a link that downloads a file; the same rights as on the pages."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.typed import signed_in
from audit.log import record_refusal
from audit.workflow import Refused
from registry.actions import evidence as actions
from registry.api import USE_CASE_ID
from registry.forms.talk import EvidenceForm
from registry.models import Evidence
from registry.permissions.talk import evidence_refusals, evidence_visible_to, link_refusals
from registry.views.evidence import LINK_LIVES, signed_address
from registry.views.shared import visible_use_case

UUID = OpenApiParameter("uuid", OpenApiTypes.UUID, OpenApiParameter.PATH)


class EvidenceEntry(serializers.ModelSerializer):
    """A file or a link; `state` is current, expired, replaced or removed."""

    state = serializers.SerializerMethodField()
    recorded_by = serializers.CharField(source="recorded_by.name", read_only=True)

    class Meta:
        model = Evidence
        fields = (
            "uuid", "kind", "title", "field", "practice", "link", "file_name", "size", "media_type", "sha256",
            "dated_on", "expires_on", "scan", "state", "recorded_at", "recorded_by", "removed_at", "removed_why",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(["current", "expired", "replaced", "removed"]))
    def get_state(self, evidence: Evidence) -> str:
        """Where it stands today."""
        return evidence.state


class EvidenceUpload(serializers.Serializer):
    """What a new piece of evidence is. Give `file` or `link`, and `field` or `practice` or neither."""

    kind = serializers.ChoiceField(Evidence.Kind.choices)
    title = serializers.CharField(max_length=300)
    file = serializers.FileField(required=False)
    link = serializers.URLField(required=False)
    field = serializers.CharField(required=False)
    practice = serializers.CharField(required=False)
    dated_on = serializers.DateField()
    expires_on = serializers.DateField(required=False)


class DownloadLink(serializers.Serializer):
    """An address that downloads the file without signing in, until it expires."""

    url = serializers.URLField()
    seconds = serializers.IntegerField()


class EvidenceOfCase(mixins.ListModelMixin, viewsets.GenericViewSet):
    """The evidence of one use case, newest first, what was replaced and removed included."""

    queryset = Evidence.objects.none()
    serializer_class = EvidenceEntry
    filter_backends = ()
    lookup_field = "uuid"
    lookup_value_converter = "uuid"
    lookup_value_regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    parser_classes = (MultiPartParser,)

    def get_queryset(self) -> QuerySet[Evidence]:
        """The case decides who may read."""
        if getattr(self, "swagger_fake_view", False):
            return Evidence.objects.none()
        use_case = visible_use_case(self.request, self.kwargs["use_case_id"])
        rows = evidence_visible_to(self.request.user).filter(use_case=use_case)
        return rows.select_related("use_case", "recorded_by", "replacement")

    @extend_schema(parameters=[USE_CASE_ID])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """404 for a case you may not know of."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        parameters=[USE_CASE_ID],
        request={"multipart/form-data": EvidenceUpload},
        responses={201: EvidenceEntry, 400: OpenApiResponse(OpenApiTypes.OBJECT, "What to change, by field"),
                   403: OpenApiResponse(OpenApiTypes.OBJECT, "Who can add evidence")},
    )  # fmt: skip
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add a file or a link, checked as on the page. The owner, the backup owner and the component lead may."""
        use_case = visible_use_case(request, self.kwargs["use_case_id"])
        if refusals := evidence_refusals(request.user, use_case):
            raise PermissionDenied(" ".join(refusals))
        given = request.POST.dict()
        supports = next((f"{name}:{given[name]}" for name in ("practice", "field") if given.get(name)), "")
        form = EvidenceForm(use_case, {**given, "supports": supports}, request.FILES)
        if not form.is_valid():
            raise ValidationError({name: list(map(str, errors)) for name, errors in form.errors.items()})
        try:
            made = actions.add(use_case, actor=signed_in(request), **form.evidence())
        except Refused as refused:
            record_refusal(use_case, actor=request.user, verb="add_evidence", reasons=refused.reasons)
            raise ValidationError({"file": refused.reasons}) from refused
        return Response(EvidenceEntry(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        parameters=[USE_CASE_ID, UUID],
        request=None,
        responses={200: DownloadLink, 403: OpenApiResponse(OpenApiTypes.OBJECT, "Why there is no link")},
    )  # fmt: skip
    @action(detail=True, methods=["post"])
    def link(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A link to the file for 15 minutes; none for restricted material. Making and using it is recorded."""
        evidence = self.get_object()
        if refusals := link_refusals(request.user, evidence):
            raise PermissionDenied(" ".join(refusals))
        url = request.build_absolute_uri(signed_address(evidence, request.user))
        return Response({"url": url, "seconds": LINK_LIVES.seconds})
