"""Finds and reads what students handed in."""
