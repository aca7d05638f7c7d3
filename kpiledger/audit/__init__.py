"""An auditor's questions: each is answered from the ledger, the files and the warehouse, as text, JSON and CSV."""
