# The PIN follows its secret in Azure Key Vault. The secret's value is the six digits and nothing else.
# Azure's provider cannot tell the ID of the version without storing the secret: its data source keeps
# both in the state. So whoever runs Terraform asks Azure for it, and a pipeline does so each time:
#
#   newest="$(az keyvault secret list-versions --vault-name pins --name support-pin \
#     --query 'max_by([?attributes.enabled], &attributes.created).id' --output tsv)"
#   export TF_VAR_secret_version="${newest##*/}"
#   terraform apply

terraform {
  required_version = ">= 1.11"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.20"
    }

    whatsapp = {
      source  = "waba/whatsapp"
      version = "~> 0.1"
    }
  }
}

provider "azurerm" {
  features {}
}

variable "phone_number_id" {
  description = "ID of the phone number, as WhatsApp Manager shows it."
  type        = string
}

variable "key_vault_id" {
  description = "Resource ID of the key vault."
  type        = string
}

variable "secret" {
  description = "Name of the secret that holds the PIN."
  type        = string
}

variable "secret_version" {
  description = "ID of the secret's version to set: 32 characters."
  type        = string
}

ephemeral "azurerm_key_vault_secret" "pin" {
  key_vault_id = var.key_vault_id
  name         = var.secret
  version      = var.secret_version
}

resource "whatsapp_two_step_verification" "this" {
  phone_number_id = var.phone_number_id
  pin_wo          = ephemeral.azurerm_key_vault_secret.pin.value
  pin_wo_version  = var.secret_version
}
