# A module whose tests need no token and no network: they mock the provider.
# The PIN comes in as a variable, because an ephemeral resource in the module could not be mocked.

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
  description = "The account that the number belongs to."
  type        = string
}

variable "display_phone_number" {
  description = "The number as people write it."
  type        = string
}

variable "pin" {
  description = "The PIN: six digits, in quotes."
  type        = string
  ephemeral   = true
  sensitive   = true
}

variable "pin_version" {
  description = "Changes whenever the PIN does."
  type        = string
}

data "whatsapp_phone_number" "this" {
  business_account_id  = var.business_account_id
  display_phone_number = var.display_phone_number
}

resource "whatsapp_two_step_verification" "this" {
  phone_number_id = data.whatsapp_phone_number.this.phone_number_id
  pin_wo          = var.pin
  pin_wo_version  = var.pin_version

  lifecycle {
    precondition {
      condition     = data.whatsapp_phone_number.this.status == "CONNECTED"
      error_message = "Register the number first: it is not connected."
    }
  }
}

output "due_at" {
  description = "When the PIN is a year old."
  value       = timeadd(whatsapp_two_step_verification.this.last_set_at, "8760h")
}
