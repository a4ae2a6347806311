"""Who may call the contracts service's operations."""

from __future__ import annotations

from functools import partial

from services.gateway.rules.link import Agrees, Link
from services.gateway.rules.policy import ANY_ORGANISATION, COMMISSIONERS, Row, Takes

# A contract may stand outside every partnership, and then its parties are all that count: only the row can tell.
_Read = partial(Row, service="contracts", method="GET", scope="contract:read", roles=ANY_ORGANISATION)
_Write = partial(
    Row,
    service="contracts",
    scope="contract:write",
    roles=COMMISSIONERS | {"associate"},
    takes=Takes.JSON,
)

_LINKS = (
    Link("/funding/*/pool_id", "getPool", agrees=(Agrees("/partnership_id", "/partnership_id"),)),
    Link("/indicator_ids/*", "getIndicator"),
)
_BODIES = ("/parties/*/organisation_id", "/funding/*/organisation_id")
_NAMED = (
    *_BODIES,
    "/sites/*/operated_by_organisation_id",
    "/staff_transfers/*/from_organisation_id",
    "/staff_transfers/*/to_organisation_id",
)
_PASSES = ("/outgoing_organisation_id", "/incoming_organisation_id")
IMPORT_SECONDS = 900.0  # a file of many thousand rows, in one transaction

# Both sides answer a variation: a provider's client holds this scope and never the one to write contracts.
_Answer = partial(_Write, scope="variation:answer", roles=COMMISSIONERS | {"associate", "provider"})
_VARIATIONS = (
    _Write(
        "proposeVariation",
        "PUT",
        "/v1/variations/{id}",
        links=(Link("/funding_after/*/pool_id", "getPool"),),
        organisations=("/funding_after/*/organisation_id",),
    ),
    _Answer("agreeVariation", "POST", "/v1/variations/{id}/agreement"),
    _Answer("refuseVariation", "POST", "/v1/variations/{id}/refusal"),
    _Write("withdrawVariation", "POST", "/v1/variations/{id}/withdrawal", takes=Takes.NOTHING),
    _Read("getVariation", path="/v1/variations/{id}"),
    _Read("listVariations", path="/v1/variations"),
)

# Both sides of a dispute: a provider raises and moves its own, and writes nothing else of a contract.
_Discuss = partial(_Write, scope="contract:discuss", roles=COMMISSIONERS | {"associate", "provider"})
_DISPUTES = (
    _Discuss("raiseContractDispute", "POST", "/v1/contracts/{id}/disputes"),
    _Discuss("moveContractDispute", "POST", "/v1/contracts/{id}/disputes/{dispute_id}/stage"),
    _Discuss("resolveContractDispute", "POST", "/v1/contracts/{id}/disputes/{dispute_id}/resolution"),
    _Read("getContractDispute", path="/v1/contracts/{id}/disputes/{dispute_id}"),
    _Read("listContractDisputes", path="/v1/contracts/{id}/disputes"),
)

# Budgets move with these, so the gateway makes them itself with both services.
_Jointly = partial(_Write, service="gateway", method="POST")
_JOINT = (
    _Jointly("activateContract", path="/v1/contracts/{id}/activation"),
    _Jointly("terminateContract", path="/v1/contracts/{id}/termination"),
    _Jointly("completeContract", path="/v1/contracts/{id}/completion"),
    _Jointly("effectVariation", path="/v1/variations/{id}/effect"),
    _Jointly("completeNovation", path="/v1/novations/{id}/completion", takes=Takes.NOTHING),
    _Jointly(
        "completeStatutoryTransfer",
        path="/v1/statutory-transfers/{id}/completion",
        takes=Takes.NOTHING,
    ),
    _Jointly("consolidateContracts", path="/v1/consolidations/{id}", method="PUT"),
    _Jointly("splitContract", path="/v1/splits/{id}", method="PUT"),
    _Jointly("extendContract", path="/v1/contracts/{id}/extensions"),
    _Jointly("partTerminateContract", path="/v1/contracts/{id}/part-termination"),
    _Jointly("resumeJointChange", path="/v1/joint-changes/{id}/resumption", takes=Takes.NOTHING),
    _Read("getJointChange", path="/v1/joint-changes/{id}", service="gateway", roles=COMMISSIONERS),
    _Read("listJointChanges", path="/v1/joint-changes", service="gateway", roles=COMMISSIONERS),
)

