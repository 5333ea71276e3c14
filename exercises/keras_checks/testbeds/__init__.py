"""Tiny networks and models that probes hand to an answer, and what reads their transcripts."""
