# An access token is replaced by a new one. First the new one is asked what it may do, beside the old one
# that still works; then it takes the old one's place in the environment. No PIN is sent.
#
#   1. export TF_VAR_next_token=...             the new token, beside the old one; terraform plan
#   2. export WHATSAPP_ACCESS_TOKEN=...         the same, in the old one's place
#   3. unset TF_VAR_next_token; terraform plan  nothing to change: take the old one back at Meta

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
  description = "Phone number IDs by name."
  type        = map(string)
}

variable "pins" {
  description = "The PINs by the same names."
  type        = map(string)
  ephemeral   = true
  sensitive   = true
}

variable "next_token" {
  description = "The token that is to come. Empty: none is waiting, and the one in force is asked."
  type        = string
  ephemeral   = true
  sensitive   = true
  default     = ""
}

# Both take the token in force from WHATSAPP_ACCESS_TOKEN, the second one unless there is a next one.
provider "whatsapp" {
  business_account_ids = [var.business_account_id]
}

provider "whatsapp" {
  alias                = "next"
  access_token         = var.next_token == "" ? null : var.next_token
  business_account_ids = [var.business_account_id]
}

resource "whatsapp_two_step_verification" "this" {
  for_each = var.numbers

  phone_number_id = each.value
  pin_wo          = var.pins[each.key]
  pin_wo_version  = "1"
}

check "the_next_token_may_do_what_is_needed" {
  data "whatsapp_access_token" "next" {
    provider = whatsapp.next
  }

  assert {
    # Null is not false: Meta does not let every token ask about itself.
    condition     = data.whatsapp_access_token.next.is_valid != false
    error_message = "Meta does not accept the next token."
  }

  assert {
    condition     = length(coalesce(data.whatsapp_access_token.next.missing_permissions, [])) == 0
    error_message = "The next token lacks a permission."
  }
}

check "the_next_token_sees_every_number" {
  data "whatsapp_phone_numbers" "seen" {
    provider = whatsapp.next
  }

  assert {
    condition = length(setsubtract(
      values(var.numbers),
      data.whatsapp_phone_numbers.seen.phone_numbers[*].phone_number_id
    )) == 0
    error_message = "The next token does not see every number that is declared."
  }
}
