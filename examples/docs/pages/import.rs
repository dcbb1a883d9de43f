//! The import section of a resource's page.

use std::path::Path;

use terraform_provider_whatsapp::tf_provider::IdentitySchema;

use super::read;

/// The ways to import, newest first, each with its example.
pub(super) fn section(folder: &Path, identity: &IdentitySchema) -> Result<String, String> {
    let fence = |file: &str, language: &str| {
        let example = read(&folder.join(file))?;
        Ok::<_, String>(format!("```{language}\n{}\n```\n\n", example.trim_end()))
    };
    let mut text = "## Import\n\nImport is supported using the following syntax:\n\n".to_owned();
    text += "In Terraform v1.12.0 and later, and in OpenTofu v1.12.0 and later, the `import` block \
             can be used with the `identity` attribute, for example:\n\n";
    text += &fence("import-by-identity.tf", "terraform")?;
    text += "### Identity Schema\n\n#### Required\n\n";
    for attribute in identity.attributes() {
        text += &format!("- `{}` (String) {}\n", attribute.name(), attribute.description());
    }
    text += "\nIn Terraform v1.5.0 and later, the `import` block can be used with the `id` \
             attribute, for example:\n\n";
    text += &fence("import-by-string-id.tf", "terraform")?;
    text += "The `terraform import` command can be used, for example:\n\n";
    text += &fence("import.sh", "shell")?;
    Ok(text)
}
