"""The append-only record of what was defined, agreed and published: entries, tree, checkpoint, files.

`docs/ledger-format.md` says what each byte means, for whoever checks a ledger without this code.
"""
