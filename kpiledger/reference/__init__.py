"""The reference pages and the editor schemas: all of them made from the code, none written by hand."""
