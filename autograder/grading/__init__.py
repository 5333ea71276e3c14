"""Grades one submission: the session, the trusted process, checks, verdicts and diagnosis."""
