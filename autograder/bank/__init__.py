"""Reads what authors write: master notebooks, alternatives, misconceptions, settings."""
