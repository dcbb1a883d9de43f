# Adopts existing numbers by a query (Terraform 1.14 or later):
#
#   terraform query -generate-config-out=adopted.tf
#
# writes a resource and an import block for each number that numbers.tfquery.hcl finds. No PIN is in
# them, because Meta shows none: write the PIN to set into each resource, then plan and apply.

terraform {
  required_version = ">= 1.14"

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
  type      = string
  ephemeral = true
  sensitive = true
}

provider "whatsapp" {
  business_account_ids = [var.business_account_id]
}
