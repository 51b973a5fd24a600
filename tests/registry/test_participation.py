"""Like cases: who learns of which, what is said of them is kept, and taking part instead of registering twice."""

import threading
from datetime import date

import pytest
from django.core import mail
from django.db import connection

from audit.models import Event
from audit.workflow import Refused, Stale
from governance.actions import notices
from registry.actions import participation
from registry.actions.use_cases import file_revision, save_section
from registry.actions.vocabulary import refresh_search_words
from registry.models import JoinRequest, SimilarAnswer, UseCase, UseCaseComponent
from registry.models.use_case import Handling
from registry.permissions import can_edit, visible_to
from registry.similar import Match, overlaps, similar
from tests import lives, make

NAME, PURPOSE = "Invented walrus face matching", "Officers compare invented walrus pictures by hand at the pier."
FOUR = {"use_case_name": NAME, "problem_solved": PURPOSE, "system_outputs": "A walrus and a likeness."}


def case(component_code="CBP", owner=None, name=NAME, **changes):
    """A filed case about walruses."""
    columns = {key: changes.pop(key) for key in ("handling", "status") if key in changes}
    given = make.answers(**{**FOUR, "use_case_name": name, **changes})
    columns.setdefault("status", "recorded")
    made = make.use_case(component_code=component_code, owner=owner, given=given, filed_on=date(2026, 1, 28), **columns)
    refresh_search_words()
    return made


def found(user, name=NAME, purpose=PURPOSE):
    return [(match.use_case, match.is_visible) for match in similar(user, name, purpose)]


@pytest.mark.parametrize(
    ("name", "purpose"),
    [
        (NAME, ""),
        (NAME.upper(), ""),
        ("Matching of walrus pictures", "They compare pictures at the pier."),
        ("Invnted walruss face mathing", ""),
    ],
    ids=["the same name", "in capitals", "in other words", "misspelt"],
)
def test_a_like_case_is_found_however_it_is_put(cast, name, purpose):
    made = case()
    case(name="Invented badger census", problem_solved="Nobody counts badgers.", system_outputs="A number.")
    assert found(cast.officer, name, purpose) == [(made, True)]


def test_what_is_not_alike_is_not_shown(cast):
    case()
    for name, purpose in (
        ("", PURPOSE),
        ("ab", PURPOSE),
        ("Snowfall forecast", "Roads are closed."),
        ("\x00%'&|!", "'"),
    ):
        assert found(cast.officer, name, purpose) == []


def test_outside_of_ones_rights_only_name_component_and_contact_are_told(cast, sign_in):
    made = case("CBP", owner=cast.officer, contact_email="walrus@example.invalid")
    assert found(cast.other_officer) == [(made, False)]
    page = sign_in(cast.other_officer).post("/use-cases/similar/", FOUR).content.decode()
    assert NAME in page and "CBP" in page and "walrus@example.invalid" in page
    for hidden in (made.use_case_id, cast.officer.name, "Recorded", PURPOSE, "href"):
        assert hidden not in page


@pytest.mark.parametrize(
    "kept_back",
    [{"handling": Handling.RESTRICTED}, {"is_withheld": "prohibited_by_law"}, {"is_withheld": "risk_to_disclosure"}],
)
def test_a_case_one_has_no_need_to_know_never_matches(cast, sign_in, kept_back):
    made = case("CBP", owner=cast.officer, **kept_back)
    assert found(cast.other_officer) == []
    assert found(cast.officer) == [(made, True)]
    assert sign_in(cast.other_officer).post("/use-cases/similar/", FOUR).content.decode().strip() == ""


def test_a_draft_and_a_newly_withheld_case_are_nobodys_hint(cast):
    draft = make.use_case(owner=cast.officer, given=make.answers(**FOUR))
    refresh_search_words()
    assert found(cast.other_officer) == [] and found(cast.officer) == [(draft, True)]
    made = case("CBP", owner=cast.officer)
    assert (made, False) in found(cast.other_officer)
    save_section(made, "publication", {"is_withheld": "other"}, opened_on=1, actor=cast.officer)
    assert found(cast.other_officer) == []


