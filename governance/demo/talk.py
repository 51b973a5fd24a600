"""Files, links and conversations of the demonstration, from `fixtures/demo/talk.yaml`, by the real actions."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import User
from governance.actions import practices
from governance.demo.cast import Cast
from governance.demo.clock import at
from registry import yaml_source
from registry.actions import conversation
from registry.actions import evidence as actions
from registry.models import Comment, UseCase

LINE = 62  # characters of a line of an invented letter


def talk(folder: Path, cast: Cast) -> None:
    """Put them on the cases they name."""
    for row in yaml_source.read(folder / "talk.yaml")["cases"]:
        case = UseCase.objects.get(is_demo=True, name=row["case"])
        for given in row.get("evidence", ()):
            _evidence(case, given, cast)
        thread: Comment | None = None
        for given in row.get("talk", ()):
            thread = _comment(case, given, cast, thread)


def _who(case: UseCase, name: str, cast: Cast) -> User:
    if name == "owner" and case.owner:
        return case.owner
    return cast.one("component_lead", component=case.component.code) if name == "lead" else cast.named(name)


def _moment(days_ago: int) -> datetime:
    then = timezone.localtime() - timedelta(days=days_ago)
    return then.replace(hour=9 + days_ago % 7, minute=days_ago * 13 % 60, second=0, microsecond=0)


def _evidence(case: UseCase, given: dict[str, Any], cast: Cast) -> None:
    day = (timezone.localtime() - timedelta(days=given["days"])).date()
    words: dict[str, Any] = {
        name: given[name] for name in ("kind", "title", "field", "practice", "link") if name in given
    }
    if "file" in given:
        content = letter(given["words"]) if given["file"].endswith(".pdf") else given["words"].encode()
        words["file"] = ContentFile(content, given["file"])
    if "expires" in given:
        words["expires_on"] = timezone.localdate() + timedelta(days=given["expires"])
    who = _who(case, given["who"], cast)
    with at(_moment(min(given["days"], 90))):
        made = actions.add(case, dated_on=day, actor=who, **words)
        if "shows" in given:
            practices.record_evidence(
                case, made.practice, title=made.title, effective_on=day, note=given["shows"], actor=who, evidence=made
            )


def _comment(case: UseCase, given: dict[str, Any], cast: Cast, thread: Comment | None) -> Comment:
    who = _who(case, given["who"], cast)
    called = [_who(case, name, cast) for name in given.get("mentions", ())]
    with at(_moment(given["days"])):
        if thread and given.get("answers"):
            conversation.reply(thread, text=given["text"], actor=who, mentions=called)
            return thread
        audience, field = given.get("audience", "shared"), given.get("field", "")
        made = conversation.comment(
            case, text=given["text"], audience=audience, field=field, actor=who, mentions=called
        )
    if "settled" in given:
        with at(_moment(given["settled"])):
            conversation.resolve(made, actor=who)
    return made


def letter(words: str) -> bytes:
    """A one-page PDF that says so; a report's way of making one would be far too much for this."""
    lines, rest = [], words.replace("(", "").replace(")", "")
    while rest:
        cut = len(rest) if len(rest) <= LINE else rest.rfind(" ", 0, LINE)
        lines.append(rest[:cut])
        rest = rest[cut:].lstrip()
    text = "BT /F1 14 Tf 20 TL 72 720 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 "
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
    ]
    body, offsets = "%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{part}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    end = f"xref\n0 5\n0000000000 65535 f \n{table}trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return (body + end).encode("ascii")
