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

REVISE_FOR_CONTRACT = Internal("reviseForContract", "PUT", "/v1/contract-revisions/{id}", "budget")
CHECK_EFFECT = Internal("checkEffect", "POST", "/v1/variations/{id}/effect-checks", "contracts", 3.0)
APPLY_VARIATION = Internal("applyVariation", "POST", "/v1/variations/{id}/effect", "contracts")
CHECK_EXTENSION = Internal("checkExtension", "POST", "/v1/contracts/{id}/extension-checks", "contracts", 3.0)
APPLY_EXTENSION = Internal("applyExtension", "POST", "/v1/contracts/{id}/extensions", "contracts")
CHECK_PART_TERMINATION = Internal(
    "checkPartTermination", "POST", "/v1/contracts/{id}/part-termination-checks", "contracts", 3.0
)
APPLY_PART_TERMINATION = Internal(
    "applyPartTermination", "POST", "/v1/contracts/{id}/part-termination", "contracts"
)

# The terms of a contract change together with the budget that is set aside for it.
_TERMS = (
    REVISE_FOR_CONTRACT,
    CHECK_EFFECT,
    APPLY_VARIATION,
    CHECK_EXTENSION,
    APPLY_EXTENSION,
    CHECK_PART_TERMINATION,
    APPLY_PART_TERMINATION,
)

HAND_OVER_FOR_CONTRACTS = Internal("handOverForContracts", "PUT", "/v1/contract-handovers/{id}", "budget")
HAND_OVER_OBLIGATIONS = Internal("handOverObligations", "PUT", "/v1/obligation-handovers/{id}", "outcomes")
CHECK_NOVATION = Internal("checkNovation", "POST", "/v1/novations/{id}/completion-checks", "contracts", 3.0)
APPLY_NOVATION = Internal("applyNovation", "POST", "/v1/novations/{id}/completion", "contracts")
CHECK_STATUTORY_TRANSFER = Internal(
    "checkStatutoryTransfer", "POST", "/v1/statutory-transfers/{id}/completion-checks", "contracts", 3.0
)
APPLY_STATUTORY_TRANSFER = Internal(
    "applyStatutoryTransfer", "POST", "/v1/statutory-transfers/{id}/completion", "contracts"
)
CHECK_CONSOLIDATION = Internal("checkConsolidation", "POST", "/v1/consolidation-checks", "contracts", 3.0)
APPLY_CONSOLIDATION = Internal("applyConsolidation", "PUT", "/v1/consolidations/{id}", "contracts")
CHECK_SPLIT = Internal("checkSplit", "POST", "/v1/split-checks", "contracts", 3.0)
APPLY_SPLIT = Internal("applySplit", "PUT", "/v1/splits/{id}", "contracts")

# Contracts end and go on as others together with the budget that is set aside for them.
_RECORDS = (
    HAND_OVER_FOR_CONTRACTS,
    HAND_OVER_OBLIGATIONS,
    CHECK_NOVATION,
    APPLY_NOVATION,
    CHECK_STATUTORY_TRANSFER,
    APPLY_STATUTORY_TRANSFER,
    CHECK_CONSOLIDATION,
    APPLY_CONSOLIDATION,
    CHECK_SPLIT,
    APPLY_SPLIT,
)

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

INTERNAL: tuple[Internal, ...] = (*_CONTRACTS, *_TERMS, *_RECORDS, *_SUCCESSIONS)
