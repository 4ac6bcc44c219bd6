"""Checks of a table: one a file, each with a module-level ``CHECK``, found by walking this folder.

``CHECK.run(frame, schema, target)`` takes a typed frame (see ``outfold.data.schema``) and returns
findings; it trusts the schema's counts of missing and distinct cells, never changes the frame, and
is fast: no work that grows with the square of the number of columns. Each code has a heading in
``docs/findings.md``.
"""
