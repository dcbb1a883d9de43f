terraform {
  required_version = ">= 1.11"

  required_providers {
    whatsapp = {
      source  = "waba/whatsapp"
      version = "~> 0.1"
    }
  }
}

# The access token comes from the environment variable WHATSAPP_ACCESS_TOKEN.
provider "whatsapp" {}

variable "support_pin" {
  description = "Two-step verification PIN of the support number: six digits."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "whatsapp_two_step_verification" "support" {
  phone_number_id = "106540352242922"
  pin_wo          = var.support_pin
  pin_wo_version  = "1"
}