_NEW_MONEY = (Link("/funding/*/pool_id", "getPool"),)
_TRANSFERS = (
    _Write("proposeNovation", "PUT", "/v1/novations/{id}", organisations=_PASSES),
    _Answer("consentToNovation", "POST", "/v1/novations/{id}/consent"),
    _Answer("refuseNovation", "POST", "/v1/novations/{id}/refusal"),
    _Write("withdrawNovation", "POST", "/v1/novations/{id}/withdrawal", takes=Takes.NOTHING),
    _Write(
        "takeOverByNovation", "POST", "/v1/novations/{id}/take-over", links=_NEW_MONEY, organisations=_BODIES
    ),
    _Read("getNovation", path="/v1/novations/{id}"),
    _Read("listNovations", path="/v1/novations"),
    _Write("recordStatutoryTransfer", "PUT", "/v1/statutory-transfers/{id}", organisations=_PASSES),
    _Write(
        "withdrawStatutoryTransfer",
        "POST",
        "/v1/statutory-transfers/{id}/withdrawal",
        takes=Takes.NOTHING,
    ),
    _Write(
        "takeOverByStatutoryTransfer",
        "POST",
        "/v1/statutory-transfers/{id}/take-over",
        links=_NEW_MONEY,
        organisations=_BODIES,
    ),
    _Read("getStatutoryTransfer", path="/v1/statutory-transfers/{id}"),
    _Read("listStatutoryTransfers", path="/v1/statutory-transfers"),
    _Read("getConsolidation", path="/v1/consolidations/{id}"),
    _Read("listConsolidations", path="/v1/consolidations"),
    _Read("getSplit", path="/v1/splits/{id}"),
    _Read("listSplits", path="/v1/splits"),
)

ROWS: tuple[Row, ...] = (
    *_JOINT,
    *_DISPUTES,
    _Read("getActivation", path="/v1/contracts/{id}/activation"),
    _Write("registerContract", "PUT", "/v1/contracts/{id}", links=_LINKS, organisations=_NAMED),
    _Write("amendContract", "PATCH", "/v1/contracts/{id}", links=_LINKS, organisations=_NAMED),
    _Read("getContract", path="/v1/contracts/{id}"),
    _Read("listContracts", path="/v1/contracts"),
    _Write("awardContract", "POST", "/v1/contracts/{id}/award"),
    _Write("giveNotice", "POST", "/v1/contracts/{id}/notice"),
    _Write("startProcurement", "POST", "/v1/contracts/{id}/procurement"),
    _Write("startStandstill", "POST", "/v1/contracts/{id}/standstill"),
    _Write("suspendContract", "POST", "/v1/contracts/{id}/suspension"),
    _Write("resumeContract", "POST", "/v1/contracts/{id}/resumption"),
    _Write("withdrawNotice", "POST", "/v1/contracts/{id}/notice-withdrawal"),
    _Write("holdContractOver", "POST", "/v1/contracts/{id}/hold-over"),
    _Write("abandonContract", "POST", "/v1/contracts/{id}/abandonment"),
    _Write("expireContracts", "POST", "/v1/contract-expiries"),
    _Read("listContractFindings", path="/v1/contract-findings"),
    _Read("listContractSteps", path="/v1/contract-steps"),
    _Write("importRegister", "POST", "/v1/register-imports", takes=Takes.CSV, seconds=IMPORT_SECONDS),
    _Read("getRegisterImport", path="/v1/register-imports/{id}"),
    _Read("listRegisterImportRows", path="/v1/register-imports/{id}/rows"),
    _Read("listRegisterImports", path="/v1/register-imports"),
    _Read("listDueDates", path="/v1/due-dates"),
    _Read("getContractSummary", path="/v1/contract-summaries"),
    *_VARIATIONS,
    *_TRANSFERS,
    _Read("listPipeline", path="/v1/pipeline"),
    _Write("enterService", "PUT", "/v1/services/{id}", roles=COMMISSIONERS),
    _Read("getService", path="/v1/services/{id}", roles=COMMISSIONERS),
    _Read("listServices", path="/v1/services", roles=COMMISSIONERS),
    _Read("listServiceFindings", path="/v1/service-findings", roles=COMMISSIONERS),
    _Read("getRegisterCompleteness", path="/v1/register-completeness", roles=COMMISSIONERS),
)

# Placements stand for persons: a scope of their own, and of rows only one's own (domain, section 2).
_ReadCare = partial(_Read, scope="placement:read")
_WriteCare = partial(_Write, scope="placement:write")

