data "whatsapp_access_token" "this" {}

# Null: it never ends, or Meta does not say.
output "token_expires_at" {
  value = data.whatsapp_access_token.this.expires_at
}

output "token_kind" {
  value = data.whatsapp_access_token.this.type
}

output "missing_permissions" {
  value = data.whatsapp_access_token.this.missing_permissions
}
