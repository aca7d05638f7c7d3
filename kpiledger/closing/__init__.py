"""Closing periods: figures are frozen, later changes are told beside them, and nothing is changed in place.

`standing` folds the ledger's closes, `close`, `reopen`, `restate` and `override` add to them, `refusing` says why not.
`evidence` writes what is frozen, `verified` looks whether it is still there, `laying` gives it to a run, `restating`
holds what was closed against what is computed now, and `causes` says why they differ.
"""
