# Adopts existing numbers by a query (Terraform 1.14 or later):
#
#   terraform query -generate-config-out=adopted.tf
#
# writes a resource and an import block for each number that numbers.tfquery.hcl finds. No PIN is in
# them, because Meta shows none: declare an ephemeral variable for the PIN to set, and write
#
#   pin_wo         = var.pin
#   pin_wo_version = "1"
#
# into each resource, in place of what stands there about a PIN. Then plan and apply.

terraform {
  required_version = ">= 1.14"

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

provider "whatsapp" {
  business_account_ids = [var.business_account_id]
}
