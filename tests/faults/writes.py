"""For each write of the budget service the test of its door that plays it; a write without one fails the tests."""

# What is only worked out writes nothing, and so cannot die half done.
WRITE_NOTHING = frozenset({"simulateSettlement", "previewBudgetSuccession"})
_WRITES = {
    "test_agreement_end.py::test_it_winds_up_and_closes_once_every_party_signed_the_same_account": (
        "windUpAgreement closeAgreement"
    ),
    "test_agreement_versions.py::test_the_host_changes_by_a_version_that_both_sides_approve": (
        "openAccount proposeAgreementVersion signAgreementVersion commenceAgreementVersion openPool openLine"
    ),
    "test_agreement_versions.py::test_what_a_version_is_refused": "withdrawAgreementVersion",
    "test_agreements.py::test_the_whole_way_from_draft_into_force": (
        "draftAgreement executeAgreement commenceAgreement recordDecision"
    ),
    "test_agreements.py::test_a_change_of_text_is_a_new_edition_and_needs_the_version": "amendAgreement",
    "test_appraisals.py::test_ten_per_cent_is_not_200k_and_a_partner_is_missing": "recordAppraisal",
    "test_assessments.py::test_strangers_see_no_assessment_and_make_none": "assessScope recordAttribution",
    "test_commitment_limits.py::test_a_limit_is_its_owner_s_and_the_last_one_stands": "setCommitmentLimit",
    "test_commitments.py::test_permitted_budget_and_what_is_left_are_seen_at_once": (
        "varyCommitment drawDownCommitment releaseCommitment"
    ),
    "test_contract_handovers.py::test_what_is_set_aside_goes_over_on_its_line_and_stays_what_it_was": (
        "handOverForContracts"
    ),
    "test_contract_reservations.py::test_all_of_it_or_none_is_set_aside_and_what_is_left_is_given_back": (
        "reserveForContract releaseForContract"
    ),
    "test_contract_revisions.py::test_a_contract_s_lines_bear_what_it_costs_more_in_proportion": (
        "reviseForContract"
    ),
    "test_funding_requirements.py::test_what_the_unit_costs_is_held_against_its_control_total": (
        "setFundingRequirement"
    ),
    "test_decisions.py::test_an_auditor_reads_the_exempt_decisions_of_the_bodies_it_is_named_for_alone": (
        "meetCondition"
    ),
    "test_delegations.py::test_each_keeps_its_own_limits_and_its_partners_read_them": (
        "setDelegationLimit endDelegationLimit"
    ),
    "test_delegations.py::test_what_was_withdrawn_or_refused_no_longer_counts": (
        "proposeVirement refuseVirement withdrawVirement"
    ),
    "test_disputes.py::test_a_disputed_agreement_moves_with_its_clock_until_it_is_settled": (
        "raiseAgreementDispute moveAgreementDispute resolveAgreementDispute"
    ),
    "test_disputes.py::test_a_disputed_journal_names_its_undisputed_part_and_moves_with_a_clock": (
        "raiseJournalDispute moveJournalDispute resolveJournalDispute"
    ),
    "test_documents.py::test_a_decision_s_document_is_entered_by_the_deciding_organisation": (
        "enterDecisionDocument"
    ),
    "test_documents.py::test_a_document_is_kept_as_its_hash_and_place": "enterAgreementDocument",
    "test_entries.py::test_what_an_entry_was_for_is_told_with_it_added_later_and_found": "describeEntries",
    "test_forecasts.py::test_early_warning_asks_for_an_action_plan_at_the_next_meeting": (
        "setWarningThreshold openActionPlan completeActionStep closeActionPlan"
    ),
    "test_forecasts.py::test_nobody_else_sees_it_and_thresholds_are_each_one_s_own": "endWarningThreshold",
    "test_interim_authority.py::test_interim_entries_move_into_the_pool_to_the_penny": "reclassifyInterim",
    "test_journal_batches.py::test_a_batch_is_reversed_whole_and_once": (
        "postJournalBatch reverseJournalBatch"
    ),
    "test_ledger_imports.py::test_the_position_reads_an_import_as_it_reads_postings": "importLedger",
    "test_line_budgets.py::test_a_profile_comes_to_the_budget_to_the_penny": (
        "recordLineBudget layDownProfile"
    ),
    "test_line_moves.py::test_lines_of_one_kind_are_merged_and_hold_what_they_held": "mergeLines",
    "test_line_moves.py::test_the_partner_s_sums_count_a_split_line_once": "splitLine",
    "test_line_moves.py::test_what_was_on_record_before_a_conversion_does_not_change": "convertLine",
    "test_milestones.py::test_the_function_was_planned_for_march_and_formed_in_april": (
        "planMilestone reachMilestone"
    ),
    "test_partner_journals.py::test_each_partner_s_journal_balances_and_holds_its_own": (
        "keepLedgerCodes drawUpPartnerJournal"
    ),
    "test_periods.py::test_a_reversal_of_a_closed_period_goes_to_the_next_open_one": (
        "postJournal reverseJournal openPeriod closePeriod"
    ),
    "test_periods.py::test_only_the_host_posts_into_a_soft_closed_period": "softClosePeriod",
    "test_periods.py::test_the_one_who_closed_does_not_reopen": "reopenPeriod",
    "test_position_outlook.py::test_shadow_is_committed_and_forecast_by_its_owner_alone": (
        "consentToShadow promiseContribution reserveCommitment makeForecast"
    ),
    "test_reference_figures.py::test_what_is_no_figure_is_refused_and_strangers_see_none": (
        "recordReferenceFigure"
    ),
    "test_posts_and_spend.py::test_strangers_see_no_posts_and_no_spend": "recordPost recordAddressableSpend",
    "test_ring_fences.py::test_the_better_care_fund_is_spent_after_its_plan_is_agreed_and_signed_off": (
        "meetDemand"
    ),
    "test_savings.py::test_delivery_moves_with_its_history_and_counts_after_demand": (
        "planSavings recordSaving moveSaving"
    ),
    "test_savings.py::test_rates_have_versions_and_the_answer_says_what_changed": "assumeSavingRates",
    "test_scope_imports.py::test_a_list_that_is_sent_again_counts_once": "importScope",
    "test_section_75_reports.py::test_statements_and_requirements_are_the_partners": (
        "makeReportStatement layDownReportRequirement"
    ),
    "test_settlements.py::test_a_settlement_is_withdrawn_once_its_journal_is_reversed": "withdrawSettlement",
    "test_settlements.py::test_steps_that_fall_away_are_not_posted": (
        "recordRiskShare proposeSettlement approveSettlement postSettlement disputeSettlement "
        "resolveSettlementDispute"
    ),
    "test_successions.py::test_books_are_divided_to_the_penny": "applyBudgetSuccession",
    "test_virements.py::test_budget_moves_once_every_owner_has_approved": "approveVirement",
    "test_waterfalls.py::test_the_contingency_is_drawn_last_and_only_by_a_decision_that_counts": (
        "planWaterfall approveSource"
    ),
    "test_year_end_packs.py::test_sent_twice_it_is_made_once": "makeYearEndPack",
    "test_year_ends.py::test_a_balance_is_carried_by_partner_and_source_once": "proposeYearEnd postYearEnd",
}
CASES = {operation: test for test, operations in _WRITES.items() for operation in operations.split()}
# Most writes make one change, with one audit row and one event. In their cases these make more: one for each journal,
# and one for what the journals came with.
CHANGES = {
    "postJournalBatch": 4,
    "reverseJournalBatch": 4,
    "importLedger": 3,
    "postYearEnd": 2,
    "applyBudgetSuccession": 5,
    "reserveForContract": 2,
    "releaseForContract": 2,
    "handOverForContracts": 2,
    "postSettlement": 2,
    "approveVirement, time 2": 2,
}
# What several parties do in turn: the last one's makes more happen than the others'.
TIMES = {"executeAgreement": 2, "commenceAgreement": 2, "approveVirement": 2, "approveSettlement": 2}
EXPECTED = frozenset(CASES) | {
    f"{operation}, time {time}" for operation, times in TIMES.items() for time in range(2, times + 1)
}
