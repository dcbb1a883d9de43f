"""Counts what a plan changes, as GitLab's report "terraform" wants it.

Reads a plan:  terraform show -json plan.bin | python3 changes.py
"""

import json
import sys

plan = json.load(sys.stdin)
actions = [action for resource in plan.get("resource_changes", []) for action in resource["change"]["actions"]]
print(json.dumps({verb: actions.count(verb) for verb in ("create", "update", "delete")}))
