"""Every table of the product, for migrations and for checks that look at all of them."""

from dard.accounts import models as accounts
from dard.actions import models as actions
from dard.agreements import models as agreements
from dard.audit import models as audit
from dard.cases import models as cases
from dard.cases.access import models as access
from dard.core.database import Base
from dard.crypto import models as crypto
from dard.imports import models as imports
from dard.panels import models as panels
from dard.pseudonymisation import models as pseudonymisation

ALL = (access, accounts, actions, agreements, audit, cases, crypto, imports, panels, pseudonymisation)
METADATA = Base.metadata
