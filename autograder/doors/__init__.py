"""The ways in from other platforms: stock Otter, Gradescope and PrairieLearn."""
