"""The brief: one page for the conversation with a holder on a period, with insight and next steps first."""
