"""What happens to indicators, obligations, returns and what follows from them."""

from services.gateway.rules.event_types.event_type import Thing

_PARTIES = "the provider, the lead commissioner and the associates"

OUTCOMES = (
    Thing("framework", {"framework_created": "A set of outcomes was entered."}),
    Thing(
        "indicator",
        {
            "indicator_created": "An indicator was defined.",
            "indicator_amended": "The words of an indicator were amended; what it measures is the same.",
        },
    ),
    Thing("target", {"target_set": "A target was set for an indicator."}),
    Thing("baseline", {"baseline_set": "A baseline was set for an indicator."}),
    Thing(
        "comparator",
        {
            "comparator_created": "A series of others' figures was entered.",
            "comparator_values_added": "Figures were added to a comparator.",
        },
    ),
    Thing("population", {"population_recorded": "A population was recorded, for rates."}),
    Thing("need", {"need_recorded": "A need of an area was recorded."}),
    Thing("area_hierarchy", {"area_hierarchy_created": "It was entered how areas make up larger ones."}),
    Thing("benefit", {"benefit_registered": "A benefit that a programme is to bring was registered."}),
    Thing(
        "evaluation",
        {
            "evaluation_submitted": "An evaluation of a service was submitted.",
            "evaluation_decided": "It was decided what follows from an evaluation.",
        },
    ),
    Thing("spc_settings", {"spc_settings_set": "It was set how a chart is read from a day on."}),
    Thing(
        "obligation",
        {
            "obligation_created": "A provider owes returns for a contract.",
            "obligation_settings_changed": "Due days or settings of an obligation change from a period on.",
            "obligation_term_changed": "An obligation ends, begins or goes on with another provider.",
        },
        named=_PARTIES,
    ),
    Thing(
        "validation_rule",
        {"validation_rule_set": "A check of a return's figures was set."},
        named=_PARTIES,
    ),
    Thing(
        "lock_exception",
        {"lock_exception_granted": "A closed period was opened for late figures, with the reason."},
        named=_PARTIES,
    ),
    Thing(
        "kpi_duty",
        {
            "kpi_duty_set": "A contract's key performance indicator was set.",
            "kpi_duty_amended": "A key performance indicator changes from a day on.",
        },
    ),
    Thing(
        "return",
        {
            "return_drafted": "A provider began a return.",
            "return_amended": "A draft of a return changed.",
        },
    ),
    Thing(
        "return",
        {
            "return_submitted": "A return was submitted.",
            "return_sent_back": "A return was sent back with what is wrong.",
            "return_accepted": "The lead commissioner accepted a return; its figures count.",
            "return_accepted_by_associate": "An associate accepted a return.",
            "return_reopened": "An accepted return was reopened to be corrected; it counts until the next one does.",
            "return_locked": "A return was locked.",
            "return_commented": "Somebody commented on a return.",
            "return_disputed": "A return is disputed.",
            "return_dispute_advanced": "A dispute on a return went up a stage.",
            "return_dispute_resolved": "A dispute on a return was resolved.",
        },
        named=_PARTIES,
    ),
    Thing("return_import", {"returns_imported": "A file of figures was taken in."}, shared=False),
    Thing(
        "trigger",
        {
            "trigger_raised": "A figure went past a limit that asks for a look.",
            "trigger_acknowledged": "Somebody looks after a trigger.",
            "trigger_resolved": "A trigger was resolved.",
        },
        named=_PARTIES,
    ),
    Thing(
        "succession",
        {"succession_applied": "Obligations and returns are read under the successors."},
        named="the successors",
        shared=False,
    ),
)
