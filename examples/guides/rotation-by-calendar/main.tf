# A new PIN every quarter: the first apply of a quarter sends the PIN that is then in force.
# Somebody, or a scheduled job, must put a new PIN into the variable before that apply.

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
  description = "ID of the phone number, as WhatsApp Manager shows it."
  type        = string
}

variable "pin" {
  description = "Two-step verification PIN: six digits. It is in no plan and in no state."
  type        = string
  ephemeral   = true
  sensitive   = true
}

# Tests set it; a real run takes the time of its plan.
variable "now" {
  description = "RFC 3339 time to plan for."
  type        = string
  default     = null
}

locals {
  now     = coalesce(var.now, plantimestamp())
  year    = formatdate("YYYY", local.now)
  quarter = ceil(tonumber(formatdate("M", local.now)) / 3)
}

resource "whatsapp_two_step_verification" "this" {
  phone_number_id = var.phone_number_id
  pin_wo          = var.pin

  # From 2026-Q1 to 2026-Q4 in the year 2026. Each change of it sends the PIN.
  pin_wo_version = "${local.year}-Q${local.quarter}"
}
