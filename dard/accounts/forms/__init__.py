"""The forms of accounts, by what people do with them."""
