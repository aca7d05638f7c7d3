"""What must hold between the specs of a project, one family of rules a file.

Nothing is imported here: `every_rule` has all of them, and what asks for the words of one need not import the others.
"""
