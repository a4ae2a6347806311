"""What happens in the register: contracts, their terms and prices, placements and payments, and what is published."""

from services.gateway.rules.event_types.event_type import Thing

_PARTIES = "its associates and providers"
_PROVIDER = "the provider"
_TOLD_PROVIDER = "the provider, once it is told"

CONTRACTS = (
    Thing(
        "contract",
        {
            "contract_registered": "A contract was entered in the register.",
            "contract_amended": "What is on record of a contract was amended.",
            "contract_procurement_started": "The procurement of a contract began.",
            "contract_standstill_started": "The standstill after an award began.",
            "contract_awarded": "A contract was awarded.",
            "contract_abandoned": "A procurement was given up.",
            "contract_activated": "A contract came into force, with its budget set aside.",
            "contract_suspended": "A contract was suspended.",
            "contract_resumed": "A suspended contract goes on.",
            "contract_extended": "A contract runs longer, by an option.",
            "contract_held_over": "A contract goes on past its end for a while.",
            "contract_varied": "Terms of a contract changed by an agreed variation.",
            "contract_part_terminated": "A part of a contract ended.",
            "contract_notice_given": "Notice was given on a contract.",
            "contract_notice_withdrawn": "A notice was withdrawn.",
            "contract_terminated": "A contract was terminated.",
            "contract_completed": "A contract was completed.",
            "contract_expired": "A contract ran out.",
            "contract_novated": "A contract ended because another body goes on with it.",
            "contract_taken_over": "A body took a contract over from another.",
            "contract_regrouped": "A contract was consolidated with others, or split.",
            "contract_succeeded": "A contract names the successor of a body that ended.",
        },
        named=_PARTIES,
    ),
    Thing(
        "contract",
        {"publication_decided": "It was decided what of a contract is published, and from when."},
        shared=False,
    ),
    Thing("contract_expiry", {"contracts_expired": "Contracts past their end were marked as run out."}),
    Thing(
        "regrouping",
        {
            "contracts_consolidation": "Several contracts became one; their value is the same.",
            "contracts_split": "One contract became several; their value is the same.",
        },
    ),
    Thing(
        "transfer",
        {
            "contract_transfer_proposed": "It was proposed that another body goes on with a contract.",
            "contract_transfer_consented": "A party consented to a transfer.",
            "contract_transfer_refused": "A party refused a transfer.",
            "contract_transfer_withdrawn": "A transfer was withdrawn.",
            "contract_transfer_completed": "A transfer was completed.",
        },
        named="the parties whose consent is asked",
    ),
    Thing(
        "variation",
        {
            "variation_proposed": "A variation was proposed.",
            "variation_agreement_given": "A side agreed to a variation.",
            "variation_refused": "A side refused a variation.",
            "variation_withdrawn": "A variation was withdrawn.",
            "variation_in_effect": "A variation took effect.",
        },
        named="the contract's associates and providers",
    ),
    Thing(
        "contract_dispute",
        {
            "contract_dispute_raised": "A party raised a dispute on a contract.",
            "contract_dispute_moved": "A dispute went up a stage.",
            "contract_dispute_resolved": "A dispute was resolved.",
        },
        named="the party that it is against",
    ),
    Thing(
        "contract_rate",
        {
            "rate_recorded": "A price was recorded.",
            "rate_ended": "A price got its last day.",
            "uplift_proposed": "An uplift was proposed.",
            "uplift_agreed": "An uplift was agreed.",
            "uplift_refused": "An uplift was refused.",
        },
        named=_TOLD_PROVIDER,
    ),
    Thing("rate_benchmark", {"rate_benchmark_published": "A benchmark of prices was published to partners."}),
    Thing(
        "specification",
        {
            "specification_recorded": "A version of a service specification was recorded.",
            "specification_ended": "A version of a specification got its last day.",
        },
    ),
    Thing(
        "contract_specification",
        {"specification_named": "A contract goes by a version of a specification from a day on."},
        named="the providers, where the contract is disclosed",
    ),
    Thing("service", {"service_entered": "A service was entered in the catalogue."}),
    Thing(
        "management_action",
        {
            "management_action_taken": "A provider was asked to act on its performance.",
            "management_action_answered": "A provider answered.",
            "management_step_completed": "A step of a provider's plan was completed.",
            "quality_concern_shared": "A concern about quality was shared.",
            "management_action_closed": "An action was closed.",
        },
        named=_TOLD_PROVIDER,
    ),
    Thing(
        "payment",
        {
            "payment_scheduled": "A payment was scheduled.",
            "payment_invoiced": "A provider invoiced.",
            "payment_contested": "A part of an invoice was contested.",
            "payment_paid": "A payment was made.",
            "payment_cancelled": "A payment was cancelled.",
            "payment_dispute_advanced": "A dispute on an invoice went up a stage.",
            "payment_dispute_resolved": "A dispute on an invoice was resolved.",
        },
        named=_PROVIDER,
    ),
    Thing(
        "placement",
        {
            "placement_registered": "A person's placement was entered.",
            "placement_amended": "What is on record of a placement was amended.",
            "placement_activated": "A placement began.",
            "placement_reviewed": "A placement was reviewed.",
            "placement_suspended": "A placement was suspended.",
            "placement_resumed": "A placement goes on.",
            "placement_ended": "A placement ended.",
        },
        named="the provider, once the placement has begun",
    ),
    Thing(
        "placement_disposal", {"placements_disposed": "What stood for persons was disposed of."}, shared=False
    ),
    Thing("placement_import", {"placements_imported": "A file of placements was taken in."}, shared=False),
    Thing(
        "high_cost_threshold",
        {"high_cost_threshold_set": "It was set from where a placement is of high cost."},
        shared=False,
    ),
    Thing("register_import", {"register_imported": "A file of a contracts register was taken in."}),
    Thing("published_notice", {"notice_published": "It was recorded that a notice was published."}),
    Thing(
        "publisher",
        {
            "publisher_added": "A body that publishes contracts was set up.",
            "publisher_changed": "What a publisher publishes by default changed.",
        },
        shared=False,
    ),
    Thing(
        "succession_part",
        {"contracts_succeeded": "The register's part of a succession was applied."},
        named="the successors",
        shared=False,
    ),
)
