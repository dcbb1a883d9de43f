# A check that fails when a number of the account has no PIN, whether Terraform manages it or not.
# A failed check is a warning in plan and apply; a pipeline can look for it in the JSON output.

terraform {
  required_version = ">= 1.11"

  required_providers {
    whatsapp = {
      source  = "waba/whatsapp"
      version = "~> 0.1"
    }
  }
}

variable "business_account_id" {
  description = "WhatsApp Business Account that the numbers belong to."
  type        = string
}

variable "except" {
  description = "IDs of numbers that may be without a PIN, such as one that is about to move."
  type        = set(string)
  default     = []
}

check "every_number_has_a_pin" {
  # Within the check, a failure to read is a warning too, and does not stop the apply.
  data "whatsapp_phone_numbers" "all" {
    business_account_id = var.business_account_id
  }

  assert {
    # Meta may leave the flag out. That means unknown, so only a clear "off" counts.
    condition = alltrue([
      for number in data.whatsapp_phone_numbers.all.phone_numbers : number.is_pin_enabled != false
      if !contains(var.except, number.phone_number_id)
    ])
    error_message = "Two-step verification is off for ${join(", ", [
      for number in data.whatsapp_phone_numbers.all.phone_numbers :
      coalesce(number.display_phone_number, number.phone_number_id)
      if number.is_pin_enabled == false && !contains(var.except, number.phone_number_id)
    ])}."
  }
}
