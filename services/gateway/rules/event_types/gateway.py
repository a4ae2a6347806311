"""What happens in the directory, to clients and webhooks, in governance, and to changes of several services."""

from services.gateway.rules.event_types.event_type import Thing


def _register(name: str, a: str, **happens: str) -> Thing:
    """A record of governance is entered once, and moved on in ways of its own."""
    moved = {f"{name}_{what}": sentence for what, sentence in happens.items()}
    return Thing(name, {f"{name}_entered": f"{a} was entered.", **moved})


GATEWAY = (
    Thing(
        "organisation",
        {
            "organisation_created": "An organisation was entered in the directory.",
            "organisation_changed": "Names, codes, kind or parents of an organisation changed.",
        },
        named="the organisation itself",
        shared=False,
    ),
    Thing(
        "partnership",
        {"partnership_changed": "Name, area or dates of a partnership changed."},
        named="its members",
    ),
    Thing("partnership", {"partnership_created": "A partnership was set up."}),
    Thing(
        "member",
        {
            "member_added": "An organisation got a role in a partnership.",
            "member_ended": "An organisation's role in a partnership got a last day.",
        },
        named="the organisation that has the role",
    ),
    Thing(
        "succession",
        {
            "succession_recorded": "It was recorded that organisations end and others go on in their place.",
            "succession_approved": "A succession was approved, and is being applied.",
            "succession_withdrawn": "A succession was withdrawn before it was applied.",
            "succession_applied_in_directory": "Roles and codes went on to the successors.",
            "succession_applied_in_budget": "The books went on to the successors.",
            "succession_applied_in_contracts": "The contracts went on to the successors.",
            "succession_applied_in_outcomes": "Obligations and returns went on to the successors.",
            "succession_application_answered": "A succession was applied by every service.",
        },
        named="predecessors and successors",
        shared=False,
    ),
    Thing(
        "client",
        {
            "client_created": "A system was entered as a client.",
            "client_changed": "Name, scopes or limits of a client changed.",
            "client_disabled": "A client was disabled: its tokens count no longer.",
            "client_enabled": "A client was enabled again.",
            "operator_made": "A client of the operator was made.",
            "operator_renewed": "A client of the operator got a new secret.",
        },
        shared=False,
    ),
    Thing(
        "client_key",
        {
            "client_key_added": "A client got another public key.",
            "client_key_retired": "A key of a client got its last hour.",
        },
        shared=False,
    ),
    Thing(
        "client_secret",
        {
            "client_secret_added": "A client got another secret.",
            "client_secret_retired": "A secret of a client got its last hour.",
        },
        shared=False,
    ),
    Thing(
        "issuer",
        {
            "issuer_created": "A partner's identity provider was entered.",
            "issuer_changed": "Keys or mappings of an identity provider changed.",
        },
        shared=False,
    ),
    Thing(
        "webhook",
        {
            "webhook_created": "An address to be told of events was entered.",
            "webhook_activated": "A webhook proved its address, and is told from now on.",
            "webhook_disabled": "A webhook was disabled.",
            "webhook_secret_added": "A webhook got another signing secret.",
            "webhook_given_up": "A webhook's address took nothing for too long, and is told no more.",
        },
        shared=False,
    ),
    Thing(
        "webhook_delivery",
        {"webhook_delivery_replayed": "A delivery was sent again on request."},
        shared=False,
    ),
    Thing(
        "data_sharing_agreement",
        {
            "data_sharing_agreement_drawn_up": "An agreement on what organisations open to each other was drawn up.",
            "data_sharing_agreement_signed": "A party signed a data-sharing agreement.",
            "data_sharing_agreement_ended": "A data-sharing agreement got its last day.",
        },
        named="its parties",
    ),
    Thing(
        "record_grant",
        {
            "records_asked_for": "A scrutiny body asked to read named records.",
            "records_granted": "Records were opened to the body that asked.",
            "records_refused": "Records were not opened, with the reason.",
            "audit_sample_opened": "A sample of records was opened to an auditor.",
            "record_grant_ended": "Records were closed again.",
        },
        named="the body that reads, or asks to",
    ),
    Thing("scrutiny_pack", {"scrutiny_pack_drawn_up": "A pack for a scrutiny committee was drawn up."}),
    Thing(
        "read_batch",
        {"reads_logged": "A batch of reads was logged, and its hash stands in the audit."},
        shared=False,
    ),
    Thing(
        "joint_change",
        {
            "joint_change_begun": "A change that several services make together was begun.",
            "joint_change_moved": "A service did its part of the change.",
            "joint_change_left_half_done": "Nobody has moved the change on for a minute: resume it.",
            "joint_change_done": "The change is done in every service.",
            "joint_change_declined": "A service refused the change, and what was done is taken back.",
        },
    ),
    _register("board", "A board, committee or office", changed="Name, seats or place of a board changed."),
    _register(
        "responsibility_chart",
        "A chart of who answers for what",
        marked="Marks of a chart of responsibility changed.",
    ),
    _register(
        "risk",
        "A risk",
        rated="A risk was rated again.",
        escalated="A risk went up to another board.",
        closed="A risk was closed.",
    ),
    _register(
        "programme_part",
        "A programme, a project or an area of one",
        changed="Name, end, dependencies or records of a programme part changed.",
    ),
    _register(
        "paper",
        "An edition of a working paper",
        signed="A post signed a paper.",
        reviewed="A paper was reviewed.",
    ),
    _register(
        "timetable_entry",
        "An entry of a timetable",
        stated="A source said when something is to be done, or was.",
    ),
    Thing("assurance_report", {"assurance_report_drawn_up": "A report of assurance was drawn up."}),
)
