# A number moves to another WhatsApp Business Account. Meta allows that only while the number's two-step
# verification is off, so Terraform must leave it off for a while:
#
#   1. keep_enabled = false; apply. Then switch it off in WhatsApp Manager, and move the number.
#   2. phone_number_id = the new ID, keep_enabled = null; WHATSAPP_MISSING_NUMBER=warn terraform apply,
#      because Meta may not show the old ID any more.
#
# The guide "Moving a number to another account" says more.

terraform {
  required_version = ">= 1.11"

  required_providers {
    whatsapp = {
      source  = "waba/whatsapp"
      version = "~> 0.1"
    }
  }
}

variable "phone_number_id" {
  description = "ID of the phone number. In its new account it usually gets a new one."
  type        = string
}

variable "pin" {
  description = "Two-step verification PIN: six digits. It is in no plan and in no state."
  type        = string
  ephemeral   = true
  sensitive   = true
}

variable "keep_enabled" {
  description = "False from before the move until after it. Null, the default, means true."
  type        = bool
  default     = null
}

resource "whatsapp_two_step_verification" "moving" {
  phone_number_id = var.phone_number_id
  pin_wo          = var.pin
  pin_wo_version  = "1"
  keep_enabled    = var.keep_enabled
}

output "may_move" {
  description = "Whether two-step verification is off, so that Meta lets the number go."
  value       = whatsapp_two_step_verification.moving.is_pin_enabled == false
}
