//! Makes the app's context: configuration, page, capability.
//!
//! Invariant: it compiles before the page was ever built, and the window then says so.

use std::{error::Error, fs, path::Path};

use tauri_build::{Attributes, CodegenContext};

const PAGE: &str = "dist/index.html";
const PLACEHOLDER: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>Call</title>
<h1>The page is not built yet</h1>
<p>Run <code>npm ci</code> and <code>npm run build:example</code> in the plugin's folder.</p>
</html>
";

fn main() -> Result<(), Box<dyn Error>> {
    let page = Path::new(PAGE);
    if !page.exists() {
        if let Some(folder) = page.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(page, PLACEHOLDER)?;
    }
    tauri_build::try_build(Attributes::new().codegen(CodegenContext::new()))?;
    Ok(())
}