ROWS += (
    _WriteCare("registerPlacement", "PUT", "/v1/placements/{id}"),
    _WriteCare("amendPlacement", "PATCH", "/v1/placements/{id}"),
    _ReadCare("getPlacement", path="/v1/placements/{id}"),
    _ReadCare("listPlacements", path="/v1/placements"),
    _WriteCare("activatePlacement", "POST", "/v1/placements/{id}/activation"),
    _WriteCare("reviewPlacement", "POST", "/v1/placements/{id}/review"),
    _WriteCare("suspendPlacement", "POST", "/v1/placements/{id}/suspension"),
    _WriteCare("resumePlacement", "POST", "/v1/placements/{id}/resumption"),
    _WriteCare("endPlacement", "POST", "/v1/placements/{id}/end"),
    _ReadCare("getPlacementSubjectAccess", path="/v1/placement-subject-access"),
    _WriteCare("disposePlacements", "POST", "/v1/placement-disposals"),
    _ReadCare("getPlacementDisposal", path="/v1/placement-disposals/{id}"),
    _ReadCare("listPlacementDisposals", path="/v1/placement-disposals"),
    _WriteCare("setHighCostThreshold", "PUT", "/v1/high-costs/thresholds/{id}"),
    _ReadCare("listHighCostThresholds", path="/v1/high-costs/thresholds"),
    _ReadCare("listHighCostPlacements", path="/v1/high-costs"),
)

ROWS += (
    _WriteCare("importPlacements", "POST", "/v1/placement-imports", takes=Takes.CSV, seconds=IMPORT_SECONDS),
    _ReadCare("getPlacementImport", path="/v1/placement-imports/{id}"),
    _ReadCare("listPlacementImportRows", path="/v1/placement-imports/{id}/rows"),
    _ReadCare("listPlacementImports", path="/v1/placement-imports"),
)

# Never shown to providers: the service asks that, partnership by partnership.
ROWS += (
    _Write("publishRateBenchmark", "POST", "/v1/rate-benchmarks", roles=COMMISSIONERS),
    _Read("getRateBenchmark", path="/v1/rate-benchmarks/{id}", roles=COMMISSIONERS | {"observer", "auditor"}),
    _Read("listRateBenchmarks", path="/v1/rate-benchmarks", roles=COMMISSIONERS | {"observer", "auditor"}),
)

_EVIDENCE = (Link("/evidence_id", "getTrigger"),)

ROWS += (
    _Write("recordPayment", "PUT", "/v1/payments/{id}"),
    _Write("invoicePayment", "POST", "/v1/payments/{id}/invoice"),
    _Write("payInvoice", "POST", "/v1/payments/{id}/payment"),
    _Write("cancelPayment", "POST", "/v1/payments/{id}/cancellation"),
    _Write("contestInvoice", "POST", "/v1/payments/{id}/disputes"),
    _Write("advanceInvoiceDispute", "POST", "/v1/payments/{id}/disputes/{dispute_id}/stage"),
    _Write("resolveInvoiceDispute", "POST", "/v1/payments/{id}/disputes/{dispute_id}/resolution"),
    _Read("getPayment", path="/v1/payments/{id}"),
    _Read("listPayments", path="/v1/payments"),
    _Write("takeManagementAction", "PUT", "/v1/management-actions/{id}", links=_EVIDENCE),
    _Write("answerManagementAction", "POST", "/v1/management-actions/{id}/answer"),
    _Write("completePlanStep", "POST", "/v1/management-actions/{id}/steps/{number}/completion"),
    _Write("shareQualityConcern", "POST", "/v1/management-actions/{id}/disclosure", takes=Takes.NOTHING),
    _Write("closeManagementAction", "POST", "/v1/management-actions/{id}/closure"),
    _Read("getManagementAction", path="/v1/management-actions/{id}"),
    _Read("listManagementActions", path="/v1/management-actions"),
)

ROWS += (
    _Read("listProviderVolumes", path="/v1/provider-markets/volumes"),
    _Read("listSupplierDuplicates", path="/v1/supplier-duplicates"),
    _Read("listProviderConcentrations", path="/v1/provider-markets/concentrations"),
    _Read("getProviderView", path="/v1/providers/{id}"),
)

ROWS += (
    _Write("recordRate", "PUT", "/v1/rates/{id}"),
    _Write("proposeUplift", "POST", "/v1/rates/{id}/uplifts"),
    _Write("agreeUplift", "POST", "/v1/rates/{id}/agreement"),
    _Write("refuseUplift", "POST", "/v1/rates/{id}/refusal"),
    _Read("getRate", path="/v1/rates/{id}"),
    _Read("listRates", path="/v1/rates"),
)

# The library is the partners'; what a contract goes by is its parties'.
ROWS += (
    _Write("recordSpecification", "PUT", "/v1/specifications/{id}", roles=COMMISSIONERS),
    _Read("getSpecification", path="/v1/specifications/{id}", roles=COMMISSIONERS),
    _Read("listSpecifications", path="/v1/specifications", roles=COMMISSIONERS),
    _Write("nameSpecification", "PUT", "/v1/contract-specifications/{id}"),
    _Read("getContractSpecification", path="/v1/contract-specifications/{id}"),
    _Read("listContractSpecifications", path="/v1/contract-specifications"),
)
