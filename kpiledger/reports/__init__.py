"""What a person or a machine reads of what was found and computed."""
