"""What happens to agreements, decisions, pooled funds, lines, the ledger and the year's end."""

from services.gateway.rules.event_types.event_type import Thing

_PARTIES = "the parties of the agreement"
_WHERE_POOLED = "the parties of the agreement, where the money is pooled"

BUDGET = (
    Thing(
        "agreement",
        {
            "agreement_drafted": "An agreement was drafted.",
            "agreement_amended": "A draft of an agreement was amended.",
            "agreement_signed": "A party signed an agreement.",
            "agreement_executed": "An agreement was executed: every party has signed.",
            "agreement_commenced": "An agreement commenced.",
            "commencement_day_stated": "It was stated when an agreement commenced.",
            "agreement_version_proposed": "Another version of an agreement was proposed.",
            "agreement_version_signed": "A party signed a version of an agreement.",
            "agreement_version_took_over": "A version of an agreement took over from the one before.",
            "agreement_version_withdrawn": "A proposed version was withdrawn.",
            "agreement_party_succeeded": "An agreement names the successor of a party that ended.",
            "agreement_winding_up": "An agreement is being wound up.",
            "final_account_signed": "A party signed the final account of an agreement.",
            "agreement_closed": "An agreement was closed.",
            "shadow_consent_given": "A party consented to show its shadow money.",
        },
        named=_PARTIES,
    ),
    Thing(
        "document",
        {"document_entered": "A document behind an agreement or a decision was entered."},
        named=_PARTIES,
    ),
    Thing(
        "decision",
        {
            "decision_recorded": "A decision was recorded.",
            "condition_met": "A condition of a decision was met.",
        },
        named="the bodies that it binds",
    ),
    Thing(
        "delegation",
        {
            "delegation_limit_set": "An officer's limit of delegation was set.",
            "delegation_limit_ended": "A limit of delegation got its last day.",
        },
    ),
    Thing(
        "dispute",
        {
            "dispute_raised": "A party raised a dispute on an agreement.",
            "dispute_moved_on": "A dispute went up a stage.",
            "dispute_resolved": "A dispute was resolved.",
        },
        named="the parties of the dispute",
    ),
    Thing(
        "milestone",
        {
            "milestone_planned": "A milestone was planned.",
            "milestone_reached": "A milestone was reached.",
        },
        named=_PARTIES,
    ),
    Thing("pool", {"pool_opened": "A fund was opened under an agreement."}, named=_PARTIES),
    Thing("account", {"account_opened": "An account was opened in the books."}, named=_WHERE_POOLED),
    Thing(
        "line",
        {
            "line_opened": "A budget line was opened.",
            "line_budget_recorded": "A line's budget was recorded.",
            "line_profile_laid_down": "It was laid down how a line's budget falls over the year.",
            "line_demand_met": "A demand on a line was met.",
            "line_split": "A line was split.",
            "lines_merged": "Lines were merged.",
            "line_converted": "A line went over to another arrangement.",
        },
        named=_WHERE_POOLED,
    ),
    Thing(
        "virement",
        {
            "virement_proposed": "A virement was proposed.",
            "virement_approved": "A virement was approved, and budget moved.",
            "virement_refused": "A virement was refused.",
            "virement_withdrawn": "A virement was withdrawn.",
        },
        named="the organisations whose approval is asked",
    ),
    Thing(
        "commitment",
        {
            "commitment_reserved": "Money of a line was promised.",
            "commitment_varied": "What is promised changed.",
            "commitment_drawn_down": "A payment was drawn from a promise.",
            "commitment_restored": "A drawing was taken back.",
            "commitment_released": "What is left of a promise was released.",
        },
        named=_WHERE_POOLED,
    ),
    Thing(
        "commitment_limit",
        {"commitment_limit_set": "It was set how far a line may be promised."},
        named=_WHERE_POOLED,
    ),
    Thing(
        "funding_requirement",
        {"funding_requirement_set": "It was set what a kind of funding may be spent on."},
        named=_PARTIES,
    ),
    Thing("contribution", {"contribution_promised": "A contribution was promised."}, named=_WHERE_POOLED),
    Thing(
        "journal",
        {
            "journal_posted": "A journal was posted; a reversal is one, too.",
            "journal_described": "What a journal is for was described.",
        },
    ),
    Thing(
        "journal_batch",
        {
            "journal_batch_posted": "A batch of journals was posted.",
            "journal_batch_reversed": "A batch of journals was reversed.",
        },
    ),
    Thing("ledger_import", {"ledger_imported": "A file of a ledger's lines was taken in."}),
    Thing("ledger_code_map", {"ledger_codes_kept": "It was kept which ledger codes mean which accounts."}),
    Thing(
        "partner_journal",
        {
            "partner_journal_drawn_up": "A journal for a partner's own ledger was drawn up.",
            "partner_journal_asked_again": "A partner journal was asked for again.",
        },
    ),
    Thing(
        "period",
        {
            "period_opened": "A period of the books was opened.",
            "period_soft_closed": "A period was closed to all but its controllers.",
            "period_closed": "A period was closed, with its seal.",
            "period_reopened": "A period was reopened, with the reason.",
        },
        named=_WHERE_POOLED,
    ),
    Thing("forecast", {"forecast_made": "A forecast of a line's year was made."}, named=_WHERE_POOLED),
    Thing(
        "action_plan",
        {
            "action_plan_opened": "A plan to mend an overspend was opened.",
            "action_step_completed": "A step of a plan was completed.",
            "action_plan_closed": "A plan was closed.",
        },
    ),
    Thing("saving_plan", {"savings_planned": "Savings were planned."}),
    Thing(
        "saving",
        {
            "saving_recorded": "What came of a saving was recorded.",
            "saving_moved": "A saving moved on in its life.",
            "saving_rates_assumed": "Rates for working out a saving were assumed.",
        },
    ),
    Thing(
        "risk_share",
        {"risk_share_recorded": "It was recorded how an over- or underspend is borne."},
        named=_PARTIES,
    ),
    Thing(
        "settlement",
        {
            "settlement_proposed": "A settlement of a year was proposed.",
            "settlement_approved": "A party approved a settlement.",
            "settlement_posted": "A settlement was posted.",
            "settlement_journal_reversed": "A journal of a settlement was reversed, which opens it again.",
            "settlement_disputed": "A party disputes a settlement.",
            "settlement_dispute_resolved": "A dispute on a settlement was resolved.",
            "settlement_withdrawn": "A settlement was withdrawn.",
        },
        named=_PARTIES,
    ),
    Thing(
        "year_end",
        {
            "year_end_proposed": "What becomes of a year's balances was proposed.",
            "year_end_posted": "A year's end was posted.",
        },
        named=_PARTIES,
    ),
    Thing("year_end_pack", {"year_end_pack_made": "A pack for a year's accounts was made."}, named=_PARTIES),
    Thing(
        "waterfall",
        {
            "waterfall_planned": "It was planned in which order funding is used.",
            "waterfall_source_approved": "The use of a source was approved.",
        },
    ),
    Thing(
        "warning_threshold",
        {
            "warning_threshold_set": "It was set when a line gives warning.",
            "warning_threshold_ended": "A threshold got its last day.",
        },
    ),
    Thing(
        "report_requirement", {"report_requirement_laid_down": "It was laid down what a report has to hold."}
    ),
    Thing("report_statement", {"report_statement_made": "A statement for a report was made."}),
    Thing(
        "reference_figure",
        {"reference_figure_recorded": "A printed figure was recorded, to hold the books against."},
    ),
    Thing(
        "addressable_spend", {"addressable_spend_recorded": "It was recorded what a joint plan could reach."}
    ),
    Thing("appraisal", {"appraisal_recorded": "An appraisal of options was recorded."}),
    Thing(
        "attribution",
        {"attribution_recorded": "It was recorded how much of a result is put down to a service."},
    ),
    Thing("post", {"post_recorded": "A post that a fund pays for was recorded."}),
    Thing(
        "scope_assessment", {"scope_assessment_recorded": "It was assessed whether a service is in scope."}
    ),
    Thing(
        "succession",
        {"succession_applied": "The books' part of a succession was applied."},
        named="the successors",
        shared=False,
    ),
)
