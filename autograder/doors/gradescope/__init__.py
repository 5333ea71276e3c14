"""Gradescope's door: what lies at the root of an autograder zip, and what it calls."""
