"""The verbs of judgement; each is one transaction with its events."""
