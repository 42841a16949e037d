"""What no single exchange shows: targets of webhooks, headers of mails, cells, logs, browsers, what time brings.

Each row names the tests that show it. They stand where the thing itself is tested, to its depth.
"""

from tests.threats.rows import Shown

_OUT = "tests/notifications/test_outgoing.py::test_"
_MAIL = "tests/notifications/test_header_guard.py::test_"
_SIGN = "tests/access/test_signin_threats.py::test_"
_TOKENS = "tests/access/test_tokens.py::test_"
_CHAIR = "tests/access/test_authority.py::test_"
_BROWSER = "tests/prove/test_threats.py::test_"
_FORMS = "tests/web/test_hostile_forms.py::test_"
_HERE = "tests/threats/test_beyond.py::test_"


def _tests(beginning: str, *names: str) -> tuple[str, ...]:
    return tuple(beginning + name for name in names)


SHOWN: tuple[Shown, ...] = (
    Shown(3, "in a form, by its encoding", _tests(_FORMS, "t3_a_form_in_another_encoding_is_refused")),
    Shown(9, "in a charter file", ("tests/groups/test_source.py::test_bytes_that_are_no_text",)),
    Shown(11, "whatever stands in a body, no server error", (_HERE + "no_body_is_answered_with_a_server_error",)),
    Shown(12, "on the pages, in every part and parameter of every address, and every field", _tests(
        _FORMS, "no_part_of_an_address_is_too_much", "no_parameter_of_an_address_is_too_much",
        "no_field_of_a_form_is_too_much", "whatever_is_typed",
    )),
    Shown(14, "an hour that clocks skip, for a move", (
        "tests/meetings/test_verbs.py::test_a_local_time_that_does_not_exist_is_refused_with_the_next",
    )),
    Shown(15, "an agenda, an action's log and a decision's rounds have an end", (
        "tests/meetings/test_agenda.py::test_an_agenda_has_an_end",
        "tests/followups/test_decision_silence.py::test_rounds_come_to_an_end",
    )),
    Shown(17, "the grammar of rhythms is closed, and no rule is walked to see whether it occurs", (
        "tests/meetings/test_cadences.py::test_anything_else_is_refused_with_examples",
        "tests/meetings/test_cadences.py::test_no_text_does_any_harm",
    )),
    Shown(18, "a rule of others without end gives what a window holds", (
        "tests/test_calendarfile.py::test_a_rule_without_end_gives_what_the_window_holds",
    )),
    Shown(19, "the child that reads a file has two seconds of the processor, and no file does any harm", (
        "tests/test_calendarfile.py::test_a_file_that_costs_too_much_is_cut_off",
        "tests/test_calendarfile.py::test_a_large_file_is_refused_before_it_is_read",
        "tests/test_calendarfile.py::test_hostile_files_are_refused_with_a_reason",
        "tests/test_calendarfile.py::test_no_file_does_any_harm",
    )),
    Shown(20, "whatever a text holds, it adds no line to a calendar", (
        "tests/calendars/test_writer.py::test_any_text_reads_back_clean_and_adds_no_line",
        "tests/calendars/test_writer.py::test_any_name_of_a_feed_reads_back",
        "tests/calendars/test_lines_and_rules.py::test_a_line_refuses_what_would_break_it",
        "tests/followups/test_actions_feeds.py::test_any_text_is_one_task_and_comes_back",
    )),
    Shown(21, "the sender refuses what an input should have", _tests(
        _MAIL, "a_line_break_in_any_disguise_is_never_written",
        "what_is_no_plain_address_to_unsubscribe_at_is_never_written",
    )),
    Shown(22, "the bytes are read again, and hold the headers that were meant", (*_tests(_MAIL,
    "whatever_is_written_holds_the_headers_that_were_meant", "a_header_that_nobody_set_is_seen_in_what_was_written",
    "the_planted_bug_of_trusting_the_library_is_seen"),
    "tests/notifications/test_smtp.py::test_an_unsafe_mail_is_kept_as_failed_and_the_others_go_on")),
    Shown(23, "no mail is written to it", _tests(_MAIL, "what_is_not_one_plain_mailbox_is_never_written")),
    Shown(24, "shown as text: on pages, in a browser, in reports and dossiers", (
        _BROWSER + "t24_a_title_is_text", "tests/prove/test_page.py::test_t24_whatever_a_title_holds_is_text",
        "tests/web/test_doors.py::test_names_with_markup_are_shown_as_text",
        _HERE + "t24_markup_in_a_reason_stays_text",
        "tests/web/test_public_pages.py::test_names_are_text",
        "tests/followups/test_dossier.py::test_what_somebody_wrote_is_no_typst",
        "tests/followups/test_dossier.py::test_what_somebody_wrote_is_no_markdown",
        "tests/followups/test_reports.py::test_what_people_wrote_is_no_markup",
        "tests/web/test_minutes_pages.py::test_the_markdown_of_minutes_is_shown_and_nothing_else",
    )),
    Shown(25, "sent back by a page with what was typed", _tests(
        _BROWSER, "t25_a_link_that_is_no_https_is_sent_back_with_what_was_typed"
    )),
    Shown(26, "escaped, and mentions are off", (
        "tests/notifications/test_chat_wording.py::test_slack_shows_markup_as_it_was_written",
        "tests/notifications/test_chat_wording.py::test_teams_shows_markup_as_it_was_written",
        "tests/notifications/test_chat_wording.py::test_markup_that_is_let_through_is_seen",
    )),
    Shown(27, "the channels that there are, and their addresses", (
        "tests/notifications/test_chat.py::test_only_the_channels_there_are",
        "tests/notifications/test_chat.py::test_addresses_of_the_channels_there_are",
    )),
    Shown(28, "a quote goes before it, and comes off again", (
        "tests/followups/test_actions_lists.py::test_no_cell_is_a_formula_and_it_comes_back_as_it_was",
    )),
    Shown(29, "names are made of ids, which have letters, digits and dashes alone",
    (_HERE + "t29_no_name_of_a_file_breaks_a_header",)),
    Shown(30, "at send, whatever was saved", (*_tests(_OUT, "what_is_not_public_is_closed",
    "the_own_host_is_closed"),
    "tests/notifications/test_webhook_failures.py::test_a_name_that_turned_private_is_not_called")),
    Shown(31, "at send", _tests(_OUT, "what_is_not_public_is_closed", "what_is_no_plain_https_address_is_refused")),
    Shown(32, "at send, and by a list of our own", _tests(_OUT, "what_is_not_public_is_closed",
    "the_planted_bugs_are_seen")),
    Shown(33, "all addresses have to pass, and the one that was checked is called", _tests(
        _OUT, "every_address_of_a_name_has_to_be_public", "the_address_that_was_checked_is_called",
        "a_name_that_turns_private_between_save_and_send_is_not_called", "a_second_look_up_is_seen",
    )),
    Shown(34, "none is followed, and each is a failure", (*_tests(_OUT, "no_redirect_is_followed"),
    "tests/notifications/test_webhook_failures.py::test_a_redirect_is_a_failure")),
    Shown(35, "one deadline, 16 KiB, nothing unpacked", _tests(
        _OUT, "one_deadline_over_all_of_it", "a_handshake_that_never_ends", "no_more_is_read_than_the_head",
        "headers_without_an_end_are_no_answer", "nothing_is_unpacked",
    )),
    Shown(36, "at send", _tests(_OUT, "other_ports_are_closed", "only_what_the_operator_lists_is_open")),
    Shown(37, "refused by the receiver of the documentation; both secrets are good in rotation", (
        "tests/notifications/test_webhooks.py::test_what_is_forged_or_replayed_is_refused",
        "tests/notifications/test_webhooks.py::test_both_secrets_sign_for_a_day",
        "tests/notifications/test_webhooks.py::test_the_documentation_shows_this_very_receiver",
    )),
    Shown(38, "256 bits, kept as a digest, good for one feed", _tests(
        _TOKENS, "t38_a_feeds_address_is_good_for_that_feed_alone", "only_a_digest_is_kept",
    )),
    Shown(39, "at once, also through our own shelf, and never a question for a password", _tests(
        _TOKENS, "t39_a_revoked_feed_is_gone_and_never_asks_for_a_password"
    )),
    Shown(40, "with a session that is signed in", _tests(_SIGN, "t40_a_feed_and_a_session_are_not_mixed")),
    Shown(41, "in no log", (
        _TOKENS + "t41_no_token_and_no_link_in_a_log", _SIGN + "t41_no_secret_of_a_sign_in_in_a_log",
        "tests/watching/test_metrics.py::test_no_label_names_anybody",
        "tests/access/test_record.py::test_no_secret_is_on_record",
    )),
    Shown(42, "role x route x owner over every route of the API and every page", (
        "tests/access/test_matrix.py::test_every_route_stands_in_the_matrix",
        "tests/access/test_matrix.py::test_whom_each_route_lets_through",
        "tests/web/test_page_authority.py::test_every_address_stands_in_the_table",
        "tests/web/test_page_authority.py::test_whom_each_page_lets_through",
        "tests/web/test_page_authority.py::test_the_api_takes_no_cookie",
        "tests/access/test_own_tokens.py::test_t42_anothers_tokens_are_not_there",
        _TOKENS + "t42_another_groups_token_and_anothers_charter",
    )),
    Shown(43, "one second after the term, with the same token", (*_tests(_CHAIR,
    "one_second_before_and_after_a_handover"),
    "tests/followups/test_programmes.py::test_the_handover_decides_who_sets_and_closes_it_by_the_second")),
    Shown(44, "one second before; acting chairs; a member that leaves in its term; two chairs by decision alone",
    (*_tests(_CHAIR, "one_second_before_and_after_a_handover",
    "an_acting_chair_that_is_taken_back_may_nothing_at_once", "co_chairs_each_may",
    "a_member_that_leaves_in_its_term_leaves_the_chair_to_the_secretariat"),
    "tests/access/test_decisions.py::test_two_that_fill_one_term_and_an_id_in_use")),
    Shown(45, "nothing is queued by anybody's authority: what was done stands, what is due is the chair's of the day", (
        _HERE + "t45_nothing_that_is_sent_names_an_instant_at_which_it_is_to_be_done",
        "tests/followups/test_decision_steering.py::test_a_procedure_goes_on_under_another_chair",
        "tests/meetings/test_invitations.py::test_a_handover_breaks_no_invitation",
        "tests/meetings/test_reminders.py::test_who_will_host_is_told_and_who_chairs_now_acts",
        "tests/followups/test_actions_mails.py::test_what_the_chair_owns_is_asked_of_who_chairs",
    )),
    Shown(46, "sessions, links and feeds end at once", (
        "tests/access/test_signing_in.py::test_who_is_gone_has_no_role_or_another_one_is_signed_in_no_more",
        _SIGN + "t48_a_link_dies_with_the_role_of_its_person",
        _CHAIR + "who_serves_another_organization_now_may_nothing_for_the_old_one",
        "tests/access/test_ending_roles.py::test_a_role_that_ends_signs_its_person_out",
    )),
    Shown(47, "found by its digest, and gone at once", _tests(
        _TOKENS, "t47_truncated_changed_expired_revoked_or_of_somebody_gone",
        "t47_a_revoked_token_is_good_for_nothing_at_once", "t47_a_token_that_may_only_look",
    )),
    Shown(48, "once, for ten minutes, in the browser that asked; a scanner uses nothing up", (*_tests(_SIGN,
    "t48_a_scanner_uses_nothing_up", "t48_links_that_are_not_good_get_one_answer", "t48_once_and_for_ten_minutes"),
    "tests/prove/test_sign_in.py::test_a_link_opens_nothing_in_another_browser")),
    Shown(49, "the same answer for the same work", (
        _SIGN + "t49_an_unknown_address_gets_the_same_answer_for_the_same_work",
        _BROWSER + "t49_an_unknown_address_sees_what_a_known_one_sees",
    )),
    Shown(50, "five an hour for an address, nineteen for a place; whoever is signed in stays so", _tests(
        _SIGN, "t50_the_sixth_link_for_an_address_in_an_hour", "t50_strangers_are_counted_like_everybody",
        "t50_the_twentieth_link_from_one_place_and_t56_who_says_to_be_elsewhere",
    )),
    Shown(51, "a new one at every sign-in, none after sign-out or for another group", (*_tests(_SIGN,
    "t51_a_planted_cookie_becomes_no_session_and_an_old_one_none_again", "t51_a_session_is_for_its_group_alone"),
    "tests/access/test_signing_in.py::test_by_https_the_cookies_are_bound_to_the_host",
    _BROWSER + "t51_the_cookie_of_a_session")),
    Shown(52, "every form, from every foreign place", (
        _SIGN + "t52_what_another_page_makes_a_browser_send", _SIGN + "t52_looking_changes_nothing",
        "tests/web/test_page_authority.py::test_t52_nothing_is_done_for_a_page_of_somebody_else",
        "tests/prove/test_sign_in.py::test_a_page_of_somebody_else_makes_a_browser_send_nothing",
    )),
    Shown(53, "the policy of every page, and in a browser", (
        _SIGN + "t53_pages_take_nothing_from_elsewhere_and_stand_in_no_frame",
        _BROWSER + "t53_no_frame_shows_a_page_and_no_script_of_a_page_runs",
    )),
    Shown(54, "to pages of ours alone", (
        _SIGN + "t54_a_sign_in_leads_to_pages_of_ours_alone", _BROWSER + "t54_the_sign_in_page_leads_nowhere_else",
    )),
    Shown(55, "links are made from the public address alone", (
        _SIGN + "t55_another_host", _SIGN + "t55_links_are_made_from_the_public_address_alone",
        _BROWSER + "t55_a_page_asked_for_by_another_name_is_not_shown",
    )),
    Shown(56, "only proxies that are named are believed", _tests(_SIGN,
    "t56_only_proxies_that_are_named_are_believed")),
    Shown(57, "in a charter and its zones",
    ("tests/groups/test_source.py::test_a_bad_charter_says_where_and_what_instead",)),
    Shown(58, "each of them, with one generic answer",
    tuple(f"tests/access/test_provider.py::test_t58_{name}" for name in (
        "tokens_that_sign_nobody_in", "answers_that_sign_nobody_in", "an_answer_for_another_browser",
        "the_same_subject_of_another_issuer_is_somebody_else", "whoever_has_left_is_signed_in_no_more",
    ))),
    Shown(59, "a cursor is signed, and good for its own list", (
        "tests/followups/test_actions_lists.py::test_a_cursor_is_good_for_its_own_list",
    )),
    Shown(60, "words are taken as they stand, and what takes too long is given up (503)", (
        "tests/followups/test_search.py::test_words_are_taken_as_they_stand",
        "tests/followups/test_search.py::test_a_search_that_takes_too_long_is_given_up",
    )),
    Shown(61, "one form for what looks alike; emoji and right-to-left texts as they are", (
        _HERE + "t61_text_is_kept_in_one_form_and_found_in_either",
    )),
    Shown(62, "of two writers none overwrites the other", (
        "tests/access/test_versions.py::test_of_two_writers_none_overwrites_the_other_unseen",
    )),
    Shown(63, "while the first is running, and fifty at once", (
        "tests/access/test_repeats.py::test_a_creation_still_running_is_told",
        "tests/access/test_repeats.py::test_fifty_at_once_are_one",
    )),
    Shown(65, "whatever body is sent to a page", _tests(_FORMS, "no_body_is_too_much")),
    Shown(66, "the 61st poll of a feed in a minute waits for the next", (
        _HERE + "t66_a_calendar_that_is_asked_for_without_end_waits_for_the_next_minute",
        _HERE + "t66_guesses_are_not_kept",
    )),
    Shown(67, "one line a record, whatever it holds", (_HERE + "t67_a_record_is_one_line_of_json",)),
    Shown(68, "there has to be a successor",
    ("tests/access/test_ending_roles.py::test_t68_the_last_one_stays_until_there_is_a_successor",)),
    Shown(69, "a trace and nothing else; what is inside is for whoever may watch", (
        "tests/web/test_doors.py::test_what_nobody_foresaw_is_a_problem_with_a_trace",
        "tests/web/test_pressing.py::test_what_fails_on_this_side_is_told_on_a_page",
        "tests/watching/test_who_may_watch.py::test_loopback_alone_without_a_setting",
        "tests/watching/test_who_may_watch.py::test_no_answer_of_health_names_a_version_or_a_table",
    )),
    Shown(70, "signed return paths; once a day; paused after five, and the agency is told", (
        "tests/notifications/test_bounces.py::test_what_is_made_up_has_no_effect",
        "tests/notifications/test_bounces.py::test_many_in_one_day_count_as_one",
        "tests/notifications/test_bounces.py::test_after_five_days_a_mailbox_is_paused_and_works_again_when_its_agency_says_so",
        "tests/notifications/test_bounces.py::test_the_planted_bug_of_an_unsigned_path_is_seen",
    )),
)  # fmt: skip
