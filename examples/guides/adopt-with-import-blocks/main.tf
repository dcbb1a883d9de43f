# Adopts every number of the account that has a PIN already: look them up, import them, and set a
# PIN that you know. After the first apply the import block may go.

terraform {
  required_version = ">= 1.11"

  required_providers {
    whatsapp = {
      source = "waba/whatsapp"
    }
  }
}

variable "business_account_id" {
  type = string
}

variable "pin" {
  description = "Meta shows nobody the PINs in force, so adopting a number sets this one."
  type        = string
  ephemeral   = true
  sensitive   = true
}

# With the account here, the data source needs none, and a refresh costs one call for a hundred
# numbers in place of one for each.
provider "whatsapp" {
  business_account_id = var.business_account_id
}

data "whatsapp_phone_numbers" "all" {}

locals {
  existing = toset([
    for number in data.whatsapp_phone_numbers.all.phone_numbers : number.phone_number_id
    if number.is_pin_enabled == true
  ])
}

import {
  for_each = local.existing
  to       = whatsapp_two_step_verification.adopted[each.key]
  id       = each.key
}

resource "whatsapp_two_step_verification" "adopted" {
  for_each = local.existing

  phone_number_id = each.key
  pin_wo          = var.pin
  pin_wo_version  = "1"
}
