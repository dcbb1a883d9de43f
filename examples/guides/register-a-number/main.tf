# A bought and verified number: Terraform sets its PIN, and registers it with the same one.
# Needs Terraform 1.14, which has actions; OpenTofu has none.

terraform {
  required_version = ">= 1.14"

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

resource "whatsapp_two_step_verification" "this" {
  phone_number_id = var.phone_number_id
  pin_wo          = var.pin
  pin_wo_version  = "1"

  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.whatsapp_register_phone_number.this]
    }
  }
}

action "whatsapp_register_phone_number" "this" {
  config {
    phone_number_id    = var.phone_number_id
    pin                = var.pin
    wait_for_connected = "1m"
  }
}
