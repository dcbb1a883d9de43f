# A number that Meta does not show any more: deleted, or out of the token's sight. Nobody but you can
# tell which, so Terraform never forgets it by itself. Each step is a change of a variable:
#
#   1. missing_number = "warn"       the other numbers are refreshed and applied again
#   2. if it is gone for good, take it out of numbers, and apply: the state forgets it
#   3. missing_number = "error"      the next lost number stops the run again

terraform {
  required_version = ">= 1.11"

  required_providers {
    whatsapp = {
      source  = "waba/whatsapp"
      version = "~> 0.1"
    }
  }
}

variable "missing_number" {
  description = "What to do with a number that Meta does not show: stop (error), or go on (warn)."
  type        = string
  default     = "error"
}

variable "numbers" {
  description = "Phone number IDs by name."
  type        = map(string)
}

variable "pins" {
  description = "The PINs by the same names."
  type        = map(string)
  ephemeral   = true
  sensitive   = true
}

provider "whatsapp" {
  missing_number = var.missing_number
}

resource "whatsapp_two_step_verification" "this" {
  for_each = var.numbers

  phone_number_id = each.value
  pin_wo          = var.pins[each.key]
  pin_wo_version  = "1"
}
