# A number that Terraform shall no longer manage. The resource gives way to a removed block, and an apply
# forgets the number. Nothing is sent: it keeps its PIN. Afterwards the block may go.

terraform {
  required_version = ">= 1.11"

  required_providers {
    whatsapp = {
      source  = "waba/whatsapp"
      version = "~> 0.1"
    }
  }
}

variable "pin" {
  description = "PIN of the number that stays: six digits. It is in no plan and in no state."
  type        = string
  ephemeral   = true
  sensitive   = true
}

resource "whatsapp_two_step_verification" "staying" {
  phone_number_id = "106540352242922"
  pin_wo          = var.pin
  pin_wo_version  = "1"
}

# Until yesterday: resource "whatsapp_two_step_verification" "leaving" { ... }
removed {
  from = whatsapp_two_step_verification.leaving

  lifecycle {
    destroy = false
  }
}
