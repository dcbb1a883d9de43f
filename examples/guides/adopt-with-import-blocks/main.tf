# Adopts numbers that exist: import them, and set a PIN that you know. The map of numbers is fixed.
# One that was made of what Meta says now, such as of the numbers that have a PIN, would lose a number
# when somebody switches its PIN off, just when it should be set again. After the first apply the
# import block may go.

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
  description = "WhatsApp Business Account that the numbers belong to."
  type        = string
}

variable "numbers" {
  description = "Phone number IDs by name. The data source whatsapp_phone_numbers shows them."
  type        = map(string)
}

variable "pin" {
  description = "Meta shows nobody the PINs in force, so adopting a number sets this one."
  type        = string
  ephemeral   = true
  sensitive   = true
}

# With the account here, a refresh costs one call for a hundred numbers in place of one for each.
provider "whatsapp" {
  business_account_ids = [var.business_account_id]
}

import {
  for_each = var.numbers
  to       = whatsapp_two_step_verification.adopted[each.key]
  id       = each.value
}

resource "whatsapp_two_step_verification" "adopted" {
  for_each = var.numbers

  phone_number_id = each.value
  pin_wo          = var.pin
  pin_wo_version  = "1"
}
