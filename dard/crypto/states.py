"""The life of a data key. Steps are made by the system (``dard keys``); no role holds the permission."""

from dard.core.permissions import Permission
from dard.core.workflow import Step, Workflow
from dard.crypto.enums import KeyState as K

_SYSTEM = Step(Permission.KEY_MANAGE)

KEY_WORKFLOW = Workflow(
    {
        (K.STAGED, K.PRIMARY): _SYSTEM,
        (K.PRIMARY, K.DECRYPT_ONLY): _SYSTEM,
        (K.DECRYPT_ONLY, K.RETIRED): _SYSTEM,
        (K.RETIRED, K.DECRYPT_ONLY): _SYSTEM,
        (K.RETIRED, K.DESTROYED): _SYSTEM,
    }
)
