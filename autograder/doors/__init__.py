"""The ways in from other platforms: stock Otter and Gradescope."""
