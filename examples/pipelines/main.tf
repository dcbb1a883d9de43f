# What the pipelines beside this file plan and apply.
# The versions of the PINs are in the repository, the PINs are in the forge's protected environment.

terraform {
  required_version = ">= 1.11"

  required_providers {
    whatsapp = {
      source  = "waba/whatsapp"
      version = "~> 0.1"
    }
  }

  # Set by the environment (TF_HTTP_ADDRESS and others); any backend that locks will do.
  backend "http" {}
}

# The token comes from the environment variable WHATSAPP_ACCESS_TOKEN, so that no plan file holds it.
provider "whatsapp" {}

variable "support_pin" {
  description = "PIN of the support line. A plan takes any six digits; an apply needs the real one."
  type        = string
  ephemeral   = true
  sensitive   = true
}

variable "sales_pin" {
  description = "PIN of the sales line, likewise."
  type        = string
  ephemeral   = true
  sensitive   = true
}

resource "whatsapp_two_step_verification" "support" {
  phone_number_id = "106540352242922"
  pin_wo          = var.support_pin
  pin_wo_version  = "1" # raised by the commit that announces a new PIN
}

resource "whatsapp_two_step_verification" "sales" {
  phone_number_id = "106540352242923"
  pin_wo          = var.sales_pin
  pin_wo_version  = "1"
}
