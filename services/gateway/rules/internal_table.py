"""Every operation of a service that only the gateway itself calls. None of them is at the public door."""

from __future__ import annotations

from services.gateway.rules.internal import Internal

RESERVE_FOR_CONTRACT = Internal("reserveForContract", "PUT", "/v1/contract-reservations/{id}", "budget")
RELEASE_FOR_CONTRACT = Internal("releaseForContract", "POST", "/v1/contract-releases", "budget")
CHECK_ACTIVATION = Internal(
    "checkActivation", "POST", "/v1/contracts/{id}/activation-checks", "contracts", 3.0
)
BRING_INTO_FORCE = Internal("bringIntoForce", "POST", "/v1/contracts/{id}/activation", "contracts")
CHECK_ENDING = Internal("checkEnding", "POST", "/v1/contracts/{id}/ending-checks", "contracts", 3.0)
APPLY_TERMINATION = Internal("applyTermination", "POST", "/v1/contracts/{id}/termination", "contracts")
APPLY_COMPLETION = Internal("applyCompletion", "POST", "/v1/contracts/{id}/completion", "contracts")

# Contracts come into force and end together with the budget that was set aside for them.
_CONTRACTS = (
    RESERVE_FOR_CONTRACT,
    RELEASE_FOR_CONTRACT,
    CHECK_ACTIVATION,
    BRING_INTO_FORCE,
    CHECK_ENDING,
    APPLY_TERMINATION,
    APPLY_COMPLETION,
)

# Each service's part of a succession of organisations.
_SUCCESSIONS = (
    Internal("applyBudgetSuccession", "PUT", "/v1/succession-parts/{id}", "budget", 120.0),
    Internal("previewBudgetSuccession", "POST", "/v1/succession-previews", "budget", 120.0),
    Internal("applyContractsSuccession", "PUT", "/v1/succession-parts/{id}", "contracts", 60.0),
    Internal("previewContractsSuccession", "POST", "/v1/succession-previews", "contracts", 60.0),
    Internal("applyOutcomesSuccession", "PUT", "/v1/succession-parts/{id}", "outcomes", 60.0),
    Internal("previewOutcomesSuccession", "POST", "/v1/succession-previews", "outcomes", 60.0),
)

INTERNAL: tuple[Internal, ...] = (*_CONTRACTS, *_SUCCESSIONS)
