"""Names the numbers whose two-step verification is off, in Markdown.

Reads a plan:  terraform show -json plan.bin | python3 numbers-that-are-off.py
"""

import json
import sys

REPAIRED = "the next apply sets its PIN again"
LEFT_OFF = "it stays off, because of `keep_enabled = false`"


def numbers_that_are_off(plan):
    for resource in plan.get("resource_changes", []):
        before = resource["change"]["before"] or {}
        is_number = resource["type"] == "whatsapp_two_step_verification"
        # False, and not null: null means that Meta did not say.
        if is_number and resource["mode"] == "managed" and before.get("is_pin_enabled") is False:
            will_be_set = "update" in resource["change"]["actions"]
            consequence = REPAIRED if will_be_set else LEFT_OFF
            yield f"- `{resource['address']}`, phone number ID {before['phone_number_id']}: {consequence}"


lines = list(numbers_that_are_off(json.load(sys.stdin)))
print("## Two-step verification is off\n" if lines else "Two-step verification is on for all numbers.")
print("\n".join(lines))
