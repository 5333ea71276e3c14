"""One fork server for all tests of the workers, and submissions made of a few cells."""

from __future__ import annotations

from worker_fixtures import bare, seal, student, zygote

__all__ = ["bare", "seal", "student", "zygote"]
