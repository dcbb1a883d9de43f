# Two checks of the access token: one warns fourteen days before it ends, the other if it does not
# see an account whose numbers are configured. A check warns and never fails a run.

terraform {
  required_version = ">= 1.5"

  required_providers {
    whatsapp = {
      source  = "waba/whatsapp"
      version = "~> 0.1"
    }
  }
}

variable "business_account_ids" {
  description = "The accounts whose numbers are configured."
  type        = set(string)
}

variable "warn_before" {
  description = "How long before its end to warn, as Terraform writes durations."
  type        = string
  default     = "336h" # 14 days
}

check "the_token_lasts" {
  data "whatsapp_access_token" "lasting" {}

  assert {
    # Null is not false: Meta may not say.
    condition     = coalesce(data.whatsapp_access_token.lasting.is_valid, true)
    error_message = "Meta does not accept the access token any more: make a new one."
  }

  assert {
    condition = try(
      timecmp(
        data.whatsapp_access_token.lasting.expires_at,
        timeadd(plantimestamp(), var.warn_before)
      ) > 0,
      data.whatsapp_access_token.lasting.expires_at == null
    )
    error_message = "The access token ends within ${var.warn_before}: make a new one."
  }
}

check "the_token_sees_every_account" {
  data "whatsapp_access_token" "seeing" {}

  assert {
    # A token that is not narrowed to accounts says null here, and may see all of them.
    condition = length(setsubtract(
      var.business_account_ids,
      coalesce(data.whatsapp_access_token.seeing.business_account_ids, var.business_account_ids)
    )) == 0
    error_message = "The access token is not for every account that is configured."
  }
}
