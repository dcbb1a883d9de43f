# The PIN follows its secret manager: a new version of the secret sends the PIN again.
# The variables stand for what the secret manager's provider gives: the secret from an ephemeral
# resource, its version from a data source.

terraform {
  required_version = ">= 1.11"

  required_providers {
    whatsapp = {
      source = "waba/whatsapp"
    }
  }
}

variable "phone_number_id" {
  type = string
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

locals {
  # An ID becomes a number from 1 on by its hash. Hash the ID only, never the PIN: a million
  # guesses undo that in no time.
  version_of_id = parseint(substr(sha256(var.secret_version), 0, 8), 16) + 1
}

resource "whatsapp_two_step_verification" "this" {
  phone_number_id = var.phone_number_id
  pin_wo          = var.secret
  pin_wo_version  = try(tonumber(var.secret_version), local.version_of_id)
}
