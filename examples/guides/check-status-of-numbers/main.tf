# Two checks of an account's numbers as Meta sees them: one warns of a number that is not connected, from
# which nobody can send; the other of one whose messages are rated badly. A check never fails a run.

terraform {
  required_version = ">= 1.5"

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

variable "good_statuses" {
  description = "What Meta may say of a number."
  type        = set(string)
  default     = ["CONNECTED"]
}

variable "bad_ratings" {
  description = "What Meta may not say of the quality of a number's messages."
  type        = set(string)
  default     = ["RED"]
}

check "every_number_is_connected" {
  data "whatsapp_phone_numbers" "connected" {
    business_account_id = var.business_account_id
  }

  assert {
    # Null: Meta does not say.
    condition = alltrue([
      for number in data.whatsapp_phone_numbers.connected.phone_numbers :
      number.status == null ? true : contains(var.good_statuses, number.status)
    ])
    error_message = "Not connected: ${join(", ", [
      for number in data.whatsapp_phone_numbers.connected.phone_numbers :
      "${coalesce(number.display_phone_number, number.phone_number_id)} (${number.status})"
      if number.status == null ? false : !contains(var.good_statuses, number.status)
    ])}."
  }
}

check "no_number_is_rated_badly" {
  data "whatsapp_phone_numbers" "rated" {
    business_account_id = var.business_account_id
  }

  assert {
    condition = alltrue([
      for number in data.whatsapp_phone_numbers.rated.phone_numbers :
      number.quality_rating == null ? true : !contains(var.bad_ratings, number.quality_rating)
    ])
    error_message = "Rated badly: ${join(", ", [
      for number in data.whatsapp_phone_numbers.rated.phone_numbers :
      coalesce(number.display_phone_number, number.phone_number_id)
      if number.quality_rating == null ? false : contains(var.bad_ratings, number.quality_rating)
    ])}."
  }
}
