# The PIN follows its secret in HashiCorp Vault (KV, version 2), whose value has the key "pin".
# Vault's provider cannot tell the number of the version without storing the secret: its data source
# keeps both in the state. So whoever runs Terraform asks Vault for it, and a pipeline does so each time:
#
#   export TF_VAR_secret_version="$(vault read -field=current_version secret/metadata/whatsapp/support-pin)"
#   terraform apply

terraform {
  required_version = ">= 1.11"

  required_providers {
    vault = {
      source  = "hashicorp/vault"
      version = "~> 5.0"
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

variable "mount" {
  description = "Where the KV engine is mounted."
  type        = string
  default     = "secret"
}

variable "secret" {
  description = "Name of the secret that holds the PIN, below the mount."
  type        = string
}

variable "secret_version" {
  description = "Version of the secret to set, as Vault counts it."
  type        = string
}

ephemeral "vault_kv_secret_v2" "pin" {
  mount   = var.mount
  name    = var.secret
  version = var.secret_version
}

resource "whatsapp_two_step_verification" "this" {
  phone_number_id = var.phone_number_id
  pin_wo          = ephemeral.vault_kv_secret_v2.pin.data["pin"]
  pin_wo_version  = var.secret_version
}
