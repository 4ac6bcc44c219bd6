"""Validation schemes: how rows are held out; one file a scheme.

Each file declares a module-level ``SCHEME = Scheme(…)``. Its ``draw`` takes the study's
``Validation`` and the ``Rows`` of its table and yields one pair a split: positions of the rows to
train on and of the rows to validate on. Menus, refusals, the command line, the documents and the
contract tests are made from what the file declares. Outside packages add theirs by an entry point
in the group ``outfold.validation``.
"""

SHARED = ("catalogue", "fields", "forward", "groups", "scheme", "validation")
"""Modules of this folder that are no scheme."""
