"""The reports there are, by slug."""

from governance.reports import compliance_status, practice_matrix
from governance.reports.base import ReportKind

SHELF: dict[str, ReportKind] = {kind.slug: kind for kind in (compliance_status.KIND, practice_matrix.KIND)}