def test_what_is_said_of_like_cases_is_kept_with_the_new_one(cast, sign_in):
    older = case("CBP")
    client = sign_in(cast.officer)
    four = {**FOUR, "component": make.component("CBP").pk}
    asked = client.post("/use-cases/register/", four)
    assert asked.status_code == 200 and "is yours one of these?" in asked.content.decode()
    assert UseCase.objects.count() == 1
    silent = client.post("/use-cases/register/", {**four, "similar_answer": "new", "why": " "})
    assert silent.status_code == 200 and "Say it in a sentence" in silent.content.decode()
    done = client.post("/use-cases/register/", {**four, "similar_answer": "new", "why": "Ours counts whiskers."})
    assert done.status_code == 302
    kept = SimilarAnswer.objects.get()
    assert (kept.other, kept.answer, kept.why) == (older, "new", "Ours counts whiskers.")
    assert Event.objects.get(kind="use_case.compared").reason == "Ours counts whiskers."
    page = client.get(kept.use_case.get_absolute_url()).content.decode()
    assert "Ours counts whiskers." in page and older.get_absolute_url() in page


def test_joining_registers_nothing_and_asks_the_owner(cast, sign_in):
    made = case("CBP", owner=cast.officer)
    four = {**FOUR, "component": make.component("FEMA").pk}
    said = {"similar_answer": "join", "which": "1", "why": "We match walruses after floods."}
    page = sign_in(cast.other_officer).post("/use-cases/register/", {**four, **said}, follow=True)
    assert page.redirect_chain[-1][0] == "/use-cases/joins/"
    assert UseCase.objects.count() == 1 and not visible_to(cast.other_officer).exists()
    notices.dispatch()
    assert [one.to for one in mail.outbox] == [[cast.officer.email]]
    assert made.use_case_id not in mail.outbox[0].body + mail.outbox[0].subject
    request = JoinRequest.objects.get()
    page = sign_in(cast.officer).get("/use-cases/joins/").content.decode()
    assert "its whole history, with drafts that were never sent" in page, "said before saying yes"
    sign_in(cast.officer).post(f"/use-cases/joins/{request.uuid}/answer/", {"accept": "1"})
    assert list(visible_to(cast.other_officer)) == [made]
    assert not can_edit(cast.other_officer, made)
    notices.dispatch()
    assert mail.outbox[-1].to == [cast.other_officer.email]


def test_declining_says_why_and_opens_nothing(cast):
    made = case("CBP", owner=cast.officer)
    ask = {"part": "After floods.", "actor": cast.other_officer}
    request = participation.ask_to_join(Match(made, False, False), make.component("FEMA"), **ask)
    with pytest.raises(Refused, match="why not"):
        participation.answer_join(request, accepts=False, answer="", actor=cast.officer)
    participation.answer_join(request, accepts=False, answer="Ours ends in May.", actor=cast.officer)
    with pytest.raises(Stale):
        participation.answer_join(request, accepts=True, answer="", actor=cast.lead)
    assert not visible_to(cast.other_officer).exists()


def test_nobody_asks_twice_for_another_component_or_their_own_case(cast):
    made = case("CBP", owner=cast.officer)
    match, fema = Match(made, False, False), make.component("FEMA")
    for component, part, actor, says in (
        (fema, "x", cast.officer, "your own component"),
        (fema, " ", cast.other_officer, "what your component would use it for"),
        (make.component("CBP"), "x", cast.officer, "has a part in this case already"),
    ):
        with pytest.raises(Refused, match=says):
            participation.ask_to_join(match, component, part=part, actor=actor)
    participation.ask_to_join(match, fema, part="x", actor=cast.other_officer)
    with pytest.raises(Refused, match="asked already"):
        participation.ask_to_join(match, fema, part="x", actor=cast.other_officer)


def test_a_stranger_cannot_answer_or_take_back(cast, sign_in):
    made = case("CBP", owner=cast.officer)
    ask = {"part": "x", "actor": cast.other_officer}
    request = participation.ask_to_join(Match(made, False, False), make.component("FEMA"), **ask)
    assert (
        sign_in(cast.other_officer).post(f"/use-cases/joins/{request.uuid}/answer/", {"accept": 1}).status_code == 404
    )
    assert sign_in(cast.officer).post(f"/use-cases/joins/{request.uuid}/take-back/").status_code == 404
    with pytest.raises(Refused):
        participation.answer_join(request, accepts=True, answer="", actor=cast.other_officer)


