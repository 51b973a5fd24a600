"""The way through a queue: where a case stands in the one the reader came from, and on to the next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from governance.models import Lane, Review
from governance.reads import queue, queue_asked, queue_place
from governance.reads.queue_asked import Asked


def place(request: HttpRequest, work: str, item: Lane | Review) -> queue_place.Place:
    """Where this stands in the queue the address names; from elsewhere, in the usual one."""
    given = request.GET if request.GET.get("scope") or request.GET.get("work") == work else {"work": work}
    asked = queue_asked.read(request.user, given, queue.works(request.user), queue.FILTERS)
    return queue_place.place(request.user, asked if asked.work == work else Asked(work), item)


def onward(request: HttpRequest, work: str, done: Lane | Review) -> HttpResponse:
    """To what comes next, or back to the queue when nothing else can be decided in it."""
    here = place(request, work, done)
    return redirect(here.following.url if here.following else here.back)
