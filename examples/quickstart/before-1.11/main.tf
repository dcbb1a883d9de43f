terraform {
  required_version = ">= 1.0"

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
}

resource "whatsapp_two_step_verification" "support" {
  phone_number_id = "106540352242922"
  # Terraform keeps this in its state. From version 1.11 on, use pin_wo instead.
  pin = var.support_pin
}
