"""The one blueprint of all pages of accounts."""

from dard.core.routing import Pages

pages = Pages("accounts", "dard.accounts.views")