def test_a_participants_confirmation_is_of_one_filed_revision(cast, sign_in):
    made = case("CBP", owner=cast.officer)
    part = UseCaseComponent.objects.create(use_case=made, component=make.component("FEMA"))
    page = sign_in(cast.other_officer).post(f"{made.get_absolute_url()}part/", {"text": "After floods."}, follow=True)
    assert "Confirmed by" in page.content.decode()
    save_section(made, "basics", {"benefits": "Fewer walruses wait."}, opened_on=1, actor=cast.officer)
    file_revision(UseCase.objects.get(pk=made.pk), actor=cast.officer, why="for a test")
    page = sign_in(cast.other_officer).get(made.get_absolute_url()).content.decode()
    assert "Confirmed at revision 1" in page and "revision 2 counts now" in page
    with pytest.raises(Refused, match="Only people of"):
        participation.confirm_part(part, text="x", actor=cast.officer)


def test_a_participant_leaves_with_a_reason_and_sees_it_no_more(cast, sign_in):
    made = case("CBP", owner=cast.officer)
    UseCaseComponent.objects.create(use_case=made, component=make.component("FEMA"))
    client = sign_in(cast.other_officer)
    client.post(f"{made.get_absolute_url()}part/leave/", {"why": ""})
    assert visible_to(cast.other_officer).exists()
    client.post(f"{made.get_absolute_url()}part/leave/", {"why": "The flood is over."})
    assert client.get(made.get_absolute_url()).status_code == 404
    assert Event.objects.get(kind="use_case.part_ended").reason == "The flood is over."


def test_triage_shows_overlaps_of_cases_its_people_may_see(cast, sign_in):
    hidden = case("FEMA", handling=Handling.RESTRICTED)
    endorsed = lives.STATUSES["endorsed"](cast)
    given = {**endorsed.document["answers"], "use_case_name": NAME}
    endorsed.document["answers"] = given
    assert [match.use_case for match in overlaps(cast.manager, endorsed)] == [hidden]
    assert overlaps(cast.officer, endorsed) == []


@pytest.mark.django_db(transaction=True)
def test_two_asking_at_once_make_one_request(cast):
    made, fema = case("CBP", owner=cast.officer), make.component("FEMA")
    lock, outcomes = threading.Barrier(2), []

    def go(actor):
        lock.wait()
        try:
            participation.ask_to_join(Match(made, False, False), fema, part="x", actor=actor)
            outcomes.append("asked")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(actor,)) for actor in (cast.other_officer, cast.other_lead)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["asked", "refused"]


def test_more_text_adds_like_cases_and_never_takes_one_away(cast):
    """The words of the name always count, however uncommon the words of the other answers are."""
    many = [case(name=f"Invented walrus matching {word}") for word in ("alpha", "bravo", "carbon")]
    rare = "glacier tundra iceberg krill plankton seal orca narwhal beluga penguin"
    case(name="Invented badger census", problem_solved=f"Nobody counts {rare}.", system_outputs="A number.")
    seen = []
    for purpose in ("", "Officers compare pictures", f"Officers compare pictures of {rare}", rare):
        seen.append([made for made, _ in found(cast.officer, "Walrus matching", purpose)])
    assert set(seen[0]) == set(many)
    for later in seen[1:]:
        assert later[: len(seen[0])] == seen[0]


def test_a_misspelt_name_finds_its_case_whatever_else_is_typed(cast):
    made = case()
    other = case(name="Invented badger census", problem_solved="Nobody counts badgers.", system_outputs="A number.")
    assert found(cast.officer, "Invnted walruss face mathing", "")[0][0] == made
    both = [one for one, _ in found(cast.officer, "Invnted walruss face mathing badger", "Nobody counts a number")]
    assert made in both and other in both


def test_the_list_of_like_cases_is_empty_to_the_last_blank_when_there_is_none(cast, sign_in):
    given = {"use_case_name": "Snowfall forecast", "problem_solved": "", "system_outputs": ""}
    assert sign_in(cast.officer).post("/use-cases/similar/", given).content == b""
