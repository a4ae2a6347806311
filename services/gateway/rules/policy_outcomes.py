"""Who may call the outcomes service's operations."""

from __future__ import annotations

from functools import partial

from services.gateway.rules.link import Agrees, AtLeast, Link, Requires
from services.gateway.rules.policy import ANY_ORGANISATION, COMMISSIONERS, Row, Takes

# An indicator or an obligation may stand outside every partnership: only the row can tell who may read it.
_Read = partial(Row, service="outcomes", method="GET", scope="outcome:read", roles=ANY_ORGANISATION)
_Write = partial(Row, service="outcomes", scope="outcome:write", roles=COMMISSIONERS, takes=Takes.JSON)
_Return = partial(Row, service="outcomes", method="GET", scope="return:read", roles=ANY_ORGANISATION)
_Submit = partial(
    Row, service="outcomes", scope="return:submit", roles=COMMISSIONERS | {"provider"}, takes=Takes.JSON
)
_Sign = partial(
    Row, service="outcomes", scope="return:signoff", roles=COMMISSIONERS | {"associate"}, takes=Takes.JSON
)
_Discuss = partial(
    Row,
    service="outcomes",
    scope="return:discuss",
    roles=COMMISSIONERS | {"associate", "provider"},
    takes=Takes.JSON,
)

_OF_CONTRACT = Link("/contract_id", "getContract")
# Whether the law demands a rating hangs on regime, value and form: they are the contract's. The register's value leaves
# VAT out, which the Act counts in, so what is rated is worth that much or more.
_REGIME = Agrees("/award_regime", "/award_regime")
_WORTH = AtLeast("/value_pence", "/value/amount_pence", where="/value_basis", value="total")
_FRAMEWORK = Requires("/framework_or_concession", said=True, where="/agreement_form", value="framework")
_RATED = Link(
    "/contract_id",
    "getContract",
    agrees=(Agrees("/partnership_id", "/partnership_id"), _REGIME, _WORTH, _FRAMEWORK),
)
# An obligation lets a provider and associates read it, so they must be those of the contract.
_OBLIGED = Link(
    "/contract_id",
    "getContract",
    agrees=(
        Agrees("/partnership_id", "/partnership_id"),
        Agrees("/lead_organisation_id", "/owner_organisation_id"),
        Agrees("/provider_organisation_id", "/parties/*", role="provider"),
        Agrees("/associate_organisation_ids/*", "/parties/*", role="associate_commissioner"),
    ),
)

