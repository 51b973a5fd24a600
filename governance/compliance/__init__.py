"""Scheduled checks: a frozen snapshot of a case, pure checks over it, and runs that keep what they found."""
