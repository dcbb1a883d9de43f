# One PIN for each number, from a map.
# The PINs are ephemeral: each run takes them from its environment, and nothing stores them.

terraform {
  required_version = ">= 1.11"

  required_providers {
    whatsapp = {
      source  = "waba/whatsapp"
      version = "~> 0.1"
    }
  }
}

variable "numbers" {
  description = "The numbers by name. Change pin_version whenever the number's PIN changes."
  type = map(object({
    phone_number_id = string
    pin_version     = string
  }))
}

# For example TF_VAR_pins='{"support":"483920","sales":"016253"}'. Quotes keep the leading zero.
variable "pins" {
  description = "The PINs by the same names."
  type        = map(string)
  ephemeral   = true
  sensitive   = true
}

resource "whatsapp_two_step_verification" "this" {
  for_each = var.numbers

  phone_number_id = each.value.phone_number_id
  pin_wo          = var.pins[each.key]
  pin_wo_version  = each.value.pin_version
}

output "set_at" {
  description = "When Terraform last set each PIN."
  value = {
    for name, number in whatsapp_two_step_verification.this : name => number.last_set_at
  }
}
