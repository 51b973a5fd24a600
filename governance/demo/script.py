"""Carries each invented case to its state by the real actions, at believable moments of the past months."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Component, Role, User
from governance.actions import decisions, lanes, practices, reviews, stage_requests, waivers
from governance.actions import use_cases as verbs
from governance.demo.answers import completed, full_answers
from governance.demo.cast import Cast
from governance.demo.clock import at
from governance.models import AgendaItem, Lane, Waiver
from registry import editions
from registry.actions import use_cases as facts
from registry.models import UseCase
from registry.models.use_case import Handling

PUBLISHED = date(2026, 1, 28)  # day of the inventory the recorded cases stand for
ADVICE = "Say to the people concerned, before it starts, that AI is used and whom they can ask."
STATEMENT = "These answers are complete and correct to the best of my knowledge."


class Story:
    """One case's way: `day` is how many days ago the next act takes place."""

    def __init__(self, case: Mapping[str, Any], component: Component, cast: Cast, position: int) -> None:
        self.case, self.component, self.cast = case, component, cast
        self.owner = cast.named(case["owner"])
        self.lead = cast.named(case["lead"])
        self.now = timezone.localtime()
        self.position = position
        self.use_case: UseCase

    def moment(self, days_ago: int) -> datetime:
        """A working hour so many days ago, a little different for each case."""
        then = self.now - timedelta(days=days_ago)
        return then.replace(hour=9 + self.position % 7, minute=(self.position * 13) % 60, second=0, microsecond=0)

    def act(self, days_ago: int, action: Callable[..., Any], *args: Any, actor: User, **words: Any) -> Any:
        """Do it then, on the case as it stands."""
        with at(min(self.moment(days_ago), self.now - timedelta(minutes=2))):
            result = action(*args, actor=actor, **words)
        if hasattr(self, "use_case"):
            self.use_case = UseCase.objects.get(pk=self.use_case.pk)
        return result

    def tell(self) -> UseCase:
        """The whole story."""
        state = self.case["state"]
        self._record() if state in ("recorded", "retired") or self._was_published else self._register()
        if state not in ("draft", "recorded"):
            self._go_on(state)
        self._evidence()
        if self.case.get("moved_on"):
            self.act(9, facts.adopt_edition, self.use_case, actor=self.owner, why="The yearly update is due.")
        if self.case.get("handling") == "restricted":
            self.act(1, facts.set_handling, self.use_case, Handling.RESTRICTED, actor=self.owner)
        return self.use_case

    @property
    def _was_published(self) -> bool:
        since = self.case.get("since")
        return bool(since and since <= PUBLISHED)

    def _register(self) -> None:
        answers = full_answers(self.case, self.component.code)
        first = {name: answers.get(name, "") for name in ("use_case_name", "problem_solved", "system_outputs")}
        start = self._start()
        self.use_case = self.act(start, facts.register, self.component, first, actor=self.owner)
        if self.case["state"] == "draft":
            keep = list(answers)[: 9 + self.position % 6]
            self._save(start - 1, "scope", {name: answers[name] for name in keep})
        else:
            self._save(start - 1, "scope", self._completed(start - 1))

    def _completed(self, days_ago: int) -> dict[str, Any]:
        """All answers of the case, under the edition it answers on that day."""
        with at(self.moment(days_ago)):
            form = editions.of(self.use_case)
        return completed(form, self.case, full_answers(self.case, self.component.code))

    def _catch_up(self, days_ago: int) -> None:
        """A case that answers an older edition moves on before it is sent, and answers what is new."""
        with at(self.moment(days_ago)):
            is_behind = editions.is_behind(self.use_case)
        if is_behind:
            self.act(days_ago, facts.adopt_edition, self.use_case, actor=self.owner)
        answers = self.use_case.document["answers"]
        more = {name: value for name, value in self._completed(days_ago).items() if name not in answers}
        if more:
            self._save(days_ago, "scope", more)

    def _record(self) -> None:
        """As an inventory file brings a case in: recorded, filed for the day of publication, then owned."""
        with (
            at(datetime.combine(PUBLISHED, datetime.min.time(), self.now.tzinfo) + timedelta(hours=10)),
            transaction.atomic(),
        ):
            self.use_case = facts.record_from_inventory(
                self.component,
                facts.next_use_case_id(self.component),
                full_answers(self.case, self.component.code),
                effective_on=PUBLISHED,
                actor=self.cast.one(Role.INVENTORY_MANAGER),
            )
        if self.position % 4 or self.case["state"] != "recorded" or self.case.get("handling"):
            self.act(150, facts.accept_ownership, self.use_case, actor=self.owner)

    def _save(self, days_ago: int, section: str, answers: Mapping[str, Any]) -> None:
        opened_on = self.use_case.revision_number
        self.act(days_ago, facts.save_section, self.use_case, section, answers, opened_on=opened_on, actor=self.owner)

    def _start(self) -> int:
        if "decided" in self.case:  # so many days ago: soon to be confirmed for another year
            return int(self.case["decided"]) + 12
        if self.case["state"] in ("approved", "approved_with_conditions", "rejected", "suspended"):
            return 110 + self.position * 2
        if self.case["state"] in ("ready_for_decision", "at_board") or self.case.get("overdue"):
            return 30 + self.position % 5
        return 10 + self.position % 5

    def _go_on(self, state: str) -> None:
        start = self._start()
        if state == "withdrawn":
            words = {"reason": self.case["withdrawn_because"], "ground": self.case["ground"]}
            self.act(start - 3, verbs.withdraw, self.use_case, actor=self.owner, **words)
            return
        if state == "retired":
            manager = self.cast.one(Role.INVENTORY_MANAGER)
            self.act(100, verbs.retire, self.use_case, actor=manager, reason="No longer used since last autumn.")
            return
        self._submit(start - 2)
        if state == "submitted":
            return
        self.act(start - 3, reviews.endorse, self.use_case, actor=self.lead)
        if state == "endorsed":
            return
        self._triage(start - 4)
        if self.case.get("resubmitted"):
            self._second_round(start - 5)
        if state == "returned":
            self._return(start - 6, self.case["return_reason"])
        elif state == "in_review":
            self._sign(start - 8, set(self.case.get("signed", ())))
        else:
            self._sign(start - 8, None)
            self._conclude(start - 12, state)

    def _submit(self, days_ago: int) -> None:
        self._catch_up(days_ago)
        opened_on = self.use_case.revision_number
        self.act(days_ago, verbs.submit, self.use_case, actor=self.owner, statement=STATEMENT, opened_on=opened_on)

    def _triage(self, days_ago: int) -> None:
        manager = self.cast.one(Role.INVENTORY_MANAGER)
        self.act(days_ago, reviews.triage, self.use_case, actor=manager, in_scope=True, is_ai=True, is_complete=True)

    def _second_round(self, days_ago: int) -> None:
        """Sent back by the Privacy Office, answered, and in its queue again."""
        self._return(days_ago, "PRIV")
        better = {
            "data_description": "Invented records of 2022 to 2025 and, new, scanned papers with names and birth dates."
        }
        self._save(days_ago - 2, "data", better)
        self._submit(days_ago - 3)
        self.act(days_ago - 4, reviews.endorse, self.use_case, actor=self.lead)
        self._triage(days_ago - 4)

    def _lanes(self) -> list[Lane]:
        rows = Lane.objects.filter(review__use_case=self.use_case, review__ended_at=None, status=Lane.State.OPEN)
        return list(rows.select_related("office", "review"))

    def _reviewer(self, lane: Lane) -> User:
        people = self.cast.holding(Role.OFFICE_REVIEWER, office=lane.office.code)
        return people[self.position % len(people)]

    def _return(self, days_ago: int, office: str) -> None:
        earlier = {lane.office.code for lane in self._lanes() if lane.office.part_of_id}
        self._sign(days_ago, earlier)  # the component's own officer comes before the office of the department
        lane = next(lane for lane in self._lanes() if lane.office.code == office)
        words = {"verb": "return", "reasons": ["retention-missing", "data-not-described"]}
        self.act(days_ago, lanes.decide_lane, lane, actor=self._reviewer(lane), no_conflict=True, **words)

    def _sign(self, days_ago: int, offices: set[str] | None) -> None:
        """Sign off in these offices, or in all (None); in the others somebody may have taken the lane."""
        n = 0
        while found := [lane for lane in self._lanes() if offices is None or lane.office.code in offices]:
            for lane in found:  # a lane that waited for one of these follows in the next pass
                says: dict[str, Any] = (
                    {"verb": "advise", "message": ADVICE} if lane.is_advisory else {"verb": "sign_off"}
                )
                who = self._reviewer(lane)
                self.act(max(1, days_ago - n), lanes.decide_lane, lane, actor=who, no_conflict=True, **says)
                n += 1
        for more, lane in enumerate(self._lanes(), n):
            if (self.position + more) % 3:
                who = self._reviewer(lane)
                self.act(max(1, days_ago), lanes.assign, [lane], actor=who, to=who)

    def _determined(self) -> decisions.Determined:
        text = self.case.get("justification") or "Determined from the answers and the screening."
        letters = tuple(c for c in self.case.get("categories", ()) if c != "none")
        return decisions.Determined(self.case["impact"], letters, text)

    def _conclude(self, days_ago: int, state: str) -> None:
        if state == "ready_for_decision":
            return
        caio = self.cast.one(Role.CAIO)
        if state == "at_board":
            question, determined = self.case["question"], self._determined()
            self.act(
                max(2, days_ago), decisions.refer, self.use_case, actor=caio, question=question, determined=determined
            )
            return
        outcome = {"suspended": "approve", "approved": "approve", "rejected": "reject"}.get(
            state, "approve_with_conditions"
        )
        due = self.now + timedelta(days=self.case.get("condition_due", 12 + self.position))
        conditions = [(self.case["condition"], due.date())] if "condition" in self.case else []
        reason = (
            "The offices agree." if outcome != "reject" else "The same is reached by a plain form, without a model."
        )
        self.act(
            days_ago, decisions.decide, self.use_case, actor=caio, outcome=outcome, reason=reason,
            determined=self._determined(), conditions=conditions,
        )  # fmt: skip
        if "asks" in self.case:
            self._ask_on(self.case["asks"])
        if state == "suspended":
            self.act(
                20,
                verbs.suspend,
                self.use_case,
                actor=caio,
                reason="Two wrong matches in one week; stopped until explained.",
                to_mend="Find out why both passed the threshold, and show a week of test runs without a wrong match.",
            )

    def _ask_on(self, asked: Mapping[str, str]) -> None:
        """A decided case asks for a later stage, and its lead has endorsed that."""
        self._catch_up(5)
        planned_on = (self.now + timedelta(days=45)).date()
        words = {"stage": asked["stage"], "reason": asked["because"], "planned_on": planned_on}
        opened_on = self.use_case.revision_number
        self.act(4, stage_requests.request_stage, self.use_case, actor=self.owner, opened_on=opened_on, **words)
        self.act(3, reviews.endorse, self.use_case, actor=self.lead)

    def _evidence(self) -> None:
        """Dated records behind the practices, and who verified them."""
        caio, tester = self.cast.one(Role.CAIO), self.cast.one(Role.OFFICE_REVIEWER, office="ST")
        for n, practice in enumerate(self.case.get("evidence", ())):
            words = {"title": "Report in the component's file", "effective_on": self._day(60 + n * 9)}
            self.act(50 - n, practices.record_evidence, self.use_case, practice, actor=self.owner, **words)
        for practice in self.case.get("verified", ()):
            words = {"title": "Read and confirmed", "effective_on": self._day(30)}
            self.act(30, practices.verify_evidence, self.use_case, practice, actor=tester, **words)
        for practice in self.case.get("accepted", ()):
            words = {
                "title": "No decision on a person follows", "reference": "Directive 139-08",
                "effective_on": self._day(28),
            }  # fmt: skip
            self.act(28, practices.accept_not_applicable, self.use_case, practice, actor=caio, **words)
        for practice in self.case.get("waived", ()):
            why = "Public consultation would tell where and how the system looks; users are consulted instead."
            words = {
                "ground": Waiver.Ground.IMPEDIMENT, "risk_assessment": why, "expires_on": self._day(-300),
                "consulted": [{"name": "Piet Example", "capacity": "Senior privacy official, invented"}],
                "mitigations": "The users are asked each quarter, and what they say is kept with the case.",
                "public_summary": "People are not asked in public, because that would show how the system looks.",
            }  # fmt: skip
            self.act(40, waivers.grant_waiver, self.use_case, practice, actor=caio, **words)

    def _day(self, days_ago: int) -> date:
        return (self.now - timedelta(days=days_ago)).date()


def waiting_items() -> list[AgendaItem]:
    """Referred cases that no meeting has taken yet."""
    return list(AgendaItem.objects.filter(meeting=None, closed_at=None).order_by("referred_at"))


def is_done() -> bool:
    """Whether the demonstration was loaded before."""
    return UseCase.objects.filter(is_demo=True).exists()
