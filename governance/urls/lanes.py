"""Addresses of acts in an office's lane."""

from django.urls import path

from governance.views import lane_acts

urlpatterns = [
    path("reviews/lanes/together/", lane_acts.together, name="reviews-together"),
    path("reviews/lanes/<uuid:uuid>/ask/", lane_acts.ask, name="reviews-ask"),
    path("reviews/lanes/<uuid:uuid>/second-reader/", lane_acts.second_reader, name="reviews-second_reader"),
    path("reviews/lanes/<uuid:uuid>/agree/", lane_acts.agree, name="reviews-agree"),
    path("reviews/lanes/<uuid:uuid>/disagree/", lane_acts.disagree, name="reviews-disagree"),
    path("reviews/lanes/<uuid:uuid>/take-back/", lane_acts.take_back, name="reviews-take_back"),
    path("reviews/questions/<uuid:uuid>/answer/", lane_acts.answer, name="reviews-answer"),
    path("reviews/questions/<uuid:uuid>/withdraw/", lane_acts.withdraw_question, name="reviews-withdraw_question"),
    path("reviews/<str:use_case_id>/call-in/", lane_acts.call_in, name="reviews-call_in"),
]
