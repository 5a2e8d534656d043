"""Keys, sealed fields and blind indexes: the only package that encrypts.

What identifies a person, and every free text about a case, is sealed field by field before it reaches the database,
under a key that lies elsewhere, bound to the very cell that it was written for.
"""
