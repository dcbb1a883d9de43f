# The PIN follows its secret in AWS Secrets Manager: put a new value there, and the next apply sets it.
# The version in force is the one with the label AWSCURRENT, and its ID is the version here. The secret's
# value is the six digits and nothing else.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }

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
  description = "Name or ARN of the secret that holds the PIN."
  type        = string
}

# Labels and IDs only: no value of the secret is read here, so none is stored.
data "aws_secretsmanager_secret_versions" "pin" {
  secret_id = var.secret
}

locals {
  version = one([
    for version in data.aws_secretsmanager_secret_versions.pin.versions : version.version_id
    if contains(version.version_stages, "AWSCURRENT")
  ])
}

# That version and no other, also if the secret changes between plan and apply.
ephemeral "aws_secretsmanager_secret_version" "pin" {
  secret_id  = var.secret
  version_id = local.version
}

resource "whatsapp_two_step_verification" "this" {
  phone_number_id = var.phone_number_id
  pin_wo          = ephemeral.aws_secretsmanager_secret_version.pin.secret_string
  pin_wo_version  = local.version
}
