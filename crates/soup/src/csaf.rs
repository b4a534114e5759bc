//! What every document of CSAF 2.0 has, advisory or VEX: the tree of its products, and ids.

use serde::Deserialize;

#[derive(Deserialize, Default)]
pub(crate) struct Tree {
    #[serde(default)]
    pub(crate) branches: Vec<Branch>,
    #[serde(default)]
    pub(crate) full_product_names: Vec<Product>,
    #[serde(default)]
    pub(crate) relationships: Vec<Relationship>,
}

#[derive(Deserialize)]
pub(crate) struct Branch {
    #[serde(default)]
    pub(crate) category: String,
    #[serde(default)]
    pub(crate) name: String,
    pub(crate) product: Option<Product>,
    #[serde(default)]
    pub(crate) branches: Vec<Branch>,
}

#[derive(Deserialize)]
pub(crate) struct Product {
    #[serde(default)]
    pub(crate) name: String,
    pub(crate) product_id: String,
    pub(crate) product_identification_helper: Option<Helper>,
}

#[derive(Deserialize)]
pub(crate) struct Helper {
    pub(crate) purl: Option<String>,
    pub(crate) cpe: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Relationship {
    pub(crate) product_reference: String,
    pub(crate) full_product_name: Product,
}

/// An id that another party gave.
#[derive(Deserialize)]
pub(crate) struct Id {
    pub(crate) text: String,
}
