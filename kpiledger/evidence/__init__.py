"""What an auditor takes away and checks without this code: proofs, and the bundle that holds them."""