ROWS: tuple[Row, ...] = (
    _Write("createFramework", "PUT", "/v1/frameworks/{id}"),
    _Read("getFramework", path="/v1/frameworks/{id}"),
    _Read("listFrameworks", path="/v1/frameworks"),
    _Write("createIndicator", "PUT", "/v1/indicators/{id}"),
    _Read("getIndicator", path="/v1/indicators/{id}"),
    _Read("listIndicators", path="/v1/indicators"),
    _Write("amendIndicator", "PATCH", "/v1/indicators/{id}"),
    _Read("listIndicatorVersions", path="/v1/indicators/{id}/versions"),
    _Write("setBaseline", "PUT", "/v1/baselines/{id}", links=(_OF_CONTRACT,)),
    _Read("getBaseline", path="/v1/baselines/{id}"),
    _Read("listBaselines", path="/v1/baselines"),
    _Write("setTarget", "PUT", "/v1/targets/{id}", links=(_OF_CONTRACT,)),
    _Read("getTarget", path="/v1/targets/{id}"),
    _Read("listTargets", path="/v1/targets"),
    _Write("createComparator", "PUT", "/v1/comparators/{id}"),
    _Read("getComparator", path="/v1/comparators/{id}"),
    _Read("listComparators", path="/v1/comparators"),
    _Write("addComparatorValues", "POST", "/v1/comparators/{id}/values"),
    _Write("recordPopulation", "PUT", "/v1/populations/{id}"),
    _Read("getPopulation", path="/v1/populations/{id}"),
    _Read("listPopulations", path="/v1/populations"),
    _Write("createObligation", "PUT", "/v1/obligations/{id}", links=(_OBLIGED,)),
    _Write("changeObligationTerm", "POST", "/v1/obligations/{id}/term"),
    _Read("getObligation", path="/v1/obligations/{id}"),
    _Read("listObligations", path="/v1/obligations"),
    _Write("setValidationRule", "PUT", "/v1/validation-rules/{id}"),
    _Read("getValidationRule", path="/v1/validation-rules/{id}"),
    _Read("listValidationRules", path="/v1/validation-rules"),
    _Submit("draftReturn", "PUT", "/v1/returns/{id}"),
    _Submit("amendReturn", "PATCH", "/v1/returns/{id}"),
    _Submit("submitReturn", "POST", "/v1/returns/{id}/submission", takes=Takes.NOTHING),
    _Submit("importReturns", "POST", "/v1/return-imports", takes=Takes.CSV, seconds=300.0),
    _Return("getReturn", path="/v1/returns/{id}"),
    _Return("listReturnRevisions", path="/v1/returns/{id}/revisions"),
    _Return("listReturns", path="/v1/returns"),
    _Sign("sendBackReturn", "POST", "/v1/returns/{id}/return"),
    _Sign("acceptReturn", "POST", "/v1/returns/{id}/acceptance"),
    _Sign("lockReturn", "POST", "/v1/returns/{id}/lock", takes=Takes.NOTHING),
    _Sign("reopenReturn", "POST", "/v1/returns/{id}/reopening"),
    _Discuss("commentOnReturn", "POST", "/v1/returns/{id}/comments"),
    _Return("listReturnComments", path="/v1/returns/{id}/comments"),
    _Sign("acceptAsAssociate", "POST", "/v1/returns/{id}/associate-acceptance", takes=Takes.NOTHING),
    _Return("listAssociateStandings", path="/v1/returns/{id}/associate-acceptance"),
    _Discuss("raiseReturnDispute", "POST", "/v1/returns/{id}/disputes"),
    _Return("listReturnDisputes", path="/v1/returns/{id}/disputes"),
    _Return("getReturnDispute", path="/v1/returns/{id}/disputes/{dispute_id}"),
    _Sign("advanceReturnDispute", "POST", "/v1/returns/{id}/disputes/{dispute_id}/stage"),
    _Discuss("resolveReturnDispute", "POST", "/v1/returns/{id}/disputes/{dispute_id}/resolution"),
    _Read("getObservation", path="/v1/observations/{id}"),
    _Read("listObservations", path="/v1/observations"),
    _Return("getCompleteness", path="/v1/completeness"),
    _Return("listReportingRates", path="/v1/reporting-rates"),
    _Read("getScorecard", path="/v1/scorecards"),
    _Read("getScorecardSummary", path="/v1/scorecards/summary"),
    _Write("setSpcSettings", "PUT", "/v1/spc-settings/{id}", links=(_OF_CONTRACT,)),
    _Read("getSpcSettings", path="/v1/spc-settings/{id}"),
    _Read("listSpcSettings", path="/v1/spc-settings"),
    _Read("getSpcChart", path="/v1/spc-charts"),
    _Return("getTrigger", path="/v1/triggers/{id}"),
    _Return("listTriggers", path="/v1/triggers"),
    _Sign("acknowledgeTrigger", "POST", "/v1/triggers/{id}/acknowledgement"),
    _Sign("resolveTrigger", "POST", "/v1/triggers/{id}/resolution"),
    _Write("createAreaHierarchy", "PUT", "/v1/area-hierarchies/{id}"),
    _Read("getAreaHierarchy", path="/v1/area-hierarchies/{id}"),
    _Read("listAreaHierarchies", path="/v1/area-hierarchies"),
    _Write("recordNeed", "PUT", "/v1/needs/{id}"),
    _Read("getNeed", path="/v1/needs/{id}"),
    _Read("listNeeds", path="/v1/needs"),
    _Read("getBreakdown", path="/v1/breakdowns"),
    _Read("getRollUp", path="/v1/roll-ups"),
    _Write("changeObligationSettings", "POST", "/v1/obligations/{id}/settings"),
    _Return("getInputStatus", path="/v1/obligations/{id}/input-status"),
    _Sign("grantLockException", "PUT", "/v1/lock-exceptions/{id}"),
    _Return("getLockException", path="/v1/lock-exceptions/{id}"),
    _Return("listLockExceptions", path="/v1/lock-exceptions"),
    _Write("registerBenefit", "PUT", "/v1/benefits/{id}"),
    _Read("getBenefit", path="/v1/benefits/{id}"),
    _Read("listBenefits", path="/v1/benefits"),
    _Write("setKpiDuty", "PUT", "/v1/kpi-duties/{id}", links=(_RATED,)),
    _Write("amendKpiDuty", "PATCH", "/v1/kpi-duties/{id}", links=(_RATED,)),
    _Read("getKpiDuty", path="/v1/kpi-duties/{id}"),
    _Read("listKpiDuties", path="/v1/kpi-duties"),
    _Read("getKpiRatings", path="/v1/ratings"),
    _Write("submitEvaluation", "PUT", "/v1/evaluations/{id}", links=(_OF_CONTRACT,)),
    _Sign("decideEvaluation", "POST", "/v1/evaluations/{id}/decision"),
    _Read("getEvaluation", path="/v1/evaluations/{id}"),
    _Read("getEvaluationReview", path="/v1/evaluations/{id}/review"),
    _Read("listEvaluations", path="/v1/evaluations"),
    _Submit("sendReturnBatch", "POST", "/v1/return-batches", seconds=60.0),
    _Submit("checkReturn", "GET", "/v1/returns/{id}/check", takes=Takes.NOTHING),
)
