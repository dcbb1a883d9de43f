# What a plan may do with two-step verification PINs: rules for Open Policy Agent or Conftest over
#
#   terraform show -json plan.bin
#
# No rule looks at the value of a PIN, so no message can show one. The lists of numbers come from a
# data file; see settings.json.
package main

import rego.v1

settings := data.two_step_verification

# Every number in the plan, with what it is now and what it will be.
changes := [change |
	some change in input.resource_changes
	change.mode == "managed"
	change.type == "whatsapp_two_step_verification"
]

stays(change) if change.change.after != null

leaves(change) if "delete" in change.change.actions

leaves(change) if "forget" in change.change.actions

# A PIN in `pin` stands in the state and in every backup of it.
deny contains message if {
	some change in changes
	stays(change)
	is_stored(change)
	message := sprintf("%s: pin is stored in the state. Use pin_wo.", [change.address])
}

# It is there now, or will be: a value that only the apply knows has a mark instead.
is_stored(change) if change.change.after.pin != null

is_stored(change) if change.change.after_unknown.pin == true

# pin_wo itself is in no plan. pin_wo_version is, and the provider allows it with pin_wo only.
deny contains message if {
	some change in changes
	stays(change)
	not has_version(change)
	message := sprintf("%s: pin_wo is missing.", [change.address])
}

has_version(change) if change.change.after.pin_wo_version != null

has_version(change) if change.change.after_unknown.pin_wo_version == true

# Two-step verification may stay off only for numbers that are about to move to another account.
deny contains message if {
	some change in changes
	stays(change)
	change.change.after.keep_enabled == false
	not change.change.after.phone_number_id in settings.may_be_off
	message := sprintf(
		"%s: keep_enabled = false is not allowed for phone number ID %s.",
		[change.address, change.change.after.phone_number_id],
	)
}

# A number that leaves Terraform keeps its PIN, and nobody looks after it any more.
deny contains message if {
	some change in changes
	leaves(change)
	not change.change.before.phone_number_id in settings.may_leave
	message := sprintf(
		"%s: phone number ID %s would leave Terraform.",
		[change.address, change.change.before.phone_number_id],
	)
}

# These numbers have to be declared, whatever else a commit does.
deny contains message if {
	some number in settings.must_be_declared
	not number in declared
	message := sprintf("Phone number ID %s has to be declared.", [number])
}

declared contains change.change.after.phone_number_id if {
	some change in changes
	stays(change)
}
