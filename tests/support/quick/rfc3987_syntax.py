"""Stands in for a package that JupyterLab brings along: `nbformat` imports it, which takes a second, and never uses it.

An installation without JupyterLab does not have it. Here it would cost that second in each process that a test starts.
"""
