"""Addresses of the queue, and of the workload of offices."""

from django.urls import path

from governance.views import queue, workload

urlpatterns = [
    path("reviews/", queue.queue, name="reviews-queue"),
    path("reviews/rows.csv", queue.download, name="reviews-download"),
    path("reviews/assign/", queue.assign, name="reviews-assign"),
    path("reviews/workload/", workload.workload, name="reviews-workload"),
    path("reviews/workload/tables.csv", workload.workload_file, name="reviews-workload_file"),
    path("reviews/decided/", workload.decided, name="reviews-decided"),
    path("reviews/decided/rows.csv", workload.decided_file, name="reviews-decided_file"),
]
