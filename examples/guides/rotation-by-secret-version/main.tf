# The PIN follows its secret manager: a new version of the secret sends the PIN again.
# The variables stand for what the secret manager's provider gives: the secret from an ephemeral
# resource, its version from a data source.

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

variable "secret" {
  description = "The PIN, as the secret manager's ephemeral resource gives it."
  type        = string
  ephemeral   = true
  sensitive   = true
}

variable "secret_version" {
  description = "The secret's version: a number with some secret managers, an ID with others."
  type        = string
}

resource "whatsapp_two_step_verification" "this" {
  phone_number_id = var.phone_number_id
  pin_wo          = var.secret
  # As the store gives it: any text will do. Never make it of the PIN itself, not by a hash either:
  # a million guesses undo that in no time.
  pin_wo_version = var.secret_version
}
