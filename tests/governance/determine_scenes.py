"""Cases with a presumption, officials, and determinations made by the real actions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from governance.actions import determinations, officials
from governance.determining import PRESUMED, Determined
from governance.models import Determination, DeterminingOfficial
from governance.reads import determinations as reads
from registry.models import UseCase
from tests import lives

TEXT = "Nothing is decided on the invented output."
GIVEN = {"is_high_impact": PRESUMED, "scr_presumed_categories": ["m"], "hi_justification": TEXT}
CLEARED = Determined(
    PRESUMED, ("m",), TEXT, "no", "A person decides without it.", "To the officer: I looked.", "Looked at, cleared."
)
NOT_HIGH = Determined("not_high_impact")


def presumed(cast: Any, **more: Any) -> UseCase:
    """A recorded CBP case with a presumption its report clears."""
    return lives.recorded(cast, **{**GIVEN, **more})


def named(cast: Any, person: User, components: Any = ()) -> DeterminingOfficial:
    """An official from today on, named by the Chief AI Officer."""
    today = timezone.localdate()
    (row,) = officials.name_official(
        person, components=components, starts_on=today, ends_on=today + timedelta(days=90), reason="Knows the tests.",
        actor=cast.caio,
    )  # fmt: skip
    return row


def fresh(person: User) -> User:
    """The person as the next request reads them: standing and namings are kept on the instance."""
    return User.objects.get(pk=person.pk)


def determine(case: UseCase, actor: User, given: Determined = CLEARED, **opened: Any) -> Determination:
    """Sign on what counts now, unless told what the page showed."""
    case = lives.reread(case)
    newest = reads.newest(case)
    shown = {"opened_on": case.filed_number, "seen": str(newest.uuid) if newest else "", **opened}
    return determinations.determine(case, actor=fresh(actor), determined=given, **shown)
