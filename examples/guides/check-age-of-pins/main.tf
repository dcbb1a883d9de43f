# A check that fails when Terraform has not set a PIN for too long.
# Somebody may have set another PIN since, which nobody can see here: this is not the age of the PIN.
# last_set_at is null after an import until the first apply: a time that nobody knows is too long ago.

terraform {
  required_version = ">= 1.11"

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

variable "oldest_allowed" {
  description = "How long ago Terraform may have set the PIN, as Terraform writes durations."
  type        = string
  default     = "2160h" # 90 days
}

resource "whatsapp_two_step_verification" "this" {
  phone_number_id = var.phone_number_id
  pin_wo          = var.pin
  pin_wo_version  = "1"
}

check "the_pin_is_not_too_old" {
  assert {
    condition = try(
      timecmp(
        timeadd(whatsapp_two_step_verification.this.last_set_at, var.oldest_allowed),
        plantimestamp()
      ) >= 0,
      false
    )
    error_message = "Terraform has not set the PIN for ${var.oldest_allowed}: set a new one."
  }
}
