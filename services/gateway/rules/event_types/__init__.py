"""Every type of event that a feed may hold: what it means, and who is told of it."""

from services.gateway.rules.event_types.budget import BUDGET
from services.gateway.rules.event_types.contracts import CONTRACTS
from services.gateway.rules.event_types.event_type import EventType, types_of
from services.gateway.rules.event_types.gateway import GATEWAY
from services.gateway.rules.event_types.outcomes import OUTCOMES

_THINGS = {"budget": BUDGET, "contracts": CONTRACTS, "gateway": GATEWAY, "outcomes": OUTCOMES}
# By the `type` of a CloudEvent.
EVENT_TYPES: dict[str, EventType] = {
    each.type: each for service, things in _THINGS.items() for each in types_of(service, things)
}
