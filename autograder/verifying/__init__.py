"""Tests the checks themselves: the bank, forgeries, and what works on this machine."""
