"""What somebody tried when an act was refused: words for each verb a refusal is recorded under.

The verb is the action's name; a page that shows refusals says "tried to" before the words.
"""

TRIED: dict[str, str] = {
    # use cases
    "register": "register a use case",
    "save_section": "save a section",
    "adopt_edition": "move the case on to the questionnaire in force",
    "restore_revision": "bring older answers back",
    "delete_draft": "delete a draft",
    "accept_ownership": "become the owner",
    "release": "give a case up",
    "set_handling": "change the handling",
    "set_team_mailbox": "change the team’s address",
    "remove_backup_owner": "take the backup owner off",
    "restrict": "restrict answers or lift a restriction",
    "name_knower": "name somebody with need to know",
    "end_knowing": "end somebody’s need to know",
    "submit": "send a case for review",
    "withdraw": "withdraw a case",
    "suspend": "suspend a case",
    "resume": "let a case resume",
    "retire": "retire a case",
    # owners
    "offer": "ask somebody to take cases over",
    "offer_transfer": "offer cases to another component",
    "answer": "answer an offer of cases",
    "take_back": "take an offer back",
    "announce_leaving": "announce to leave",
    "stay": "take back that they leave",
    # taking part
    "ask_to_join": "ask to take part",
    "answer_join": "answer a request to take part",
    "take_back_join": "take back a request to take part",
    "confirm_part": "confirm a component’s part",
    "leave": "end a component’s part",
    "keep_answer": "keep an answer",
    # systems
    "add_system": "make a record of a system",
    "change_system": "change the record of a system",
    "join_systems": "make two systems one",
    "link_system": "say that a case uses a system",
    "unlink_system": "say that a case no longer uses a system",
    "make_of_name": "make a system of a name in the answers",
    "take_over": "take an answer over from a system’s record",
    "confirm": "confirm an inventory file, or answers about a system",
    # the list
    "act_on": "act on several cases",
    "ask_for_update": "ask for an update",
    "say_unchanged": "say that nothing changed",
    "take_update_back": "take back a request for an update",
    "tag": "tag cases",
    "untag": "take tags off cases",
    "save_view": "save a view",
    "change_view": "change a view",
    "remove_view": "remove a view",
    "restore_view": "bring a view back",
    "set_default_view": "choose the view the list opens with",
    "set_default_columns": "choose the columns of the list",
    # evidence and conversation
    "add": "add evidence",
    "add_evidence": "add evidence",
    "remove": "remove evidence",
    "note_link": "make a link to evidence",
    "note_download": "download evidence",
    "comment": "write a comment",
    "reply": "answer a comment",
    "resolve": "resolve a conversation",
    "reopen": "open a conversation again",
    "retract": "take a comment back",
    # inventory files
    "preview": "read an inventory file",
    "look": "read an inventory file",
    "settle": "settle what the department reports of a use",
    "unsettle": "open again what the department reports of a use",
    "count_quality": "count quality findings",
    "discard": "discard an inventory file",
    "export": "export the inventory",
    "accept_correction": "accept a correction",
    "refuse_correction": "refuse a correction",
    # review and decision
    "endorse": "endorse a case",
    "send_back": "send a case back",
    "triage": "triage a case",
    "assign": "say who has a lane",
    "decide_lane": "sign for an office",
    "decide": "decide a case",
    "refer": "refer a case to the Board",
    "report_met": "report that a condition is met",
    "accept_met": "accept that a condition is met",
    # the Board
    "open_meeting": "open a Board meeting",
    "close_meeting": "close a Board meeting",
    "schedule": "put a case before a meeting",
    "vote": "vote",
    "close_item": "close an agenda item",
    # compliance
    "record_evidence": "record evidence for a practice",
    "verify_evidence": "verify the evidence for a practice",
    "accept_not_applicable": "accept that a practice does not apply",
    "grant_waiver": "waive a practice",
    "revoke_waiver": "revoke a waiver",
    "check_now": "run the checks",
    "request_report": "ask for a report",
    # people
    "invite": "add a person",
    "activate": "let a person sign in again",
    "deactivate": "stop a person from signing in",
    "grant": "give a role",
    "end": "end a role",
    "set_endorsement": "change the settings of a component",
}


def words_of(verb: str) -> str:
    """What was tried, in words; an event of an older version may hold a verb that is gone."""
    return TRIED.get(verb, verb.replace("_", " "))
