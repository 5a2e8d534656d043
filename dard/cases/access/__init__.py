"""Who sees a case, beyond what their role says: recusals, restrictions, guests, and opening one in an emergency."""
